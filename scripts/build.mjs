// `npm run build`: sets the machine up and makes the package and the page in dist/.
import { buildAll } from './lib/build.mjs';
import { CommandError } from './lib/process.mjs';
import { setUp } from './lib/setup.mjs';

await setUp('start');
try {
  await buildAll();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(`${error.output}\n${error.message}`);
  process.exitCode = 1;
}
