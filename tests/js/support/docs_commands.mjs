// Runs commands of a page as `octolite` does, in this process, which makes many of them quick.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const CLI = pathToFileURL(join(import.meta.dirname, '../../../dist/node/cli.js')).href;
let count = 0;

// Each waits for SIGINT.
process.setMaxListeners(0);

/** @param {string[]} args */
export async function octolite(...args) {
  process.argv.splice(2, Infinity, ...args);
  count += 1;
  await import(`${CLI}?${count}`);
  if (process.exitCode) throw new Error(`octolite ${args.join(' ')}: status ${process.exitCode}`);
}
