// What the tests of the package measure, said at the end of `npm test`.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/process.mjs';

/** Notes a line in the report of a test, and for the end. */
export function note(test, line) {
  test.diagnostic(line);
  mkdirSync(join(root, 'build/results'), { recursive: true });
  appendFileSync(join(root, 'build/results/package-notes.txt'), `${line}\n`);
}

export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
