/** What the page makes of a model, and makes again: runs, verdict, pins, batch, files to take away. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  assertFits,
  axeViolations,
  download,
  drop,
  isDone,
  useStage,
  quantize,
  root,
  text,
} from './browser.mjs';

const stage = useStage();

/** A small model whose samples are rows with a label: done in no time, in all stages. */
const table = (name) => readFileSync(join(root, 'examples/sample-table', name));
const PUMP = table('pump.tflite');
const lines = (name) => table(name).toString().trim().split('\n');
const LABELS = lines('evaluation-labels.csv');
const READINGS = {
  name: 'readings.csv',
  bytes: Buffer.from(
    lines('evaluation.csv')
      .map((row, index) => `${row},${LABELS[index]}`)
      .join('\n'),
  ),
};

/**
 * Notes every stage that is current, in order, from now on; the function returned tells them, and
 * forgets them where it shall begin anew.
 */
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
  return ({ anew = false } = {}) =>
    page.evaluate(
      (forget) => (forget ? globalThis.seenStages.splice(0) : globalThis.seenStages),
      anew,
    );
}

async function openSample(page, name = 'Use the sample') {
  await page.getByRole('button', { name }).click();
  await isDone(page);
  // On a busy machine runs take so long that the page does not begin them by itself.
  await page.getByLabel('Requantize as I change things').check();
}

test('runs that follow the settings', (t) =>
  stage.visit(async (page) => {
    await openSample(page);
    const stages = await watchStages(page);

    await t.test(
      'a changed recipe is done again by itself, without calibrating again',
      async () => {
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
      },
    );

    await t.test('a newer change takes the place of the run that is going on', async () => {
      for (const method of ['dynamic', 'weight_only', 'float16']) {
        await page.locator(`input[value=${method}]`).check();
        await page.locator('.stages .current').waitFor();
      }
      await page.locator('.verdict').getByText('Float16; measured').waitFor();
      await isDone(page);
      assert.equal(await page.getByText('settings have changed since').count(), 0);
      assert.equal(await page.getByText('Cancelled').count(), 0);
    });

    await t.test(
      'a switch stops runs that begin by themselves; other data is measured with',
      async () => {
        await page.getByLabel('Requantize as I change things').uncheck();
        await stages({ anew: true });
        await page.getByLabel('Random').check();
        await page.locator('.verdict .tag').getByText('settings have changed since').waitFor();
        await page.waitForTimeout(800);
        assert.deepEqual(await stages(), []);
        await page.locator('input[value=balanced]').check();
        await quantize(page);
        await page.getByText('Measured with random data').waitFor();
        await isDone(page);
        assert.deepEqual(await stages(), ['calibrate', 'quantize', 'compare', 'benchmark']);
      },
    );
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
    await drop(page, [{ name: 'mine.tflite', bytes: PUMP }, READINGS]);
    await page.getByText('labelled others to measure').waitFor();
    const button = page.getByRole('button', { name: 'Quantize', exact: true });
    const cancelsIn = async (name) => {
      await button.click({ trial: true });
      const took = await cancelIn(page, name);
      assert.ok(took < 2000, `${name}: ${took} ms`);
      assert.equal(await page.locator('.stages .current').count(), 0);
      assert.equal(await page.locator('.verdict a[download]').count(), 0);
    };
    for (const name of ['calibrate', 'quantize', 'compare', 'evaluate', 'benchmark']) {
      await cancelsIn(name);
    }
    await page.getByText('All options').click();
    await page.locator('#recover-rounding').check();
    await cancelsIn('recover');
    await page.locator('#recover-rounding').uncheck();
    await hide(page, true);
    await quantize(page);
    await page.locator('.current').getByText('waits until this tab is in view').waitFor();
    await hide(page, false);
    await isDone(page);
  }));

test('a result, and what can be had of it', (t) =>
  stage.visit(async (page) => {
    await openSample(page);

    await t.test('reports: JSON at once, HTML of all layers when asked for', async () => {
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
    });

    await t.test('saving to a place of choice: whole, or nothing at all', async () => {
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
      // The layers are measured by now, so that nothing else is announced.
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
    });

    await t.test(
      'the verdict: parts, compressed size, confusions, memory, coverage; each bar has its table',
      async () => {
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
        await assertFits(page, [320]);
      },
    );
  }));

test('pins: side by side with the best marked, renamed, gone back to, taken away', () =>
  stage.visit(async (page) => {
    await openSample(page, /pump/);
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
    assert.equal(saved.name, 'pump_float16.tflite');
    await page.getByRole('button', { name: 'Unpin: half' }).click();
    await page.getByRole('button', { name: 'Unpin: Static int8' }).click();
    assert.equal(await page.locator('.compare').count(), 0);
  }));

/** Presses a button of the queue, and Pause as soon as a stage is there. */
const pauseIn = (page, start, name) =>
  page.evaluate(
    ([label, stage]) =>
      new Promise((resolve) => {
        const queue = document.querySelector('.batch');
        const button = (wanted) =>
          [...queue.querySelectorAll('button')].find(({ textContent }) => textContent === wanted);
        let isPressed = false;
        const observer = new globalThis.MutationObserver(() => {
          const working = queue.querySelector('[data-state=working]');
          if (!isPressed && working?.textContent.includes(stage)) {
            isPressed = true;
            button('Pause').click();
          } else if (isPressed && !working) {
            observer.disconnect();
            resolve();
          }
        });
        observer.observe(queue, { subtree: true, childList: true, characterData: true });
        button(label).click();
      }),
    [start, name],
  );

/** Has the page ask for folders; `folders.saved` notes what is done to the files there. */
const fakeFolder = (page) =>
  page.evaluate(() => {
    globalThis.folders = { saved: [] };
    const { saved } = globalThis.folders;
    globalThis.showDirectoryPicker = async () => {
      if (globalThis.folders.isDismissed) throw new globalThis.DOMException('no', 'AbortError');
      return {
        getFileHandle: async (name) => ({
          createWritable: async () => ({
            write: async ({ length }) => {
              if (globalThis.folders.isFull) throw new Error('the disk is full');
              saved.push(`${name} ${length}`);
            },
            close: async () => saved.push('closed'),
            abort: async () => saved.push('aborted'),
          }),
        }),
      };
    };
  });

test('several models: a queue with its states, stopped and gone on with, saved, opened', (t) =>
  stage.visit(async (page) => {
    const half = PUMP.subarray(0, PUMP.length / 2);
    await drop(page, [
      { name: 'broken.tflite', bytes: half },
      { name: 'one.tflite', bytes: PUMP },
      { name: 'two.tflite', bytes: PUMP },
      READINGS,
    ]);
    await page.getByRole('heading', { level: 1 }).getByText('one.tflite').waitFor();
    await page.getByText('labelled others to measure').waitFor();
    const states = () =>
      page
        .locator('.batch-item')
        .evaluateAll((all) => all.map((item) => item.getAttribute('data-state')));
    assert.deepEqual(await states(), ['waiting', 'waiting', 'waiting']);

    await t.test('paused in any stage, the model that was worked on waits again', async () => {
      for (const name of ['Calibrate', 'Score']) {
        await pauseIn(page, 'Quantize all', name);
        assert.deepEqual(await states(), ['refused', 'waiting', 'waiting'], name);
      }
      await page.getByText('All options').click();
      await page.locator('#recover-rounding').check();
      await pauseIn(page, 'Quantize all', 'Recover');
      assert.deepEqual(await states(), ['refused', 'waiting', 'waiting'], 'Recover');
      await page.locator('#recover-rounding').uncheck();
      assert.match(await text(page, '[data-state=refused]'), /broken\.tflite[^]*refused: /);
      assert.deepEqual(await axeViolations(page), []);
    });

    await page.getByRole('button', { name: 'Quantize all' }).click();
    await page.locator('[data-state=done]').nth(1).waitFor();
    assert.match(await page.locator('[data-state=done]').first().innerText(), /× smaller/);

    await t.test(
      'all of them as an archive, or in a folder: each whole, or not at all',
      async () => {
        await page.getByRole('button', { name: 'Download all (zip)' }).click();
        const zip = (await download(page, /Save zip/)).bytes;
        assert.equal(zip.readUInt16LE(zip.length - 22 + 10), 2, 'entries of the archive');
        assert.ok(zip.includes('one_int8.tflite') && zip.includes('two_int8.tflite'));

        await fakeFolder(page);
        const button = page.getByRole('button', { name: 'Save all to a folder…' });
        const becomes = async (part) => {
          await page.evaluate((wanted) => Object.assign(globalThis.folders, wanted), part);
          await button.click();
        };
        await becomes({});
        await page.getByText('2 files saved').waitFor({ state: 'attached' });
        await becomes({ isDismissed: true });
        await becomes({ isDismissed: false, isFull: true });
        await page.locator('.batch').getByText('The disk is full.').waitFor();
        const { bytes } = await download(page, /^Download \(.+: one\.tflite/);
        assert.deepEqual(await page.evaluate(() => globalThis.folders.saved), [
          `one_int8.tflite ${bytes.length}`,
          'closed',
          `two_int8.tflite ${bytes.length}`,
          'closed',
          'aborted',
        ]);
      },
    );

    await t.test('one that is opened is there at once, as it was made', async () => {
      await page.getByRole('button', { name: 'Open in the workbench: two.tflite' }).click();
      await page.getByRole('heading', { level: 1 }).getByText('two.tflite').waitFor();
      await page.locator('.verdict').getByText('readings.csv').waitFor();
      const stages = await watchStages(page);
      assert.equal((await download(page, /^Download model/)).name, 'two_int8.tflite');
      await page.getByText('First values').waitFor();
      await page.waitForTimeout(600);
      assert.deepEqual(await stages(), []);
      assert.equal(await page.getByText('settings have changed since').count(), 0);
    });

    await page.getByRole('button', { name: 'Clear the queue' }).click();
    assert.equal(await page.locator('.batch').count(), 0);
  }));
