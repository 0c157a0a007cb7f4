/**
 * Builds the page from web/ and the built package in dist/ into dist/web/, a folder that any static
 * host can serve from any path: all its addresses are relative.
 *
 *   node web/build.mjs
 */
import { build } from 'esbuild';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What of the sample model the page offers. */
const SAMPLE_FILES = [
  'shapes.tflite',
  'calibration-images-idx4-ubyte.gz',
  'evaluation-images-idx4-ubyte.gz',
  'evaluation-labels-idx1-ubyte.gz',
];

/** The licences of the libraries that went into the bundle, which ask to be passed on. */
async function licensesOf(inputs) {
  const packages = inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const names = [...new Set(packages.filter(Boolean))].sort();
  const texts = names.map(async (name) => {
    const text = await readFile(join(root, 'node_modules', name, 'LICENSE'), 'utf8');
    return `${name}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join('\n');
}

/**
 * @param {object} options
 * @param {string} [options.outdir]
 * @param {string} [options.docs] Where the documentation is, for a link in the footer.
 */
export async function buildPage({ outdir = join(root, 'dist/web'), docs } = {}) {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'web/main.tsx', out: 'main' },
      { in: 'web/styles/main.css', out: 'main' },
      { in: 'octolite/worker/host', out: 'worker' },
      // Where the library looks for it: beside the bundle.
      { in: 'octolite/threads/thread', out: 'thread' },
      { in: 'web/isolation_worker.ts', out: 'isolation_worker' },
    ],
    outdir,
    bundle: true,
    // The worker picks one of the variants of the WebAssembly glue and loads no other.
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'browser',
    target: ['chrome105', 'firefox113', 'safari16.4'],
    minify: true,
    metafile: true,
    logLevel: 'warning',
    // Not the repository's own tsconfig.json, which points imports of 'octolite' at its sources: the
    // page is built from the package as it is shipped.
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact' } },
  });
  await mkdir(join(outdir, 'sample'), { recursive: true });
  const copies = [
    ['web/assets/icon.svg', 'icon.svg'],
    ['dist/wasm/octolite-simd128.wasm', 'wasm/octolite-simd128.wasm'],
    ['dist/wasm/octolite-relaxed.wasm', 'wasm/octolite-relaxed.wasm'],
    ['dist/wasm/octolite-threads.wasm', 'wasm/octolite-threads.wasm'],
    ...SAMPLE_FILES.map((name) => [`examples/sample-model/${name}`, `sample/${name}`]),
  ];
  await writeFile(join(outdir, 'licenses.txt'), await licensesOf(Object.keys(metafile.inputs)));
  const html = await readFile(join(root, 'web/index.html'), 'utf8');
  const help = docs === undefined ? '' : `  <link rel="help" href="${docs}" />\n  `;
  await writeFile(join(outdir, 'index.html'), html.replace('</head>', `${help}</head>`));
  await Promise.all(copies.map(([from, to]) => cp(join(root, from), join(outdir, to))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
