// Builds with CMake, and puts the npm package together in dist/.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './process.mjs';
import { tools } from './setup.mjs';

/** The binary variants in the package, by the CMake preset that builds each. */
export const variants = ['simd128', 'relaxed'];

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
  for (const variant of variants) {
    await cmakeBuild(`wasm-${variant}`, ['octolite']);
    for (const extension of ['mjs', 'wasm']) {
      const file = `octolite-${variant}.${extension}`;
      copyFileSync(join(root, `build/wasm-${variant}/wasm`, file), join(target, file));
    }
  }
}

/** Compiles js/src to dist/. */
export async function compileTypeScript() {
  await must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'js']);
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
