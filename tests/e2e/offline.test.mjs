/** The page without a network: kept by its service worker, or loaded whole. */
import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildServiceWorker } from '../../web/build.mjs';
import { download, isDone, useStage, quantize, text } from './browser.mjs';

const stage = useStage();

const kept = (page) => page.getByText('works without a network').waitFor();

/** Opens the panel, or has it do the next result, and looks into a layer. */
async function triesIt(page) {
  const panel = page.locator('.tryit');
  if ((await panel.locator('.tryit-body').count()) === 0) {
    await panel.locator('summary').first().click();
  }
  await panel.locator('.tryit-body[aria-busy=false] .tryit-words').waitFor();
  await page.locator('.graph-node').first().click();
  await page.locator('.detail svg').first().waitFor();
}

async function usesTheSample(page) {
  await page.getByRole('button', { name: /pump/ }).click();
  await isDone(page);
  assert.match(await text(page, '.headline'), /smaller/);
}

for (const isolated of [true, false]) {
  const where = isolated ? 'a server that isolates it' : 'any server';
  test(`from ${where}: once visited, it opens and works with the network cut`, () =>
    stage.visit(
      async (page, _, server) => {
        await kept(page);
        await server.close();
        await page.reload();
        await page.getByText('relaxed SIMD').waitFor();
        assert.ok(await page.evaluate(() => globalThis.crossOriginIsolated));
        await usesTheSample(page);
      },
      { isolated, ownServer: true },
    ));
}

test('without a service worker: once loaded, it works with the network cut', () =>
  stage.visit(
    async (page, _, server) => {
      await page.getByText('until it is closed, it needs no network').waitFor();
      await server.close();
      await usesTheSample(page);
      await page.getByText(/Compressed with gzip, .+: [\d.]+ KiB to [\d.]+ KiB\./).waitFor();
      await page.locator('.graph-node').first().waitFor();
      await page.getByRole('button', { name: 'Make report (HTML)' }).click();
      const { bytes } = await download(page, /Download report \(HTML/);
      assert.match(bytes.toString(), /FULLY_CONNECTED/);

      // Twice, as each result is tried, and looked into, with the workers of the one before.
      await triesIt(page);
      await page.locator('input[value=float16]').check();
      await quantize(page);
      await page.locator('.verdict').getByText('Float16; measured').waitFor();
      await isDone(page);
      await triesIt(page);
    },
    // Each worker that is taken is to be replaced, which fails.
    { serviceWorkers: 'block', ownServer: true, complains: /ERR_CONNECTION_REFUSED/ },
  ));

test('what does not start for lack of its script says so, and is tried again', () =>
  stage.visit(
    async (page, _, server) => {
      const scripts = ['data_worker.js', 'helper_worker.js'].map((name) =>
        join(server.folder, name),
      );
      const [reader, helper] = scripts;
      const restore = (script) => rename(`${script}.gone`, script);
      for (const script of scripts) await rename(script, `${script}.gone`);
      await page.reload();
      await page.getByRole('button', { name: /pump/ }).click();
      await page.locator('.run').getByRole('alert').getByText('could not be loaded').waitFor();
      await restore(reader);
      await quantize(page);
      await page.locator('.verdict:not([aria-busy=true]) a[download]').first().waitFor();
      const size = page.locator('.tile').filter({ hasText: 'gzip' });
      await size.getByText('could not be found out').waitFor();
      const graph = page.locator('.layers-graph');
      await graph.getByRole('alert').getByText('its script could not be loaded').waitFor();
      await page.getByRole('button', { name: 'Make report (HTML)' }).click();
      await page.getByText('The report could not be made').waitFor();
      assert.equal(await page.getByText('it needs no network').count(), 0);
      await restore(helper);
      await size.getByRole('button', { name: 'Try again' }).click();
      await size.getByText(/[\d.]+ KiB to [\d.]+ KiB\./).waitFor();
      await graph.getByRole('button', { name: 'Try again' }).click();
      await graph.locator('.graph-node').first().waitFor();
    },
    { serviceWorkers: 'block', ownServer: true, complains: /404/ },
  ));

test('a newer version waits until it is let in', () =>
  stage.visit(
    async (page, _, server) => {
      await kept(page);
      const index = join(server.folder, 'index.html');
      const html = await readFile(index, 'utf8');
      await writeFile(index, html.replace('<div id="app">', '<div id="app" class="newer">'));
      await buildServiceWorker(server.folder);
      await page.evaluate(async () => {
        const registration = await globalThis.navigator.serviceWorker.ready;
        await registration.update();
      });
      await page.getByText('A newer version of this page is ready').waitFor();
      assert.equal(await page.locator('.newer').count(), 0);
      await page.getByRole('button', { name: 'Reload' }).click();
      await page.locator('.newer').waitFor();
      assert.equal((await page.evaluate(() => globalThis.caches.keys())).length, 1);
    },
    { ownServer: true },
  ));
