// Builds with CMake, and puts the npm package together in dist/.
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './process.mjs';
import { tools } from './setup.mjs';

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

/** Builds the WebAssembly variants and copies them to dist/wasm/octolite-<variant>.{mjs,wasm}. */
export async function buildModules() {
  const target = join(root, 'dist/wasm');
  mkdirSync(target, { recursive: true });
  await cmakeBuild('wasm', ['octolite_modules']);
  for (const variant of variants) {
    for (const extension of ['mjs', 'wasm']) {
      const file = `octolite-${variant}.${extension}`;
      copyFileSync(join(root, 'build/wasm/wasm', file), join(target, file));
    }
  }
}

/** Compiles js/src to dist/, and puts the JPEG decoder into the file that uses it. */
export async function compileTypeScript() {
  await must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'js']);
  // From node_modules, which is not there before the set-up has run.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'js/src/node/jpeg.ts')],
    outfile: join(root, 'dist/node/jpeg.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['../errors.js', '../data/image.js'],
    logLevel: 'silent',
    banner: { js: '// With jpeg-js: BSD-3-Clause, see THIRD_PARTY.md.' },
  });
  // npm sets it when it installs the package; a checkout runs the command line too.
  chmodSync(join(root, 'dist/node/cli.js'), 0o755);
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
