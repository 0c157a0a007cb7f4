/**
 * Builds the page from web/ and the built package in dist/ into dist/web/, a folder that any static
 * host can serve from any path: all its addresses are relative.
 *
 *   node web/build.mjs
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const TARGET = ['chrome105', 'firefox113', 'safari16.4'];

/** Files of web/assets that the page asks for. */
const ASSETS = [
  'icon.svg',
  'icon-192.png',
  'icon-512.png',
  'icon-maskable-512.png',
  'manifest.webmanifest',
];

/** Where the files of the models that the page offers are, and where they go. */
async function sampleCopies() {
  const samples = JSON.parse(await readFile(join(root, 'web/features/open/samples.json'), 'utf8'));
  return samples.flatMap(({ id, folder, model, calibration, evaluation, labels, classNames }) =>
    [model, calibration, evaluation, labels, classNames].map((name) => [
      `${folder}/${name}`,
      `sample/${id}/${name}`,
    ]),
  );
}

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

/** The scripts that one cannot start without, which would otherwise be found one after the other. */
function importsOf(script, outdir, { outputs }) {
  const found = new Set();
  const visit = (path) =>
    outputs[path].imports
      .filter(({ kind, path: imported }) => kind === 'import-statement' && !found.has(imported))
      .forEach(({ path: imported }) => {
        found.add(imported);
        visit(imported);
      });
  const folder = relative(root, outdir).replaceAll('\\', '/');
  visit(`${folder}/${script}`);
  return [...found].map((path) => path.slice(folder.length + 1));
}

/** All files of a folder, with their digests as the attribute `integrity` has them. */
async function digests(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  const digest = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
  const listed = paths.map(async (path) => [path, digest(await readFile(join(folder, path)))]);
  return Promise.all(listed);
}

/** The service worker, which knows every other file of the page. */
export async function buildServiceWorker(outdir) {
  await rm(join(outdir, 'service_worker.js'), { force: true });
  const files = (await digests(outdir)).map(([path, digest]) => [
    path === 'index.html' ? './' : path,
    digest,
  ]);
  const text = JSON.stringify(files);
  await build({
    absWorkingDir: root,
    entryPoints: ['web/service_worker.ts'],
    outdir,
    bundle: true,
    format: 'iife',
    target: TARGET,
    minify: true,
    logLevel: 'warning',
    define: {
      FILES: text,
      VERSION: JSON.stringify(createHash('sha256').update(text).digest('hex').slice(0, 16)),
    },
  });
}

/**
 * @param {object} options
 * @param {string} [options.outdir]
 * @param {string} [options.docs] Where the documentation is, for a link in the footer.
 */
export async function buildPage({ outdir = join(root, 'dist/web'), docs } = {}) {
  await rm(outdir, { recursive: true, force: true });
  const settings = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'browser',
    target: TARGET,
    minify: true,
    // Chinese as it is, which is half of what its escapes take.
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
    // Not the repository's own tsconfig.json, which points imports of 'octolite' at its sources: the
    // page is built from the package as it is shipped.
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact' } },
  };
  const page = await build({
    ...settings,
    entryPoints: [
      { in: 'web/main.tsx', out: 'main' },
      { in: 'web/styles/main.css', out: 'main' },
      // It picks one of the variants of the WebAssembly glue and loads no other.
      { in: 'octolite/worker/host', out: 'worker' },
      // Where the library looks for it: beside the bundle.
      { in: 'octolite/threads/thread', out: 'thread' },
    ],
  });
  // Apart: what they share with the page would be one more request of its first load for each set of
  // scripts that share it, and with more in them than the page needs.
  const helpers = await build({
    ...settings,
    entryPoints: [
      { in: 'web/helper_worker.ts', out: 'helper_worker' },
      { in: 'web/features/data/data_worker.ts', out: 'data_worker' },
      { in: 'web/features/data/microphone_worklet.ts', out: 'microphone_worklet' },
    ],
  });
  const copies = [
    ...ASSETS.map((name) => [`web/assets/${name}`, name]),
    ['dist/wasm/octolite-simd128.wasm', 'wasm/octolite-simd128.wasm'],
    ['dist/wasm/octolite-relaxed.wasm', 'wasm/octolite-relaxed.wasm'],
    ['dist/wasm/octolite-threads.wasm', 'wasm/octolite-threads.wasm'],
    ...(await sampleCopies()),
  ];
  const inputs = [page, helpers].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(join(outdir, 'licenses.txt'), await licensesOf(inputs));
  const html = await readFile(join(root, 'web/index.html'), 'utf8');
  const help = docs === undefined ? '' : `  <link rel="help" href="${docs}" />\n  `;
  const preloads = importsOf('main.js', outdir, page.metafile)
    .map((name) => `  <link rel="modulepreload" href="./${name}" />\n  `)
    .join('');
  await writeFile(join(outdir, 'index.html'), html.replace('</head>', `${preloads}${help}</head>`));
  await Promise.all(copies.map(([from, to]) => cp(join(root, from), join(outdir, to))));
  await buildServiceWorker(outdir);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
