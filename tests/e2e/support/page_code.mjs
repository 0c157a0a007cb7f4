/** Code of the page that needs no browser, for tests that work things out again in Node.js. */
import { build } from 'esbuild';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What a module of web/ exports. `octolite` in it is the built package. */
export async function importPageCode(path) {
  // Below the repository, so that the name of the package is found.
  const folder = join(root, 'build', `page-code-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `${path.replaceAll('/', '-')}.mjs`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [join('web', path)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      external: ['octolite'],
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
