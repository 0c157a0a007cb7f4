// One small app, built by every bundler and served as it is, in Chromium under a policy without
// 'unsafe-eval': in the page, with threads, in the library's worker and in one of the app.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { root } from '../../scripts/lib/process.mjs';
import { installModules } from '../../scripts/lib/setup.mjs';
import { serveFolder } from '../../dist/node/static_server.js';
import { CHROMIUM } from '../chromium.mjs';
import { everywhere, installApp } from './support/app.mjs';
import { kilobytes, note } from './support/notes.mjs';
import { quiet } from './support/programs.mjs';

const bundlers = join(root, 'tests/package/bundlers');

/** Long enough for a busy machine; a page that works takes seconds. */
const TIMEOUT_MS = 120_000;

const builds = new Map();
let installed;
let browser;
let expected;

before(async () => {
  await installModules(bundlers);
  [installed, browser] = await Promise.all([installApp(), chromium.launch(CHROMIUM)]);
  startBuilds();
  expected = JSON.parse(await quiet(process.execPath, ['program.js'], { cwd: installed.app }));
  assert.equal(expected.here.output.length, 16);
});

after(async () => {
  await browser?.close();
  await installed?.remove();
});

/** What is built: the script in bundlers/, and more arguments for it. */
const BUILDS = {
  vite: ['vite'],
  'vite, workers as modules': ['vite', 'es'],
  esbuild: ['esbuild'],
  rollup: ['rollup'],
  webpack: ['webpack'],
};

/** Builds and resolves to the folder and the seconds that it took. */
async function build(title) {
  const [name, ...more] = BUILDS[title];
  const out = join(installed.folder, title.replaceAll(/\W+/g, '-'));
  const begun = performance.now();
  const script = join(bundlers, `${name}.mjs`);
  assert.equal(await quiet(process.execPath, [script, installed.app, out, ...more]), '');
  const seconds = (performance.now() - begun) / 1000;
  await cp(join(installed.app, 'model.tflite'), join(out, 'model.tflite'));
  return { out, seconds };
}

/** Two at a time, beside the tests. webpack takes as long as the others together. */
function startBuilds() {
  let last = Promise.resolve();
  for (const title of Object.keys(BUILDS).filter((it) => it !== 'webpack')) {
    last = last.catch(() => undefined).then(() => build(title));
    builds.set(title, last);
  }
  builds.set('webpack', build('webpack'));
  for (const promise of builds.values()) promise.catch(() => undefined); // its test awaits it too
}

/** Resolves to what a page says of itself, when nothing complains. */
async function visit(url) {
  const context = await browser.newContext();
  context.setDefaultNavigationTimeout(TIMEOUT_MS);
  try {
    const complaints = [];
    context.on('console', (message) => {
      // Vite's development server says hello.
      if (message.type() !== 'debug') complaints.push(`${message.type()}: ${message.text()}`);
    });
    context.on('weberror', (error) => complaints.push(String(error.error().stack)));
    context.on('response', (response) => {
      if (!response.ok()) complaints.push(`${response.status()} ${response.url()}`);
    });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'load' });
    const results = await page.evaluate(() => globalThis.results);
    assert.deepEqual(complaints, []);
    return results;
  } finally {
    await context.close();
  }
}

/** Serves a folder, and visits it. */
async function visitFolder(folder, isolated) {
  const server = await serveFolder({ folder, isolated });
  try {
    return await visit(server.url);
  } finally {
    await server.close();
  }
}

function check({ ownWorker, ...results }, { isolated }) {
  const wanted = everywhere(expected, { variant: 'relaxed', threads: isolated });
  assert.deepEqual(results, wanted);
  assert.deepEqual(ownWorker, wanted.here);
}

/** The scripts of a built app. */
async function measure(folder) {
  const names = await readdir(folder, { recursive: true });
  const scripts = names.filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(scripts.map((name) => readFile(join(folder, name))));
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  return {
    files: scripts.length,
    bytes: sum(texts.map(({ length }) => length)),
    gzip: sum(texts.map((text) => gzipSync(text).length)),
  };
}

/** The version of an installed package. */
async function versionOf(name) {
  const folder = name === 'esbuild' ? root : bundlers;
  return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'))).version;
}

for (const [title, [name]] of Object.entries(BUILDS)) {
  test(`built by ${title}`, async (t) => {
    const { out, seconds } = await builds.get(title);
    check(await visitFolder(out, true), { isolated: true });
    const { files, bytes, gzip } = await measure(out);
    const sizes = `${files} scripts, ${kilobytes(bytes)}, gzip ${kilobytes(gzip)}`;
    const what = title.replace(name, `${name} ${await versionOf(name)}`);
    note(t, `${what}: built in ${seconds.toFixed(1)} s, ${sizes}`);
  });
}

test("in Vite's development server", async () => {
  const script = join(bundlers, 'vite_dev.mjs');
  const server = spawn(process.execPath, [script, installed.app]);
  const ended = once(server, 'close');
  let errors = '';
  server.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  try {
    const [url] = await Promise.race([once(server.stdout.setEncoding('utf8'), 'data'), ended]);
    assert.match(String(url), /^http:/, errors);
    check(await visit(url.trim()), { isolated: true });
  } finally {
    server.stdin.end();
    await ended;
  }
  assert.equal(errors, '');
});

for (const isolated of [true, false]) {
  const where = isolated ? 'in an isolated page' : 'in a page that is not isolated';
  test(`not built at all, ${where}`, async () => {
    const out = join(installed.folder, `plain-${isolated}`);
    await cp(installed.app, out, { recursive: true });
    await cp(join(installed.folder, 'node_modules/octolite'), join(out, 'octolite'), {
      recursive: true,
    });
    for (const name of ['run.js', 'own_worker.js']) {
      const text = await readFile(join(out, name), 'utf8');
      await writeFile(
        join(out, name),
        text
          .replaceAll("'octolite'", "'./octolite/dist/index.js'")
          .replaceAll(/'octolite\/(\w+)'/g, "'./octolite/dist/$1.js'"),
      );
    }
    check(await visitFolder(out, isolated), { isolated });
  });
}
