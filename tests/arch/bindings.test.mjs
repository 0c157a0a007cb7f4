// The hand-written types of the WebAssembly module (js/src/raw.ts) name what the bindings have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFiles } from '../../scripts/lib/files.mjs';
import { root } from '../../scripts/lib/process.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const sources = listFiles('wasm', /\.cc$/).map(read).join('\n');
const types = read('js/src/raw.ts');

const namesIn = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]).sort();

/** The functions of an interface and of those that it extends, but for delete(), which Embind adds. */
function declared(name) {
  const found = new RegExp(`interface ${name}(?: extends (\\w+))? \\{\\n([^]*?)\\n\\}`).exec(types);
  assert.ok(found, `raw.ts has no interface ${name}`);
  const [, base, body] = found;
  const own = namesIn(body, /^ {2}(\w+)\(/gm).filter((method) => method !== 'delete');
  return base ? [...own, ...declared(base)].sort() : own;
}

const classes = [...sources.matchAll(/class_<\w+>\("(\w+)"\)([^;]*);/g)];

test('there are bound classes', () => {
  assert.ok(classes.length >= 5, `found ${classes.length}`);
});

for (const [, name, functions] of classes) {
  test(`the functions of ${name}`, () => {
    assert.deepEqual(namesIn(functions, /\.function\("(\w+)"/g), declared(`Raw${name}`));
  });
}

test('the functions of the module', () => {
  assert.deepEqual(namesIn(sources, /emscripten::function\("(\w+)"/g), declared('RawModule'));
});
