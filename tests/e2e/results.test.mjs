/** What the page makes of a model, and makes again: runs, verdict, pins, batch, files to take away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  axeViolations,
  download,
  drop,
  isDone,
  useStage,
  quantize,
  SAMPLE,
  text,
} from './browser.mjs';

const stage = useStage();

/** Notes every stage that is current, in order, from now on; the function returned tells them. */
async function watchStages(page) {
  await page.evaluate(() => {
    const seen = (globalThis.seenStages = []);
    const look = () => {
      const stage = document.querySelector('.stages .current')?.getAttribute('data-stage');
      if (stage && seen.at(-1) !== stage) seen.push(stage);
    };
    new globalThis.MutationObserver(look).observe(document.querySelector('.stages'), {
      subtree: true,
      childList: true,
      attributes: true,
    });
  });
  return () => page.evaluate(() => globalThis.seenStages);
}

async function openSample(page) {
  await page.getByRole('button', { name: 'Use the sample' }).click();
  await isDone(page);
  // On a busy machine runs take so long that the page does not begin them by itself.
  await page.getByLabel('Requantize as I change things').check();
}

test('a changed recipe is done again by itself, without calibrating again', () =>
  stage.visit(async (page) => {
    await openSample(page);
    const stages = await watchStages(page);
    const old = await text(page, '.headline');
    assert.match(await text(page, '[data-stage=calibrate]'), /kept from before/);
    await page.getByText('All options').click();
    await page.getByLabel('Weight scales').selectOption('TENSORWISE');
    await page.locator('.verdict .tag').getByText('previous result').waitFor();
    assert.equal(await text(page, '.headline'), old);
    await page.locator('.verdict').getByText('per tensor').waitFor();
    await isDone(page);
    assert.deepEqual(await stages(), ['quantize', 'compare', 'evaluate', 'benchmark']);

    // Back where it was: another result, of what was calibrated at first.
    await page.getByLabel('Weight scales').selectOption('CHANNELWISE');
    await page.locator('.verdict').getByText('per channel').waitFor();
    await isDone(page);
    assert.ok(!(await stages()).includes('calibrate'));
  }));

test('other data is calibrated with; a switch stops runs that begin by themselves', () =>
  stage.visit(async (page) => {
    await openSample(page);
    await page.getByLabel('Requantize as I change things').uncheck();
    const stages = await watchStages(page);
    await page.getByLabel('Random').check();
    await page.locator('.verdict .tag').getByText('settings have changed since').waitFor();
    await page.waitForTimeout(800);
    assert.deepEqual(await stages(), []);
    await quantize(page);
    await page.getByText('Measured with random data').waitFor();
    await isDone(page);
    assert.deepEqual(await stages(), ['calibrate', 'quantize', 'compare', 'benchmark']);
  }));

test('a newer change takes the place of the run that is going on', () =>
  stage.visit(async (page) => {
    await openSample(page);
    for (const method of ['dynamic', 'weight_only', 'float16']) {
      await page.locator(`input[value=${method}]`).check();
      await page.locator('.stages .current').waitFor();
    }
    await page.locator('.verdict').getByText('Float16; measured').waitFor();
    await isDone(page);
    assert.equal(await page.getByText('settings have changed since').count(), 0);
    assert.equal(await page.getByText('Cancelled').count(), 0);
  }));

/** Makes the page believe that its tab is in the background, or in view again. */
const hide = (page, hidden) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new globalThis.Event('visibilitychange'));
  }, hidden);

/** Quantizes, and presses Cancel as soon as a stage has begun; how long it then took to stop. */
const cancelIn = (page, name) =>
  page.evaluate(
    (stage) =>
      new Promise((resolve) => {
        const [start, stop] = document.querySelectorAll('.run button');
        const panel = document.querySelector('.run');
        let pressed = 0;
        const observer = new globalThis.MutationObserver(() => {
          if (!pressed && panel.querySelector(`.current[data-stage=${stage}]`)) {
            pressed = performance.now();
            stop.click();
          } else if (pressed && panel.textContent.includes('Cancelled; nothing was changed.')) {
            observer.disconnect();
            resolve(performance.now() - pressed);
          }
        });
        observer.observe(panel, { subtree: true, childList: true, characterData: true });
        start.click();
      }),
    name,
  );

test('cancel stops every stage at once; a tab in the background is not timed', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.getByLabel('Random').check();
    await page.getByLabel('Samples').fill('64');
    const button = page.getByRole('button', { name: 'Quantize', exact: true });
    for (const name of ['calibrate', 'quantize', 'compare', 'benchmark']) {
      await button.click({ trial: true });
      const took = await cancelIn(page, name);
      assert.ok(took < 2000, `${name}: ${took} ms`);
      assert.equal(await page.locator('.stages .current').count(), 0);
      assert.equal(await page.locator('.verdict a[download]').count(), 0);
    }
    await hide(page, true);
    await quantize(page);
    await page.locator('.current').getByText('waits until this tab is in view').waitFor();
    await hide(page, false);
    await isDone(page);
  }));

test('the verdict: parts, compressed size, confusions, memory, coverage; each bar has its table', () =>
  stage.visit(async (page) => {
    await openSample(page);
    await page.getByText(/Compressed with gzip, .+: [\d.]+ KiB to [\d.]+ KiB\./).waitFor();
    for (const summary of await page.locator('.verdict summary').all()) await summary.click();
    const size = await page
      .locator('.tile')
      .filter({ hasText: 'gzip' })
      .locator('tbody')
      .innerText();
    const rows = Object.fromEntries(size.split('\n').map((line) => line.split('\t')));
    assert.ok('weights, float32' in rows && 'weights, int8' in rows && 'gzip' in rows, size);
    assert.match(await text(page, '.coverage'), /Integers inside, float32 at the edges/);
    assert.match(await text(page, '.tiles'), /Taken for/);
    const memory = page.locator('.tile').filter({ hasText: 'packed weights' });
    assert.equal(await memory.locator('tbody tr').count(), 3);
    await page.setViewportSize({ width: 320, height: 800 });
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(content <= 320, `${content} px of content`);
    assert.deepEqual(await axeViolations(page), []);
  }));

test('pins: side by side with the best marked, renamed, gone back to, taken away', () =>
  stage.visit(async (page) => {
    await openSample(page);
    const first = await text(page, '.headline');
    await page.getByRole('button', { name: 'Pin this result' }).click();
    await page.locator('input[value=float16]').check();
    await page.locator('.verdict').getByText('Float16; measured').waitFor();
    await isDone(page);
    await page.getByRole('button', { name: 'Pin this result' }).click();
    const name = page.getByLabel('Name of Float16');
    await name.fill('half');
    await name.press('Enter');
    await page.getByLabel('Name of half').waitFor();
    assert.match(await text(page, '[data-row=size]'), /best/);
    const best = page.locator('[data-row=size] td');
    assert.match(await best.nth(0).innerText(), /best/);
    assert.doesNotMatch(await best.nth(1).innerText(), /best/);
    assert.match(await page.locator('[data-row=sqnr] td').nth(1).innerText(), /best/);
    assert.deepEqual(await axeViolations(page), []);

    const stages = await watchStages(page);
    await page.getByRole('button', { name: 'Use this recipe: Static int8' }).click();
    await page.locator('.headline', { hasText: first.split(',')[1] }).waitFor();
    assert.equal(await text(page, '.headline'), first);
    await page.waitForTimeout(600);
    assert.deepEqual(await stages(), []);
    const saved = await download(page, 'Download: half');
    assert.equal(saved.name, 'shapes_float16.tflite');
    await page.getByRole('button', { name: 'Unpin: half' }).click();
    await page.getByRole('button', { name: 'Unpin: Static int8' }).click();
    assert.equal(await page.locator('.compare').count(), 0);
  }));

test('reports: JSON at once, HTML of all layers when asked for', () =>
  stage.visit(async (page) => {
    await openSample(page);
    await page.getByText(/Compressed with gzip, .+ to [\d.]+ KiB\./).waitFor();
    const report = JSON.parse((await download(page, /Download report \(JSON/)).bytes.toString());
    assert.ok(report.size.gzipBytesAfter < report.size.bytesAfter);
    assert.equal(report.coverage.fullyInteger, false);
    await page.getByRole('button', { name: 'Make report (HTML)' }).click();
    const html = await download(page, /Download report \(HTML/);
    assert.equal(html.name, 'shapes_int8_report.html');
    const content = html.bytes.toString();
    assert.match(content, /^<!doctype html>[^]*CONV_2D/i);
    assert.match(content, /Static int8, per channel/);
  }));

test('saving to a place of choice: whole, or nothing at all', () =>
  stage.visit(async (page) => {
    await page.evaluate(() => {
      globalThis.saved = [];
      globalThis.showSaveFilePicker = async ({ suggestedName }) => ({
        createWritable: async () => ({
          write: async ({ length }) => {
            if (globalThis.isFull) throw new Error('the disk is full');
            globalThis.saved.push(`${suggestedName} ${length}`);
          },
          close: async () => globalThis.saved.push('closed'),
          abort: async () => globalThis.saved.push('aborted'),
        }),
      });
    });
    await openSample(page);
    const { bytes } = await download(page, /Download model/);
    const button = page.getByRole('button', { name: 'Save model as…' });
    await button.click();
    await page.getByText('shapes_int8.tflite is saved').waitFor({ state: 'attached' });
    await page.evaluate(() => (globalThis.isFull = true));
    await button.click();
    await page.getByText('The disk is full.').waitFor();
    assert.deepEqual(await page.evaluate(() => globalThis.saved), [
      `shapes_int8.tflite ${bytes.length}`,
      'closed',
      'aborted',
    ]);
  }));

test('several models: a queue with its states, stopped and gone on with, opened and taken away', () =>
  stage.visit(async (page) => {
    const half = SAMPLE.subarray(0, SAMPLE.length / 2);
    await drop(page, [
      { name: 'broken.tflite', bytes: half },
      { name: 'one.tflite', bytes: SAMPLE },
      { name: 'two.tflite', bytes: SAMPLE },
    ]);
    await page.getByRole('heading', { level: 1 }).getByText('one.tflite').waitFor();
    const states = () =>
      page
        .locator('.batch-item')
        .evaluateAll((all) => all.map((item) => item.getAttribute('data-state')));
    assert.deepEqual(await states(), ['waiting', 'waiting', 'waiting']);
    // So many that the stage is there long enough to be seen.
    await page.getByLabel('Random').check();
    await page.getByLabel('Samples', { exact: true }).fill('1000');
    await page.getByRole('button', { name: 'Quantize all' }).click();
    await page.locator('[data-state=working]').getByText('Calibrate').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('[data-state=working]').waitFor({ state: 'detached' });
    await page.getByLabel('Samples', { exact: true }).fill('16');
    assert.deepEqual(await states(), ['refused', 'waiting', 'waiting']);
    assert.match(await text(page, '[data-state=refused]'), /broken\.tflite[^]*refused: /);
    assert.deepEqual(await axeViolations(page), []);
    await page.getByRole('button', { name: /Quantize all|Go on/ }).click();
    await page.locator('[data-state=done]').nth(1).waitFor();
    assert.match(await page.locator('[data-state=done]').first().innerText(), /× smaller.*random/s);

    await page.getByRole('button', { name: 'Download all (zip)' }).click();
    const zip = (await download(page, /Save zip/)).bytes;
    assert.equal(zip.readUInt16LE(zip.length - 22 + 10), 2, 'entries of the archive');
    assert.ok(zip.includes('one_int8.tflite') && zip.includes('two_int8.tflite'));

    await page.getByRole('button', { name: 'Open in the workbench: two.tflite' }).click();
    await page.getByRole('heading', { level: 1 }).getByText('two.tflite').waitFor();
    await page.locator('.verdict').getByText('Measured with random data').waitFor();
    assert.equal((await download(page, /^Download model/)).name, 'two_int8.tflite');
    await page.getByRole('button', { name: 'Clear the queue' }).click();
    assert.equal(await page.locator('.batch').count(), 0);
  }));
