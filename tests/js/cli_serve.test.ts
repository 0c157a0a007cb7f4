// `octolite serve` and the server behind it.

import { describe, expect, jest, test } from '@jest/globals';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { serveFolder } from 'octolite/node';
import { octolite, type Finished } from './support/cli.js';
import { inTemporaryFolder, ROOT } from './support/files.js';

jest.setTimeout(60_000);

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Asks for a path as it is written; fetch would tidy it. */
function ask(
  url: string,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: response.headers, body });
      });
    });
    asked.on('error', reject).end();
  });
}

/** Serves <folder>/page, which has an index, a script and a folder. */
async function serving(
  use: (url: string, folder: string) => Promise<void>,
  options: { base?: string; isolated?: boolean } = {},
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const page = join(folder, 'page');
    mkdirSync(join(page, 'deep'), { recursive: true });
    writeFileSync(join(page, 'index.html'), '<p>page');
    writeFileSync(join(page, 'main.js'), 'export {};');
    writeFileSync(join(page, 'deep/index.html'), '<p>deep');
    writeFileSync(join(page, 'a b.txt'), 'space');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    const server = await serveFolder({ folder: page, ...options });
    try {
      await use(server.url, folder);
    } finally {
      await server.close();
    }
  });
}

describe('the server', () => {
  test('answers files with their type and the headers that isolate pages', async () => {
    await serving(async (url) => {
      const index = await ask(url, '/');
      expect(index).toMatchObject({ status: 200, body: '<p>page' });
      expect(index.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-length': '7',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'x-content-type-options': 'nosniff',
      });
      expect(index.headers['content-security-policy']).toContain("default-src 'none'");
      const script = await ask(url, '/main.js?v=1#x');
      expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
      expect((await ask(url, '/deep/')).body).toBe('<p>deep');
      expect((await ask(url, '/a%20b.txt')).body).toBe('space');
      for (const missing of ['/none', '/deep', '/main.js/']) {
        expect([missing, (await ask(url, missing)).status]).toEqual([missing, 404]);
      }
    });
  });

  test('HEAD has no body; other methods are refused', async () => {
    await serving(async (url) => {
      const head = await ask(url, '/', { method: 'HEAD' });
      expect(head).toMatchObject({ status: 200, body: '' });
      expect(head.headers['content-length']).toBe('7');
      expect(await ask(url, '/none', { method: 'HEAD' })).toMatchObject({ status: 404, body: '' });
      const post = await ask(url, '/', { method: 'POST' });
      expect(post.status).toBe(405);
      expect(post.headers['allow']).toBe('GET, HEAD');
    });
  });

  test('leads out of the folder by no way of writing it', async () => {
    await serving(async (url) => {
      for (const path of [
        '/../secret.txt',
        '/%2e%2e/secret.txt',
        '/..%2fsecret.txt',
        '/deep/..%2f..%2fsecret.txt',
        '/deep/%2e%2e%2f%2e%2e%2fsecret.txt',
        '//secret.txt',
        '/wasm/..%2f..%2fpackage.json',
        '/wasm/..%2findex.js',
        '/%00',
        '/%',
      ]) {
        const { status, body } = await ask(url, path);
        expect([path, status, body.includes('secret')]).toEqual([path, 404, false]);
      }
    });
  });

  test('binaries come from the package where the folder has none', async () => {
    await serving(async (url, folder) => {
      const name = 'octolite-simd128.wasm';
      const { status, headers, body } = await ask(url, `/wasm/${name}`);
      expect({ status, type: headers['content-type'] }).toEqual({
        status: 200,
        type: 'application/wasm',
      });
      expect(body.length).toBe(readFileSync(join(ROOT, 'dist/wasm', name)).length);
      mkdirSync(join(folder, 'page/wasm'));
      writeFileSync(join(folder, 'page/wasm', name), 'own');
      expect((await ask(url, `/wasm/${name}`)).body).toBe('own');
      expect((await ask(url, '/wasm/none.wasm')).status).toBe(404);
    });
  });

  test('below a path, and without isolation', async () => {
    await serving(
      async (url) => {
        expect(url.endsWith('/some/where/')).toBe(true);
        const { headers, body } = await ask(url, '/some/where/');
        expect(body).toBe('<p>page');
        expect(headers).not.toHaveProperty('cross-origin-opener-policy');
        expect((await ask(url, '/')).status).toBe(404);
        expect((await ask(url, '/some/where/wasm/octolite-simd128.wasm')).status).toBe(200);
      },
      { base: '/some/where/', isolated: false },
    );
  });

  test('only this machine: by name, and by address', async () => {
    await serving(async (url) => {
      const { port } = new URL(url);
      const as = async (host: string) => (await ask(url, '/', { headers: { host } })).status;
      expect(await as(`localhost:${port}`)).toBe(200);
      expect(await as('evil.example')).toBe(403);
      expect(await as('localhost.evil.example')).toBe(403);
      const outside = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .find(({ internal, family }) => !internal && family === 'IPv4');
      if (outside) {
        const asked = fetch(`http://${outside.address}:${port}/`);
        await expect(asked).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
      }
    });
  });
});

describe('octolite serve', () => {
  /** Runs it until `use` is done with the address that it says; then interrupts it. */
  async function serve(
    args: string[],
    use: (url: string) => Promise<void> = () => Promise.resolve(),
    env: Record<string, string> = {},
  ): Promise<Finished> {
    return octolite(['serve', ...args], {
      env,
      onOutput: (stdout, kill) => {
        const url = /Octolite is at (\S+)/.exec(stdout)?.[1];
        if (url !== undefined) void use(url).finally(() => kill());
      },
    });
  }

  test('serves the page of the package until Ctrl+C', async () => {
    let page: Answer | undefined;
    let wasm = 0;
    const { status, stderr } = await serve(['--port', '0'], async (url) => {
      page = await ask(url, '/');
      wasm = (await ask(url, '/wasm/octolite-relaxed.wasm')).status;
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(page!.body).toContain('<title>Octolite');
    expect(page!.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(wasm).toBe(200);
  });

  test('a port that is taken is said, or another is used', async () => {
    const other = createServer();
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as AddressInfo;
    const refused = await octolite(['serve', '--port', String(port)]);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(/another program uses it/);
    await new Promise((closed) => other.close(closed));
    expect((await octolite(['serve', '--port', '70000'])).status).toBe(2);
  });

  test('--open starts what opens addresses here', async () => {
    await inTemporaryFolder(async (folder) => {
      const note = join(folder, 'opened');
      const opener = join(folder, 'xdg-open');
      writeFileSync(
        opener,
        `#!/bin/sh\nprintf %s "$1" > '${note}.part'\nmv '${note}.part' '${note}'\n`,
      );
      chmodSync(opener, 0o755);
      symlinkSync(opener, join(folder, 'open'));
      let said = '';
      let opened = '';
      const arrived = async (url: string): Promise<void> => {
        said = url;
        for (let i = 0; i < 200 && opened === ''; ++i) {
          await new Promise((later) => setTimeout(later, 50));
          try {
            opened = readFileSync(note, 'utf8');
          } catch {
            // not yet
          }
        }
      };
      const path = `${folder}:${process.env['PATH']}`;
      await serve(['--port', '0', '--open'], arrived, { PATH: path });
      expect(opened).toBe(said);
    });
  });
});
