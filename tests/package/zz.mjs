// What users download, and how much of it there may be.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { installPackage } from './support/install.mjs';
import { kilobytes, note } from './support/notes.mjs';

/**
 * The most bytes, each about 5 % above what there was when it was set: as it is, by gzip, and by
 * brotli at level 9 (servers that compress beforehand take level 11, which gives a tenth less).
 */
const BUDGETS = {
  'binary simd128': [1, 1, 1],
  'binary relaxed': [1, 1, 1],
  'binary threads': [1, 1, 1],
  'glue simd128': [1, 1, 1],
  'glue relaxed': [1, 1, 1],
  'glue threads': [1, 1, 1],
  'octolite, all of it': [1, 1, 1],
  'octolite, load alone': [1, 1, 1],
  'octolite/worker': [1, 1, 1],
  'the script of the worker': [1, 1, 1],
  'the script of a thread': [1, 1, 1],
};

/** The whole package: as npm sends it, and on the disk. */
const PACKAGE_BUDGET = [1, 1];

let installed;

before(async () => {
  installed = await installPackage();
});

after(() => installed?.remove());

/** What a bundler makes of a program, minified, without the glue. */
async function bundled(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: installed.folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['*.mjs'],
    write: false,
  });
  return outputFiles[0].contents;
}

const packaged = (path) => readFile(join(installed.folder, 'node_modules/octolite/dist', path));

const CONTENTS = {
  'binary simd128': () => packaged('wasm/octolite-simd128.wasm'),
  'binary relaxed': () => packaged('wasm/octolite-relaxed.wasm'),
  'binary threads': () => packaged('wasm/octolite-threads.wasm'),
  'glue simd128': () => packaged('wasm/octolite-simd128.mjs'),
  'glue relaxed': () => packaged('wasm/octolite-relaxed.mjs'),
  'glue threads': () => packaged('wasm/octolite-threads.mjs'),
  'octolite, all of it': () => bundled("export * from 'octolite';"),
  'octolite, load alone': () => bundled("export { load } from 'octolite';"),
  'octolite/worker': () => bundled("export * from 'octolite/worker';"),
  'the script of the worker': () => bundled("import 'octolite/worker/host';"),
  'the script of a thread': () => bundled("import 'octolite/threads/thread';"),
};

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });

/** Fails where a size is above its budget, and where the budget is so large that it says nothing. */
function t.diagnostic('@@' + JSON.stringify([name, ...sizes]));
  sizes.forEach((size, index) => {
    const what = `${name}, ${kinds[index]}: ${size} bytes`;
    const budget = `its budget of ${budgets[index]}`;
    const place = 'the budgets are in tests/package/sizes.test.mjs';
    assert.ok(size <= budgets[index], `${what} are above ${budget}; ${place}`);
    assert.ok(size >= 0.85 * budgets[index], `${what} are far below ${budget}: lower it; ${place}`);
  });
}

for (const [name, budgets] of Object.entries(BUDGETS)) {
  test(`size: ${name}`, async (t) => {
    const bytes = await CONTENTS[name]();
    const sizes = [bytes.length, gzipSync(bytes).length, brotli(bytes).length];
    const [raw, gzip, brotlied] = sizes.map(kilobytes);
    note(t, `${name}: ${raw}, gzip ${gzip}, brotli ${brotlied}`);
    check(name, sizes, budgets, ['as it is', 'gzip', 'brotli']);
  });
}

test('size: the package', async (t) => {
  const { size } = await stat(installed.tarball);
  const sizes = [size, installed.unpackedSize];
  note(t, `the package: ${sizes.map(kilobytes).join(', unpacked ')}`);
  t.diagnostic('@@' + JSON.stringify(['package', ...sizes]));
});
