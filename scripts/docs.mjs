// `npm run docs`: sets the machine up, builds the package, and makes the site in dist/site: the page
// at its root, the documentation below docs/.
import { join } from 'node:path';
import { buildAll } from './lib/build.mjs';
import { CommandError, root } from './lib/process.mjs';
import { setUp } from './lib/setup.mjs';

await setUp('start');
try {
  await buildAll();
  // From node_modules, which is not there before the set-up has run.
  const { buildSite } = await import('./lib/docs.mjs');
  await buildSite({ outdir: join(root, 'dist/site') });
} catch (error) {
  console.error(
    error instanceof CommandError ? `${error.output}\n${error.message}` : error.message,
  );
  process.exitCode = 1;
}
