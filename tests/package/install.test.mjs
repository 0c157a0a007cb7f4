// The package as its users get it: packed, installed into an empty folder, imported and run there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = join(root, 'examples/sample-model/shapes.tflite');
const run = promisify(execFile);
let folder;

/** What a program printed; standard error must be empty. */
async function output(program, ...args) {
  const { stdout, stderr } = await run(program, args, { cwd: folder, maxBuffer: 2 ** 26 });
  assert.equal(stderr, '');
  return stdout;
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'octolite-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const [{ filename }] = Object.values(JSON.parse(stdout));
  writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}');
  await run('npm', ['install', '--offline', '--no-save', `./${filename}`], { cwd: folder });
  cpSync(sample, join(folder, 'model.tflite'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('the library loads, runs a model and says nothing', async () => {
  writeFileSync(
    join(folder, 'use.js'),
    `import { readFileSync } from 'node:fs';
import { load } from 'octolite';
const octolite = await load();
const model = octolite.loadModel(readFileSync('model.tflite'));
const interpreter = octolite.createInterpreter(model);
interpreter.invoke();
console.log(interpreter.getTensor(interpreter.getOutputDetails()[0].index).length);
`,
  );
  assert.equal(await output(process.execPath, 'use.js'), '16\n');
});

test('the worker client starts its worker from the package', async () => {
  writeFileSync(
    join(folder, 'worker.js'),
    `import { readFileSync } from 'node:fs';
import { connectWorker } from 'octolite/worker';
const octolite = await connectWorker();
const model = await octolite.loadModel(readFileSync('model.tflite'));
console.log((await octolite.inspect(model)).kind);
octolite.terminate();
`,
  );
  assert.equal(await output(process.execPath, 'worker.js'), 'float32\n');
});

test('the command line quantizes', async () => {
  const bin = join(folder, 'node_modules/.bin/octolite');
  const report = JSON.parse(
    (await run(bin, ['quantize', 'model.tflite', '-o', 'small.tflite', '--json'], { cwd: folder }))
      .stdout,
  );
  assert.equal(readFileSync(join(folder, 'small.tflite')).length, report.bytesAfter);
  assert.ok(report.bytesAfter < report.bytesBefore / 2);
});

test('types come along', async () => {
  const { exports } = JSON.parse(
    readFileSync(join(folder, 'node_modules/octolite/package.json'), 'utf8'),
  );
  for (const entry of ['.', './worker', './node']) {
    const types = join(folder, 'node_modules/octolite', exports[entry].types);
    assert.match(readFileSync(types, 'utf8'), /export/);
  }
});
