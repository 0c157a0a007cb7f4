// The include rules of ARCHITECTURE.md, and what must not be in which part of the tree.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFiles } from '../../scripts/lib/files.mjs';
import { root } from '../../scripts/lib/process.mjs';

// Folder of src/ -> the folders besides itself and base/ that it may include.
const allowed = {
  base: [],
  kernels: [],
  model: [],
  ops: ['kernels', 'model'],
  tflite: ['ops', 'model', 'schema'],
  runtime: ['ops', 'model'],
  calibrate: ['runtime', 'model'],
  quantize: ['calibrate', 'ops', 'model'],
  compress: ['quantize', 'tflite', 'ops', 'model'],
  analyze: ['runtime', 'ops', 'model'],
  recover: ['analyze', 'quantize', 'calibrate', 'runtime', 'ops', 'model'],
};

const read = (path) => readFileSync(join(root, path), 'utf8');
const includesOf = (path) =>
  [...read(path).matchAll(/^\s*#\s*include\s+["<]([^">]+)[">]/gm)].map((m) => m[1]);
/** Code in strings, as the page shows it, imports nothing. */
const importsOf = (path) =>
  [
    ...read(path).matchAll(
      /(?:^|[^.\w'"`])(?:import|export)\s*(?:[^'"();]*?\sfrom\s*)?\(?\s*['"]([^'"]+)['"]/gm,
    ),
  ].map((m) => m[1]);

// Also what hides or reorders text.
const CONTROL =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

/** Fails with every finding, not only the first. */
function none(findings) {
  assert.equal(findings.length, 0, `\n  ${findings.join('\n  ')}\n`);
}

const sources = listFiles('src', /\.(cc|h|inc)$/);

test('every folder of src/ has an include rule', () => {
  const folders = new Set(sources.map((path) => path.split('/')[1]));
  assert.deepEqual(
    [...folders].filter((folder) => !(folder in allowed)),
    [],
  );
});

test('sources include only the layers below them', () => {
  none(
    sources.flatMap((path) => {
      const folder = path.split('/')[1];
      const legal = [folder, 'base', ...(allowed[folder] ?? [])];
      return includesOf(path)
        .filter(
          (name) =>
            name.includes('/') && (name.split('/')[0] in allowed || name.startsWith('schema/')),
        )
        .filter((name) => !legal.includes(name.split('/')[0]))
        .map((name) => `${path} includes ${name}`);
    }),
  );
});

test('includes of the project are relative to src/', () => {
  none(
    sources.flatMap((path) =>
      includesOf(path)
        .filter((name) => name.startsWith('.'))
        .map((name) => `${path} includes ${name}`),
    ),
  );
});

// The wasm modules share all objects but those of *_simd.cc: what depends on relaxed SIMD elsewhere,
// or in an inline function that others see, would get into a module that must do without.
test('relaxed SIMD stays in kernels/simd/relaxed.h and the sources named *_simd.cc', () => {
  const tests = ['tests/cpp', 'tests/bench'].flatMap((path) => listFiles(path, /\.(cc|h)$/));
  const files = [...sources, ...tests];
  const header = 'kernels/simd/relaxed.h';
  const names = /__wasm_relaxed|OCTOLITE_HAS_RELAXED_DOT|\bMulAdd\b|\bRelaxedDot\b|_relaxed_\w+\(/;
  none(
    files
      .filter((path) => !path.endsWith(header))
      .flatMap((path) => {
        const mayUse = /_simd(_test)?\.cc$/.test(path);
        const includes = includesOf(path).includes(header);
        if (includes && !mayUse) return [`${path} includes ${header}`];
        return names.test(read(path)) && !includes ? [`${path} uses it without ${header}`] : [];
      }),
  );
});

test('src/ knows nothing of Emscripten', () => {
  none(
    sources.flatMap((path) =>
      includesOf(path)
        .filter((name) => name.startsWith('emscripten'))
        .map((name) => `${path} includes ${name}`),
    ),
  );
});

test('the bindings use facades, not kernels or operators', () => {
  none(
    listFiles('wasm', /\.(cc|h)$/).flatMap((path) =>
      includesOf(path)
        .filter((name) => /^(kernels|schema)\//.test(name))
        .map((name) => `${path} includes ${name}`),
    ),
  );
});

/** What the page bundles: the framework, the layout of graphs, zip files. */
const PAGE_LIBRARIES = /^(octolite|preact|@preact\/signals|@dagrejs\/dagre|fflate)(\/|$)/;

test('the page uses the public JavaScript API and few libraries', () => {
  const isInside = (path, name) => join(path, '..', name).startsWith('web/');
  none(
    listFiles('web', /\.tsx?$/).flatMap((path) =>
      importsOf(path)
        .filter((name) =>
          name.startsWith('.') ? !isInside(path, name) : !PAGE_LIBRARIES.test(name),
        )
        .map((name) => `${path} imports ${name}`),
    ),
  );
});

test('the published JavaScript has no run-time dependency', () => {
  // The build bundles it into that one file; THIRD_PARTY.md has its licence.
  const bundled = { 'js/src/node/jpeg.ts': 'jpeg-js' };
  none(
    listFiles('js/src', /\.ts$/).flatMap((path) =>
      importsOf(path)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .filter((name) => name !== bundled[path])
        .map((name) => `${path} imports ${name}`),
    ),
  );
  assert.deepEqual(JSON.parse(read('package.json')).dependencies ?? {}, {});
});

const textFiles = listFiles(
  '.',
  /\.(cc|h|inc|fbs|ts|mjs|js|json|md|html|css|txt|yml)$|^(setup|run|CMakeLists\.txt)$/,
);

test('no path of one machine, no control characters', () => {
  none(
    textFiles
      .filter((path) => !path.startsWith('tests/golden/'))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .flatMap((line, index) => {
            const where = `${path}:${index + 1}`;
            const found = [];
            if (/(^|[\s"'(=])\/(work|home|root|tmp|Users)\//.test(line))
              found.push(`${where}: path of one machine`);
            if (CONTROL.test(line)) {
              found.push(`${where}: control character`);
            }
            return found;
          }),
      ),
  );
});

test('the lock files name no registry', () => {
  none(
    [
      'package-lock.json',
      'tests/bench/package-lock.json',
      'tests/newer-node/package-lock.json',
    ].filter((path) => /"resolved":/.test(read(path))),
  );
});
