// The site as `npm run docs` makes it: the page, and the documentation below docs/.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { serveFolder } from '../../dist/node/static_server.js';
import { buildSite } from '../../scripts/lib/docs.mjs';
import { CHROMIUM } from '../chromium.mjs';

const root = join(import.meta.dirname, '../..');
const site = join(root, 'build/site');
const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const BASE = '/some/where/';

let server;
let browser;
// Throws where typedoc has anything to warn of.
before(async () => {
  await buildSite({ outdir: site });
  server = await serveFolder({ folder: site, base: BASE });
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens a page of the site; fails on requests to other places and on complaints. */
async function visit(path, act) {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const complaints = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(server.url)) complaints.push(`request to ${request.url()}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  try {
    await page.goto(server.url + path);
    await act(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const htmlFiles = () =>
  readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'));

test('every link leads to something that is there', () => {
  const pages = new Map(
    htmlFiles().map((name) => {
      // What scripts and code show is no link.
      const text = readFileSync(join(site, name), 'utf8').replaceAll(/<pre>[^]*?<\/pre>/g, '');
      const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      const links = [...text.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link]) => link);
      return [resolve(site, name), { ids: new Set(ids), links }];
    }),
  );
  assert.ok(pages.size > 100, `${pages.size} pages`);
  const broken = [];
  for (const [path, { links }] of pages) {
    for (const link of links) {
      const [target, anchor] = link.replaceAll('&amp;', '&').split('#');
      if (/^(https?|mailto|data):/.test(target)) continue;
      const file = target === '' ? path : resolve(dirname(path), decodeURIComponent(target));
      const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() || target.endsWith('/');
      const page = pages.get(file);
      const hasAnchor = !anchor || !page || page.ids.has(decodeURIComponent(anchor));
      if (!isThere || !hasAnchor) broken.push(`${relative(site, path)}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('guides and every entry point are in it', () => {
  const names = htmlFiles().map((name) => name.replaceAll('\\', '/'));
  for (const name of ['octolite', 'octolite_worker', 'octolite_node', 'octolite_versions']) {
    assert.ok(names.includes(`docs/modules/${name}.html`), name);
  }
  const guides = readdirSync(join(root, 'docs'), { recursive: true });
  for (const guide of guides.filter((name) => name.endsWith('.md'))) {
    const name = guide.split(/[\\/]/).at(-1).slice(0, -3);
    assert.ok(names.includes(`docs/guides/${name}.html`), name);
  }
});

// typedoc folds its lists by a summary that holds a link, which screen readers may not announce.
const OF_TYPEDOC = { 'nested-interactive': { enabled: false } };

for (const [path, rules] of [
  ['docs/index.html', {}],
  ['docs/guides/error-codes.html', {}],
  ['docs/guides/choosing-a-recipe.html', {}],
  ['docs/interfaces/octolite.Interpreter.html', OF_TYPEDOC],
]) {
  test(`${path}: axe finds nothing and nothing sticks out, narrow and wide, light and dark`, () =>
    visit(path, async (page) => {
      await page.evaluate(AXE);
      for (const width of [320, 1280]) {
        for (const colorScheme of ['light', 'dark']) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          const content = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(content <= width, `${content} px of content on ${width} px`);
          const { violations } = await page.evaluate(
            (rules) => globalThis.axe.run({ rules }),
            rules,
          );
          assert.deepEqual(
            violations.map(({ id, nodes }) => [width, colorScheme, id, nodes[0].html]),
            [],
          );
        }
      }
    }));
}

test('the page leads to the documentation, and back', () =>
  visit('index.html', async (page) => {
    await page.getByRole('link', { name: 'Documentation' }).click();
    await page.waitForURL(`${server.url}docs/index.html`);
    await page.getByRole('link', { name: 'Your first model' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Your first model' }).waitFor();
    await page.getByRole('link', { name: 'Open the page' }).first().click();
    await page.getByRole('button', { name: 'Use the sample' }).waitFor();
  }));

test('search finds exports and guides by keyboard, without a network', () =>
  visit('docs/guides/first-model.html', async (page) => {
    await page.keyboard.press('/');
    for (const [words, found] of [
      ['mergeStatistics', 'mergeStatistics'],
      ['isolation', 'Deploying'],
    ]) {
      await page.getByRole('combobox').fill(words);
      await page.getByRole('option').filter({ hasText: found }).first().waitFor();
    }
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/deploying/);
  }));
