/** What the page costs: bytes, requests, long tasks, shifts; and what it says of itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { axeViolations, engines, isDone, useStage, root, SAMPLE } from './browser.mjs';
import { longTasks } from './support/tasks.mjs';

const SCRIPT_BUDGET = 150_000;
const STYLE_BUDGET = 20_000;
const REQUEST_BUDGET = 40;
const LONG_TASK_MS = 50;
const SHIFT_BUDGET = 0.1;

const stage = useStage();

const kept = (page) => page.getByText('works without a network').waitFor();

/** Addresses that were asked for before the page was ready to work, by the page and its worker. */
async function firstLoad(page) {
  await page.waitForFunction(() => performance.getEntriesByName('ready').length > 0);
  const entries = await page.evaluate(() => {
    const [{ startTime: ready }] = performance.getEntriesByName('ready');
    const asked = performance.getEntriesByType('resource');
    return asked.filter(({ startTime }) => startTime < ready).map(({ name }) => name);
  });
  const [worker] = engines(page);
  const ofWorker = await worker.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  );
  return [...new Set([...entries, ...ofWorker])];
}

test('the first load is small', (t) =>
  stage.visit(
    async (page) => {
      const urls = await firstLoad(page);
      const gzipped = async (ending) => {
        const wanted = urls.filter((url) => url.endsWith(ending));
        assert.ok(wanted.length > 0, `nothing ends in ${ending}`);
        const sizes = wanted.map(async (url) => {
          const response = await page.request.get(url);
          return gzipSync(await response.body()).length;
        });
        return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      };
      const [script, style, binary] = [
        await gzipped('.js'),
        await gzipped('.css'),
        await gzipped('.wasm'),
      ];
      t.diagnostic(
        `gzip: ${script} script, ${style} style, ${binary} wasm; ${urls.length} requests`,
      );
      const [paint] = await page.evaluate(() =>
        performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime),
      );
      const ready = await page.evaluate(() => performance.getEntriesByName('ready')[0].startTime);
      t.diagnostic(`first paint ${Math.round(paint)} ms, ready ${Math.round(ready)} ms`);
      assert.ok(paint > 0, 'something was painted');
      assert.ok(script < SCRIPT_BUDGET, `${script} bytes of script`);
      assert.ok(style < STYLE_BUDGET, `${style} bytes of style`);
      assert.ok(urls.length < REQUEST_BUDGET, `${urls.length} requests: ${urls.join(' ')}`);
    },
    { serviceWorkers: 'block' },
  ));

test('the document says what it is', () =>
  stage.visit(async (page) => {
    await kept(page);
    const head = await page.evaluate(() => ({
      title: document.title,
      lang: document.documentElement.lang,
      description: document.querySelector('meta[name=description]').content,
      viewport: document.querySelector('meta[name=viewport]').content,
      manifest: document.querySelector('link[rel=manifest]').href,
    }));
    assert.match(head.title, /Octolite/);
    assert.equal(head.lang, 'en');
    assert.ok(head.description.length > 50 && head.description.length < 160);
    assert.doesNotMatch(head.viewport, /maximum-scale|user-scalable/);
    const manifest = await (await page.request.get(head.manifest)).json();
    for (const { src } of manifest.icons) {
      const icon = await page.request.get(new URL(src, head.manifest).href);
      assert.equal(icon.status(), 200, src);
    }
    for (const address of [manifest.start_url, manifest.scope]) {
      assert.equal(new URL(address, head.manifest).href, page.url());
    }
  }));

test('from click to verdict: no long task, and nothing that jumps', () =>
  stage.visit(async (page) => {
    await page.evaluate(() => {
      globalThis.shift = 0;
      new globalThis.PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!entry.hadRecentInput) globalThis.shift += entry.value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await kept(page);
    const tasks = await longTasks(page, LONG_TASK_MS, async () => {
      await page.getByRole('button', { name: 'Use the sample' }).click();
      await isDone(page);
      await page.waitForTimeout(3000);
    });
    assert.deepEqual(tasks, []);
    const shift = await page.evaluate(() => globalThis.shift);
    assert.ok(shift < SHIFT_BUDGET, `things moved by ${shift}`);
  }));

test('once it is kept, nothing is asked of the server', () =>
  stage.visit(async (page) => {
    await kept(page);
    const asked = [];
    page.context().on('request', (request) => {
      if (/^http/.test(request.url()) && request.serviceWorker()) asked.push(request.url());
    });
    page.on('response', (response) => {
      if (/^http/.test(response.url()) && !response.fromServiceWorker()) asked.push(response.url());
    });
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    for (const summary of await page.locator('summary').all()) {
      if (await summary.isVisible()) await summary.click();
    }
    assert.deepEqual(asked, []);
  }));

/** Visible words without a Chinese character: what elements say by themselves, not their children. */
function englishWords() {
  const own = (element) =>
    [...element.childNodes]
      .filter((node) => node.nodeType === 3)
      .map((node) => node.data)
      .join(' ')
      .trim();
  // Names out of models, code, and what the library itself says.
  const foreign =
    'code, pre, kbd, .name, .brand, [lang=en], option, footer, script, style, noscript';
  return [...document.body.querySelectorAll('*')]
    .filter((element) => !element.closest(foreign) && element.checkVisibility())
    .flatMap((element) => [own(element), element.getAttribute('aria-label') ?? ''])
    .filter((text) => /[a-z]{4,}/.test(text) && !/[\u4e00-\u9fff]/.test(text));
}

/** Words that Chinese writing leaves as they are. */
const TECHNICAL =
  /\b(float(16|32)|u?int(4|8|16|32)|min_max|moving_average|npy|npz|csv|wav|gzip|tflite|JavaScript|npm|Python|LiteRT Quantizer|Octolite)\b/gi;

const CLASS_NAMES = readFileSync(join(root, 'examples/sample-model/labels.txt'), 'utf8').split(
  '\n',
);

/** Names that come out of the model, and of its classes. */
const isOfSample = (text) => SAMPLE.includes(text) || CLASS_NAMES.includes(text);

test('in Chinese, all that is written is Chinese, and axe finds nothing', () =>
  stage.visit(
    async (page) => {
      await page.getByRole('heading', { level: 1 }).getByText('更小').waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
      const said = async () =>
        (await page.evaluate(englishWords)).filter(
          (text) => /[a-z]{4,}/.test(text.replace(TECHNICAL, '')) && !isOfSample(text),
        );
      assert.deepEqual(await said(), []);
      await page.getByRole('button', { name: '使用示例' }).click();
      await page.locator('.verdict:not([aria-busy=true]) a[download]').first().waitFor();
      await page.waitForTimeout(3000);
      for (const summary of await page.locator('summary').all()) {
        if (await summary.isVisible()) await summary.click();
      }
      assert.deepEqual(await said(), []);
      assert.deepEqual(await axeViolations(page), []);
    },
    { locale: 'zh-CN' },
  ));
