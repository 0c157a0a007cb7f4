// The installed package in the runtimes that are supported: the same program, the same results.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/process.mjs';
import { installModules } from '../../scripts/lib/setup.mjs';
import { everywhere, installApp, model } from './support/app.mjs';
import { note } from './support/notes.mjs';
import { nodeOf, quiet } from './support/programs.mjs';

const runtimes = join(root, 'tests/package/runtimes');
const arm = process.arch === 'arm64';
const modules = join(runtimes, 'node_modules');
const deno = join(modules, `@deno/linux-${arm ? 'arm64' : 'x64'}-glibc/deno`);
const bun = join(modules, `@oven/bun-linux-${arm ? 'aarch64' : 'x64-baseline'}/bin/bun`);
const workerd = join(modules, `@cloudflare/workerd-linux-${arm ? 'arm64' : '64'}/bin/workerd`);

let installed;
let expected;

before(async () => {
  await installModules(runtimes);
  installed = await installApp();
  const said = await quiet(process.execPath, ['program.js'], { cwd: installed.app });
  expected = JSON.parse(said);
  assert.equal(expected.version, JSON.parse(await readFile(join(root, 'package.json'))).version);
});

after(() => installed?.remove());

/** Runs the program of the app and holds what it says against what is expected. */
async function check(t, name, [program, ...args], capabilities) {
  const begun = performance.now();
  const said = await quiet(program, [...args, 'program.js'], { cwd: installed.app });
  const seconds = (performance.now() - begun) / 1000;
  assert.deepEqual(JSON.parse(said), everywhere(expected, capabilities));
  const [version] = /\d+\.\d+\.\d+/.exec(await quiet(program, ['--version']));
  note(t, `${name} ${version}: load, quantize and run four times in ${seconds.toFixed(1)} s`);
}

// Node.js 20 has relaxed SIMD behind a flag only, and threads need it.
for (const [major, capabilities] of [
  [20, { variant: 'simd128', threads: false }],
  [22, { variant: 'relaxed', threads: true }],
  [24, { variant: 'relaxed', threads: true }],
]) {
  test(`Node.js ${major}: library, worker, threads and command line`, async (t) => {
    const node = await nodeOf(major);
    await check(t, 'Node.js', [node], capabilities);
    const { folder } = installed;
    const command = join(folder, 'node_modules/octolite/dist/node/cli.js');
    const small = join(folder, `small-${major}.tflite`);
    const recipe = ['--recipe', 'dynamic_wi8_afp32'];
    await quiet(node, [command, 'quantize', model, '-o', small, ...recipe], { cwd: folder });
    const { kind } = JSON.parse(await quiet(node, [command, 'inspect', small, '--json']));
    assert.equal(kind, 'dynamic range int8');
  });
}

test('Deno', (t) => check(t, 'Deno', [deno, 'run', '-A'], { variant: 'relaxed', threads: true }));

test('Bun', (t) => check(t, 'Bun', [bun], { variant: 'relaxed', threads: true }));

/** A port that nobody uses. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Polls, as the server says nothing when it listens. */
async function answer(url, server) {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response) return response;
    if (server.exitCode !== null) throw new Error(`workerd ended with status ${server.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// workerd: what Cloudflare Workers run. With its Node.js compatibility it says that it is Node.js.
for (const [name, flags] of [
  ['an edge runtime', ''],
  ['an edge runtime that looks like Node.js', '"nodejs_compat"'],
]) {
  test(`${name}: a bundle with an imported binary`, async () => {
    const { app, folder } = installed;
    const out = join(folder, 'edge');
    await build({
      entryPoints: [join(app, 'edge.js')],
      outdir: out,
      bundle: true,
      format: 'esm',
      external: ['*.wasm', '*.tflite'],
      logLevel: 'warning',
    });
    const binary = 'octolite-relaxed.wasm';
    await cp(join(folder, 'node_modules/octolite/dist/wasm', binary), join(out, binary));
    await cp(model, join(out, 'model.tflite'));
    const port = await freePort();
    const config = `
      using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [(name = "main", worker = (
          modules = [
            (name = "edge.js", esModule = embed "edge.js"),
            (name = "octolite/wasm/${binary}", wasm = embed "${binary}"),
            (name = "model.tflite", data = embed "model.tflite"),
          ],
          compatibilityDate = "2026-07-01",
          compatibilityFlags = [${flags}],
        ))],
        sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
      );`;
    await writeFile(join(out, 'config.capnp'), config);
    const server = spawn(workerd, ['serve', 'config.capnp'], { cwd: out });
    const ended = once(server, 'close');
    let errors = '';
    server.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    try {
      const response = await answer(`http://127.0.0.1:${port}/`, server);
      const text = await response.text();
      assert.equal(response.status, 200, `${text}\n${errors}`);
      assert.deepEqual(JSON.parse(text), { ...expected.here, variant: 'relaxed' });
      assert.equal(errors, '');
    } finally {
      server.kill();
      await ended;
    }
  });
}
