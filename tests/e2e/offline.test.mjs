/** The page without a network: kept by its service worker, or loaded whole. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildServiceWorker } from '../../web/build.mjs';
import { isDone, useStage, quantize, text } from './browser.mjs';

const stage = useStage();

const kept = (page) => page.getByText('works without a network').waitFor();

async function usesTheSample(page) {
  await page.getByRole('button', { name: 'Use the sample' }).click();
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
      await page.waitForLoadState('networkidle');
      await server.close();
      await usesTheSample(page);
      await page.locator('input[value=float16]').check();
      await quantize(page);
      await isDone(page);
    },
    // Workers that are started later, for the graph's layout, find no script without a service worker.
    { serviceWorkers: 'block', ownServer: true, complains: /ERR_CONNECTION_REFUSED/ },
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
