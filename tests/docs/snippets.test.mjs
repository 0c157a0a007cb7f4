// The TypeScript of the documentation is checked, strictly, and its pages of HTML are opened.
// Its JavaScript and its commands are run by tests/js/docs.test.ts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import ts from 'typescript';
import { CHROMIUM } from '../chromium.mjs';
import { joinModules, readPages } from '../js/support/doc_pages.mjs';

const root = join(import.meta.dirname, '../..');
const pages = readPages();
const SETUP = join(root, 'tests/js/support/docs_setup.mjs');

/** What a reader's own project would have; the package is found by its name, as it was built. */
const OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
};

test('TypeScript compiles in strict mode', () => {
  const sources = new Map();
  for (const { path, setup, blocks } of pages) {
    const own = blocks.filter(({ language }) => language === 'ts');
    if (own.length === 0) continue;
    const names = setup.length > 0 ? `import { ${setup.join(', ')} } from '${SETUP}';\n` : '';
    const name = `build/docs-types/${path.replaceAll('/', '-')}.mts`;
    sources.set(join(root, name), joinModules([names, ...own.map(({ code }) => code)]));
  }
  assert.ok(sources.size > 3, 'pages with TypeScript');
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.readFile = (path) => sources.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) =>
    sources.has(path)
      ? ts.createSourceFile(path, sources.get(path), ...rest)
      : getSourceFile(path, ...rest);
  const program = ts.createProgram([...sources.keys()], OPTIONS, host);
  const complaints = ts.getPreEmitDiagnostics(program);
  assert.equal(ts.formatDiagnostics(complaints, host), '');
});

const MIME = { js: 'text/javascript', wasm: 'application/wasm' };

test('HTML shows what the page says', async () => {
  const blocks = pages.flatMap((page) => page.blocks.filter(({ language }) => language === 'html'));
  assert.ok(blocks.length > 0);
  const browser = await chromium.launch(CHROMIUM);
  try {
    for (const { code, output } of blocks) {
      const page = await browser.newPage();
      const complaints = [];
      page.on('pageerror', (error) => complaints.push(error.stack));
      await page.route('**/*', async (route) => {
        const path = new URL(route.request().url()).pathname;
        if (path === '/') return route.fulfill({ contentType: 'text/html', body: code });
        if (path === '/favicon.ico') return route.fulfill({ status: 204 });
        const file =
          path === '/model.tflite'
            ? 'examples/sample-model/shapes.tflite'
            : path.replace(/^\/octolite\//, 'dist/');
        const contentType = MIME[path.split('.').at(-1)] ?? 'application/octet-stream';
        return route.fulfill({ contentType, body: readFileSync(join(root, file)) });
      });
      await page.goto('http://localhost/');
      await page.getByText(output.trim()).waitFor({ timeout: 60_000 });
      assert.deepEqual(complaints, []);
      await page.close();
    }
  } finally {
    await browser.close();
  }
});
