import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The scripts of esbuild's and Rollup's output, by name. These two leave addresses as they are, so
 * the scripts of workers and the binaries go where the library looks for them: beside the bundle.
 */
export const entries = (app) => ({
  main: join(app, 'main.js'),
  own_worker: join(app, 'own_worker.js'),
  host: 'octolite/worker/host',
  thread: 'octolite/threads/thread',
});

/** Copies the page, and the binaries of the package that the app has. */
export async function copyFiles(app, out) {
  await cp(join(app, 'index.html'), join(out, 'index.html'));
  const { resolve } = createRequire(join(app, 'main.js'));
  for (const variant of ['simd128', 'relaxed', 'threads']) {
    const name = `octolite-${variant}.wasm`;
    await cp(resolve(`octolite/wasm/${name}`), join(out, 'wasm', name));
  }
}
