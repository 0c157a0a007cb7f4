// What the command line says of a package that is not as it was published.

import { describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTemporaryFolder, ROOT } from './support/files.js';

jest.setTimeout(60_000);

interface Report {
  ok: boolean;
  variants: { variant: string; loads: boolean; intact?: boolean }[];
  advice: { kind: string; what: string }[];
}

describe('a damaged package', () => {
  test('doctor names the binary, changed or missing, and serve the page', async () => {
    await inTemporaryFolder((folder) => {
      const dist = join(ROOT, 'dist');
      const copy = join(folder, 'dist');
      // Neither the page nor the documentation.
      const filter = (path: string): boolean => !/[\\/]dist[\\/](web|site)$/.test(path);
      cpSync(dist, copy, { recursive: true, filter });
      writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
      const run = (...args: string[]) =>
        spawnSync(process.execPath, [join(copy, 'node/cli.js'), ...args], { encoding: 'utf8' });
      const examine = () => {
        const { status, stdout } = run('doctor', '--json');
        const { ok, variants, advice } = JSON.parse(stdout) as Report;
        return { status, ok, advice, first: variants.find(({ variant }) => variant === 'simd128') };
      };

      // A section without a name, which changes nothing but the file.
      appendFileSync(join(copy, 'wasm/octolite-simd128.wasm'), Uint8Array.of(0, 1, 0));
      const changed = examine();
      expect(changed).toMatchObject({ status: 0, ok: true, first: { loads: true, intact: false } });
      expect(changed.advice.map(({ what }) => what)).toContain(
        'octolite-simd128.wasm is not the file that was published',
      );

      const page = run('serve');
      expect({ status: page.status, stdout: page.stdout }).toEqual({ status: 1, stdout: '' });
      expect(page.stderr).toMatch(/this package has no page/);

      rmSync(join(copy, 'wasm'), { recursive: true });
      const missing = examine();
      expect(missing).toMatchObject({ status: 1, ok: false, first: { loads: false } });
      expect(missing.first).not.toHaveProperty('intact');
      expect(missing.advice.some(({ kind }) => kind === 'error')).toBe(true);
      return Promise.resolve();
    });
  });
});
