import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../../scripts/lib/process.mjs';
import { note } from './notes.mjs';

/** A test of an example; how long it takes is said at the end of `npm test`. */
export function exampleTest(name, action, options = {}) {
  test(name, options, async (t) => {
    const begun = performance.now();
    await action(t);
    note(t, `example ${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  });
}

/** A file of models and data by others, which are not part of the project. */
export const shared = (path) => join(root, '../shared', path);

/** Options that skip a test where one of the files is not there. */
export function where(...paths) {
  const absent = paths.find((path) => !existsSync(path));
  return { skip: absent && `there is no ${absent}` };
}
