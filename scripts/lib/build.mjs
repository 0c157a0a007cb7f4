// Builds with CMake, and puts the npm package together in dist/.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { must, root } from './process.mjs';
import { writeProvenance } from './provenance.mjs';
import { tools } from './setup.mjs';

const dist = join(root, 'dist');

/** The binary variants in the package. */
export const variants = ['simd128', 'relaxed', 'threads'];

/** Builds targets of a CMake preset, configuring it first when need be. */
export async function cmakeBuild(preset, targets) {
  const { CMAKE, NINJA } = tools();
  if (!existsSync(join(root, 'build', preset, 'build.ninja'))) {
    await must(CMAKE, ['--preset', preset, `-DCMAKE_MAKE_PROGRAM=${NINJA}`]);
  }
  await must(CMAKE, ['--build', '--preset', preset, '--target', ...targets]);
}

/**
 * Builds the WebAssembly variants and puts them into dist/wasm/octolite-<variant>.{js,wasm}, with
 * provenance.js, which says what they were made of.
 */
export async function buildModules() {
  await cmakeBuild('wasm', ['octolite_modules']);
  await packModules();
}

async function packModules() {
  const target = join(dist, 'wasm');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  // From node_modules, which is not there before the set-up has run.
  const { transform } = await import('esbuild');
  for (const variant of variants) {
    const from = join(root, `build/wasm/wasm/octolite-${variant}`);
    copyFileSync(`${from}.wasm`, join(target, `octolite-${variant}.wasm`));
    chmodSync(join(target, `octolite-${variant}.wasm`), 0o644); // the linker takes it for a program
    // Emscripten leaves long names; without them the file is half as large. Not all servers know
    // what .mjs is, so it is called .js here.
    const glue = readFileSync(`${from}.mjs`, 'utf8');
    const { code } = await transform(glue, { format: 'esm', target: 'es2022', minify: true });
    writeFileSync(join(target, `octolite-${variant}.js`), code);
  }
  await writeProvenance(variants, target);
}

/** Compiles js/src to dist/, and puts the JPEG decoder into the file that uses it. */
export async function compileTypeScript() {
  // What has no source any more must not be packed.
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (name !== 'wasm' && name !== 'web') rmSync(join(dist, name), { recursive: true });
  }
  await must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'js']);
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'js/src/node/jpeg.ts')],
    outfile: join(dist, 'node/jpeg.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['../errors.js', '../data/image.js'],
    sourcemap: 'linked',
    logLevel: 'silent',
    banner: { js: '// With jpeg-js: BSD-3-Clause, see THIRD_PARTY.md.' },
  });
  // npm sets it when it installs the package; a checkout runs the command line too.
  chmodSync(join(dist, 'node/cli.js'), 0o755);
}

/** Bundles the page, from the package in dist/, to dist/web/. */
export async function buildPage() {
  await must(process.execPath, ['web/build.mjs']);
}

/** The npm package and the page. */
export async function buildAll() {
  await compileTypeScript();
  await buildModules();
  await buildPage();
}
