// Builds with CMake, and puts the npm package together in dist/.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files.mjs';
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

/** Everything that the npm package holds. */
export async function buildPackage() {
  await buildModules();
  if (listFiles('js/src', /\.ts$/).length > 0) await compileTypeScript();
}
