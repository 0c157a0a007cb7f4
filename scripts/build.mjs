// `npm run build`: sets the machine up and makes the package in dist/.
import { buildPackage } from './lib/build.mjs';
import { CommandError } from './lib/process.mjs';
import { setUp } from './lib/setup.mjs';

await setUp('start');
try {
  await buildPackage();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(`${error.output}\n${error.message}`);
  process.exitCode = 1;
}
