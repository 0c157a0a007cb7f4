// The package as npm packs it, installed into an empty folder and used as its users do.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { must, root, run } from '../../scripts/lib/process.mjs';

const model = join(root, 'examples/sample-model/shapes.tflite');
let folder;
let files;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'octolite-'));
  const packed = await must('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ]);
  // npm 11 prints an array; later releases an object by package name.
  const [tarball] = Object.values(JSON.parse(packed));
  files = tarball.files.map(({ path }) => path);
  await writeFile(join(folder, 'package.json'), '{"type": "module", "private": true}');
  const install = [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    join(folder, tarball.filename),
  ];
  await must('npm', install, { cwd: folder });
});

after(() => rm(folder, { recursive: true, force: true }));

test('holds the library, the binaries, the page and the licence, and no sources', () => {
  for (const path of [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/node/cli.js',
    'dist/wasm/octolite-simd128.wasm',
    'dist/wasm/octolite-relaxed.wasm',
    'dist/wasm/octolite-threads.wasm',
    'dist/threads/thread.js',
    'dist/web/index.html',
    'LICENSE',
    'README.md',
  ]) {
    assert.ok(files.includes(path), `${path} is missing`);
  }
  assert.deepEqual(
    files.filter(
      (path) =>
        /^dist\/web\/wasm\/|^(src|tests|js|web)\/|\.tsx?$/.test(path) && !path.endsWith('.d.ts'),
    ),
    [],
  );
});

test('loads a model and quantizes it', async () => {
  await cp(model, join(folder, 'model.tflite'));
  const program = `
    import { readFile } from 'node:fs/promises';
    import { load } from 'octolite';
    const octolite = await load();
    const model = octolite.loadModel(await readFile('model.tflite'));
    const { bytes } = await octolite.quantize(model, { recipe: 'dynamic_wi8_afp32' });
    const small = octolite.loadModel(bytes);
    console.log(JSON.stringify({ size: bytes.length, inputs: octolite.inspect(small).inputs.length }));
    small.dispose();
    model.dispose();`;
  await writeFile(join(folder, 'use.mjs'), program);
  const { size, inputs } = JSON.parse(await must(process.execPath, ['use.mjs'], { cwd: folder }));
  const { size: original } = await stat(model);
  assert.equal(inputs, 1);
  assert.ok(size < original * 0.6, `${original} bytes became ${size}`);
});

test('the worker client finds its worker', async () => {
  const program = `
    import { readFile } from 'node:fs/promises';
    import { connectWorker } from 'octolite/worker';
    const octolite = await connectWorker();
    const model = await octolite.loadModel(await readFile(process.argv[2]));
    console.log((await octolite.inspect(model)).kind);
    octolite.terminate();`;
  await writeFile(join(folder, 'worker.mjs'), program);
  // Both streams: nothing else is said.
  const { output } = await run(process.execPath, ['worker.mjs', model], { cwd: folder });
  assert.equal(output, 'float32\n');
});

test('brings the command line', async () => {
  const command = join(folder, 'node_modules/.bin/octolite');
  const { inputs } = JSON.parse(await must(command, ['inspect', model, '--json'], { cwd: folder }));
  assert.equal(inputs.length, 1);
  assert.equal((await run(command, ['no-such-command'], { cwd: folder })).status, 2);
});

test('its types hold in a strict project, library checks included', async () => {
  const program = `
    import { load, OctoliteError, type Model } from 'octolite';
    export async function small(bytes: Uint8Array): Promise<Uint8Array> {
      const octolite = await load();
      const model: Model = octolite.loadModel(bytes);
      try {
        return (await octolite.quantize(model, { recipe: 'float16' })).bytes;
      } catch (error) {
        if (error instanceof OctoliteError && error.code === 'ALREADY_QUANTIZED') return bytes;
        throw error;
      } finally {
        model.dispose();
      }
    }`;
  await writeFile(join(folder, 'use.ts'), program);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
    types: [],
  };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['use.ts'] }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status, output } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder });
  assert.equal(status, 0, output);
});
