/** Measures in headless Chromium: one browser, and for each job a page of its own. */
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../../../chromium.mjs';
import { startServer } from './server.mjs';

/** Resolves to what was measured; a page that dies is an error. */
async function runInPage(browser, server, path, what, job) {
  const page = await browser.newPage();
  try {
    await page.goto(`${server.url}/bench/hosts/page.html`);
    const crash = new Promise((_, reject) => {
      page.once('crash', () => reject(new Error('the page crashed')));
    });
    const work = page.evaluate(
      async (request) => {
        const { run } = await import('/bench/hosts/page.mjs');
        return run(...request);
      },
      [server.offer(path), what, job],
    );
    return await Promise.race([work, crash]);
  } finally {
    await page.close();
  }
}

/** A place to measure in, with the functions of measure.mjs, but for the path of a model. */
export async function openChromium(builds) {
  const server = await startServer(builds);
  const browser = await chromium.launch(CHROMIUM);
  return {
    name: `Chromium ${browser.version()}`,
    measureStart: (path, job) => runInPage(browser, server, path, 'start', job),
    measureRounds: (path, job) => runInPage(browser, server, path, 'rounds', job),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
