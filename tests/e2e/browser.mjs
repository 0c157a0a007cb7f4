/**
 * What the page's tests share: the page built and served under a path of its own, Chromium, and a
 * watch over everything that no visit may cause.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { buildPage } from '../../web/build.mjs';
import { serveFolder } from '../../dist/node/static_server.js';
import { CHROMIUM } from '../chromium.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The sample of pictures that comes with the page. */
export const SAMPLE = readFileSync(join(root, 'examples/sample-model/shapes.tflite'));

/** Path of a model or data set that is too large for the repository, and absent on most machines. */
export const shared = (path) => join(root, '../shared', path);

/** A file of the disk for `drop`. */
export const fileAt = (path) => ({ name: basename(path), bytes: readFileSync(path) });

/** Long enough for a busy machine; a page that works takes seconds. */
const TIMEOUT_MS = 300_000;

/** A server of another origin that lets everybody in, and counts who came. */
async function startStranger() {
  const visits = [];
  const server = createServer((request, response) => {
    visits.push(request.url);
    response.writeHead(200, {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    response.end('hello');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    visits,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/**
 * Builds and serves the page and starts the browser; `close` ends all of it.
 * @param {object} options
 * @param {string[]} [options.args] More flags for Chromium.
 */
async function openStage({ args = [] } = {}) {
  // Test files run at the same time, and every build empties its folder first.
  const folder = join(root, 'build/e2e-page', String(process.pid));
  await buildPage({ outdir: folder });
  const base = '/some/where/';
  const isolatedServer = await serveFolder({ folder, base });
  const plainServer = await serveFolder({ folder, base, isolated: false });
  const stranger = await startStranger();
  const browser = await chromium.launch({
    ...CHROMIUM,
    args: [...CHROMIUM.args, ...args, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });

  const startOwn = async (isolated) => {
    const copy = `${folder}-own`;
    await rm(copy, { recursive: true, force: true });
    await cp(folder, copy, { recursive: true });
    return { folder: copy, ...(await serveFolder({ folder: copy, base, isolated })) };
  };

  /**
   * Visits the page in a context of its own and hands it to `act`. Fails on any request to another
   * place, any breach of the security policy, and anything that the console calls an error; where
   * `triesToLeave` is set, exactly the attempts to reach the stranger must have been stopped.
   * `isolated`: whether the server grants cross-origin isolation. `ownServer`: whether the server
   * and its folder are of this visit alone, for `act` to change and to close. `complains`: what the
   * console may complain of, where a test provokes it.
   */
  const visit = async (
    act,
    { triesToLeave = false, isolated = true, ownServer = false, complains, ...options } = {},
  ) => {
    const server = ownServer ? await startOwn(isolated) : isolated ? isolatedServer : plainServer;
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    const requests = [];
    const complaints = [];
    const violations = [];
    let noted;
    const firstViolation = new Promise((done) => (noted = done));
    context.on('request', (request) => requests.push(request.url()));
    context.on('console', (message) => {
      // Said where a test asks for it.
      if (message.text() === 'Service Worker registration blocked by Playwright') return;
      if (message.type() === 'error' || message.type() === 'warning') {
        if (!complains?.test(message.text())) complaints.push(message.text());
      }
    });
    context.on('weberror', (error) => complaints.push(String(error.error().stack)));
    await context.exposeFunction('noteViolation', (text) => {
      violations.push(text);
      noted();
    });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        globalThis.noteViolation(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    try {
      await page.goto(server.url);
      await act(page, stranger, server);
      const strays = requests.filter(
        (url) => !url.startsWith(server.url) && !/^(blob|data):/.test(url),
      );
      if (triesToLeave) {
        await firstViolation; // which may be told after the attempt has failed
        assert.deepEqual(new Set(violations), new Set([`connect-src ${stranger.url}`]));
      } else {
        assert.deepEqual(strays, [], 'requests to another place');
        assert.deepEqual(violations, [], 'breaches of the security policy');
        assert.deepEqual(complaints, [], 'complaints in the console');
      }
      assert.deepEqual(stranger.visits, []);
    } finally {
      await context.close();
      if (ownServer) await server.close();
    }
  };

  const close = async () => {
    await browser.close();
    await isolatedServer.close();
    await plainServer.close();
    await stranger.close();
    await rm(folder, { recursive: true, force: true });
    await rm(`${folder}-own`, { recursive: true, force: true });
  };
  return { visit, close };
}

/** The stage of a file of tests: there before its first test, gone after its last. */
export function useStage(options) {
  let stage;
  before(async () => {
    stage = await openStage(options);
  });
  after(() => stage?.close());
  return { visit: (...args) => stage.visit(...args) };
}

/** Drops files on the page, as a user does: `files` are { name, bytes } or { name, type, bytes }. */
export async function drop(page, files) {
  const transfer = await page.evaluateHandle(
    (list) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of list) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      return data;
    },
    files.map(({ name, type = '', bytes }) => ({ name, type, base64: bytes.toString('base64') })),
  );
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('main', kind, { dataTransfer: transfer });
  }
}

/** The workers that compute, without their threads, which sleep and do not answer. */
export const engines = (page) =>
  page.workers().filter((worker) => worker.url().endsWith('/worker.js'));

/** What the page says of the open file, in short. */
export const FACTS = 'section[aria-labelledby=inside-title] > .facts';

export const text = (page, selector) => page.locator(selector).innerText();

/** Presses the button that starts it all. */
export const quantize = (page) =>
  page.getByRole('button', { name: 'Quantize', exact: true }).click();

/** Waits for the verdict; a refusal that comes instead fails the test with its words. */
export async function isDone(page) {
  const verdict = page.locator('.verdict:not([aria-busy=true]) a[download]');
  const refusal = page.locator('.run [role=alert], main > [role=alert]');
  await verdict.or(refusal).first().waitFor();
  if ((await refusal.count()) > 0) assert.fail(await refusal.first().innerText());
}

/** Saves what the link of that name offers: { name, bytes }. */
export async function download(page, name) {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name }).click(),
  ]);
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it is now: the rule and the first element of each. */
export async function axeViolations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

/** At every width, in CSS pixels, and scheme, nothing sticks out of the page and axe finds nothing. */
export async function assertFits(page, ...looks) {
  for (const [width, colorScheme = 'light'] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(content <= width, `${content} px of content on ${width} px`);
    assert.deepEqual(await axeViolations(page), [], `${width} px, ${colorScheme}`);
  }
}
