import { test } from 'node:test';
import { note } from './notes.mjs';

/** A test of an example; how long it takes is said at the end of `npm test`. */
export function exampleTest(name, action, options = {}) {
  test(name, options, async (t) => {
    const begun = performance.now();
    await action(t);
    note(t, `example ${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  });
}
