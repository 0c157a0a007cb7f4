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
  'binary simd128': [3_230_000, 921_000, 700_000],
  'binary relaxed': [3_310_000, 930_000, 707_000],
  'binary threads': [3_320_000, 928_000, 705_000],
  'glue simd128': [26_500, 9_850, 9_530],
  'glue relaxed': [26_500, 9_840, 9_530],
  'glue threads': [27_400, 10_200, 9_830],
  'octolite, all of it': [136_000, 49_200, 46_400],
  'octolite, load alone': [82_600, 28_900, 27_700],
  'octolite/worker': [59_400, 21_700, 20_800],
  'the script of the worker': [35_300, 12_600, 12_100],
  'the script of a thread': [797, 502, 446],
};

/** The whole package: as npm sends it, and on the disk. The page's three samples are 1.7 MB of it. */
const PACKAGE_BUDGET = [5_350_000, 14_500_000];

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
    external: [
      '*/wasm/octolite-simd128.js',
      '*/wasm/octolite-relaxed.js',
      '*/wasm/octolite-threads.js',
    ],
    write: false,
  });
  return outputFiles[0].contents;
}

const packaged = (path) => readFile(join(installed.folder, 'node_modules/octolite/dist', path));

const CONTENTS = {
  'binary simd128': () => packaged('wasm/octolite-simd128.wasm'),
  'binary relaxed': () => packaged('wasm/octolite-relaxed.wasm'),
  'binary threads': () => packaged('wasm/octolite-threads.wasm'),
  'glue simd128': () => packaged('wasm/octolite-simd128.js'),
  'glue relaxed': () => packaged('wasm/octolite-relaxed.js'),
  'glue threads': () => packaged('wasm/octolite-threads.js'),
  'octolite, all of it': () => bundled("export * from 'octolite';"),
  'octolite, load alone': () => bundled("export { load } from 'octolite';"),
  'octolite/worker': () => bundled("export * from 'octolite/worker';"),
  'the script of the worker': () => bundled("import 'octolite/worker/host';"),
  'the script of a thread': () => bundled("import 'octolite/threads/thread';"),
};

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });

/** Fails where a size is above its budget, and where the budget is so large that it says nothing. */
function check(name, sizes, budgets, kinds) {
  sizes.forEach((size, index) => {
    const what = `${name}, ${kinds[index]}: ${size} bytes`;
    const budget = `its budget of ${budgets[index]}`;
    const place = 'the budgets are in tests/package/sizes.test.mjs';
    assert.ok(size <= budgets[index], `${what} are above ${budget}; ${place}`);
    assert.ok(size >= 0.8 * budgets[index], `${what} are far below ${budget}: lower it; ${place}`);
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
  check('the package', sizes, PACKAGE_BUDGET, ['packed', 'unpacked']);
});
