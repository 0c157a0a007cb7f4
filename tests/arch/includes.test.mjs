// What precompiled headers would hide: every C++ source reaches the standard headers of the names it
// uses through its own includes, so that a build without them compiles too.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cppFiles } from '../../scripts/lib/files.mjs';
import { root } from '../../scripts/lib/process.mjs';

/** The precompiled headers that bring names which hardly another one brings. */
const NAMES = {
  algorithm:
    /\bstd::(?:(?:stable_|partial_)?sort|min_element|max_element|fill(?:_n)?|all_of|any_of|none_of|copy_n|transform|find_if|count_if|clamp|ranges::\w+)\b/,
  array: /\bstd::array\b/,
  cmath:
    /\bstd::(?:sqrt|exp|log|log2|pow|floor|ceil|round|trunc|lround|nearbyint|isnan|isfinite|isinf|ldexp|frexp)\b/,
  functional: /\bstd::(?:function|plus|minus|multiplies|greater|less|hash|bit_and|bit_or)\b/,
  limits: /\bstd::numeric_limits\b/,
  map: /\bstd::(?:multi)?map\b/,
  memory: /\bstd::(?:unique_ptr|shared_ptr|weak_ptr|make_unique|make_shared)\b/,
  optional: /\bstd::(?:optional|nullopt)\b/,
  span: /\bstd::(?:span|as_bytes|as_writable_bytes)\b/,
  string: /\bstd::(?:string|to_string)\b/,
  string_view: /\bstd::string_view\b/,
  utility: /\bstd::(?:move|pair|exchange|swap|make_pair|forward|index_sequence)\b/,
  variant: /\bstd::(?:variant|visit|get_if|holds_alternative|monostate)\b/,
  vector: /\bstd::vector\b/,
};

/** Headers that promise what others bring. */
const BRINGS = { string: ['string_view'] };

const FOLDERS = ['src', 'tests/cpp', 'tests/fuzz', 'wasm', 'tests/bench/kernels'];

const code = (path) => readFileSync(join(root, path), 'utf8').replace(/\/\/.*|\/\*[^]*?\*\//g, '');

const reached = new Map();

/** Names of all headers not of the project that a file includes, itself or by the project's own. */
function headers(path) {
  if (!reached.has(path)) {
    reached.set(path, new Set()); // ends a circle
    const found = new Set();
    for (const [, own, other] of code(path).matchAll(/^#include (?:"([^"]+)"|<([^>]+)>)/gm)) {
      const file =
        own && FOLDERS.map((folder) => `${folder}/${own}`).find((at) => existsSync(join(root, at)));
      if (file) headers(file).forEach((name) => found.add(name));
      else [other ?? own, ...(BRINGS[other] ?? [])].forEach((name) => found.add(name));
    }
    reached.set(path, found);
  }
  return reached.get(path);
}

const sources = cppFiles().filter((path) => path.endsWith('.cc'));

test('there are sources, and what they use is seen', () => {
  assert.ok(sources.length > 300);
  for (const [header, names] of Object.entries(NAMES)) {
    assert.ok(
      sources.some((path) => names.test(code(path))),
      header,
    );
  }
});

test('every source includes the standard headers of what it uses', () => {
  const missing = sources.flatMap((path) =>
    Object.entries(NAMES)
      .filter(([header, names]) => names.test(code(path)) && !headers(path).has(header))
      .map(([header]) => `${path}: <${header}>`),
  );
  assert.deepEqual(missing, []);
});
