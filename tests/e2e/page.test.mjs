/** Drives the page in Chromium, from drop to download. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertFits,
  download,
  drop,
  engines,
  FACTS,
  isDone,
  useStage,
  quantize,
  SAMPLE,
  text,
} from './browser.mjs';

const stage = useStage();

async function downloadBoth(page) {
  const made = await download(page, /Download model/);
  const report = JSON.parse((await download(page, /Download report/)).bytes.toString());
  assert.equal(made.bytes.toString('latin1', 4, 8), 'TFL3');
  assert.equal(report.size.bytesAfter, made.bytes.length);
  return { made, report };
}

test('the sample: one click to a verdict, files to take away, and back in again', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    assert.match(await text(page, '.headline'), /^[\d.]+× smaller, .+ here, agrees on \d+ of 480$/);
    const { made, report } = await downloadBoth(page);
    assert.equal(made.name, 'shapes_int8.tflite');
    assert.ok(made.bytes.length < SAMPLE.length / 2, `${made.bytes.length} of ${SAMPLE.length}`);
    assert.equal(report.size.bytesBefore, SAMPLE.length);
    assert.equal(report.data.isRandom, false);
    assert.ok(report.fidelity.outputs[0].top1Agreement > 0.95);
    assert.ok(report.accuracy.before.top1 > 0.8, `${report.accuracy.before.top1}`);
    assert.ok(report.accuracy.after.top1 > report.accuracy.before.top1 - 0.02);
    assert.ok(report.latency.before.medianMs > 0 && report.latency.after.medianMs > 0);

    await drop(page, [made]);
    await page.getByRole('heading', { level: 1 }).getByText(made.name).waitFor();
    assert.match(await text(page, FACTS), /int8/);
    assert.ok(await page.getByRole('button', { name: 'Quantize', exact: true }).isDisabled());
    assert.match(await text(page, '#run-reason'), /float model/);
  }));

test('every recipe makes a smaller file, and the old result stays while it works', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    await page.getByLabel('Requantize as I change things').uncheck();
    for (const [recipe, label] of [
      ['dynamic', 'Dynamic int8'],
      ['weight_only', 'Weight-only int8'],
      ['float16', 'Float16'],
    ]) {
      const old = await text(page, '.headline');
      await page.locator(`input[value=${recipe}]`).check();
      await page.getByText('settings have changed since').waitFor();
      await quantize(page);
      assert.equal(await text(page, '.headline'), old);
      await page.locator('.verdict > .help').filter({ hasText: label }).waitFor();
      await isDone(page);
      const { made, report } = await downloadBoth(page);
      const sizes = `${recipe}: ${made.bytes.length} of ${SAMPLE.length}`;
      assert.equal(report.recipe.method, recipe);
      assert.ok(made.bytes.length < SAMPLE.length * 0.75, sizes);
      const { sqnrDb } = report.fidelity.outputs[0];
      assert.ok(sqnrDb > 20, `${recipe}: ${sqnrDb} dB`);
      assert.equal(report.data.calibrated, 0);
    }
  }));

test('options: per tensor, percentile and uint8 at the edges reach the file', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    await page.getByLabel('Requantize as I change things').uncheck();
    await page.getByText('All options').click();
    await page.getByLabel('Weight scales').selectOption('TENSORWISE');
    await page.getByLabel('Observer').selectOption('percentile');
    await page.getByLabel('Percentile kept').press('Home');
    for (let i = 0; i < 6; ++i) await page.keyboard.press('ArrowRight');
    await page.getByLabel('Input type').selectOption('uint8');
    await page.getByLabel('Output type').selectOption('int8');
    await quantize(page);
    await page.locator('.verdict').getByText('Static int8, per tensor').waitFor();
    const { made, report } = await downloadBoth(page);
    assert.equal(report.recipe.percentile, 99.9);
    await drop(page, [made]);
    await page.getByRole('heading', { level: 1 }).getByText(made.name).waitFor();
    const tensors = await page.locator('.tensors').allInnerTexts();
    assert.match(tensors[0], /uint8/);
    assert.match(tensors[1], /int8/);
    assert.doesNotMatch(await text(page, FACTS), /per channel/);
  }));

test('random data: quantizes, with a warning that stays with the result', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.locator('.workbench').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Quantize', exact: true }).isDisabled());
    await page.getByLabel('Random').check();
    await page.getByText('Random data is not your data').waitFor();
    await quantize(page);
    await isDone(page);
    await page.getByText('Measured with random data').waitFor();
    const { report } = await downloadBoth(page);
    assert.equal(report.data.isRandom, true);
  }));

test('cancel stops the work, keeps the page, and the next run works', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.getByLabel('Random').check();
    await page.getByLabel('Samples').fill('1000');
    await quantize(page);
    const count = page.locator('.stages .current .stage-count');
    await page.waitForFunction(
      (element) => Number.parseInt(element.textContent ?? '', 10) > 0,
      await count.elementHandle(),
    );
    const started = performance.now();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled; nothing was changed.').waitFor();
    assert.ok(performance.now() - started < 2000);
    assert.equal(await page.locator('.stages .current').count(), 0);
    assert.equal(await page.locator('a[download]').count(), 0);
    await page.getByLabel('Samples').fill('4');
    await quantize(page);
    await isDone(page);
  }));

test('wrong files are refused in words, and the page goes on', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'notes.txt', bytes: Buffer.from('This is no model at all.') }]);
    const alert = page.getByRole('alert');
    assert.match(await alert.innerText(), /not a TensorFlow Lite model[^]*notes\.txt[^]*\.tflite/);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await alert.count(), 0);

    await drop(page, [{ name: 'half.tflite', bytes: SAMPLE.subarray(0, SAMPLE.length / 2) }]);
    assert.match(await alert.innerText(), /half\.tflite/);

    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.locator('.workbench').waitFor();
    assert.equal(await alert.count(), 0);
    const npy = { name: 'wrong.npy', bytes: Buffer.from('This is no array.') };
    await drop(page, [npy]);
    assert.match(await alert.innerText(), /wrong\.npy/);
    await page.getByRole('button', { name: 'Remove all' }).click();

    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
  }));

test('keyboard alone: from the first Tab to the download', () =>
  stage.visit(async (page) => {
    const press = async (key, times = 1) => {
      for (let i = 0; i < times; ++i) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    const tabTo = async (name) => {
      for (let i = 0; i < 60; ++i) {
        await press('Tab');
        if ((await focused()) === name) {
          const outline = await page.evaluate(
            () => getComputedStyle(document.activeElement).outlineStyle,
          );
          assert.notEqual(outline, 'none', `no visible focus on ${name}`);
          return;
        }
      }
      assert.fail(`Tab does not reach ${name}`);
    };
    await tabTo('Use the sample');
    await press('Enter');
    await isDone(page);
    await page.getByLabel('Requantize as I change things').uncheck();
    await page.locator('.brand').focus();
    const name = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
    for (let i = 0; i < 25 && (await name()) !== 'recipe'; ++i) await press('Tab');
    assert.equal(await name(), 'recipe');
    await press('ArrowDown', 7);
    assert.ok(await page.locator('input[value=float16]').isChecked());
    await tabTo('Quantize');
    await press('Enter');
    await page.getByText('Float16; measured').waitFor();
    await isDone(page);
    const link = await text(page, 'a[download] >> nth=0');
    const saved = page.waitForEvent('download');
    await tabTo(link);
    await press('Enter');
    assert.equal((await saved).suggestedFilename(), 'shapes_float16.tflite');
  }));

test('layout: nothing sticks out and axe finds nothing, narrow and wide, light and dark', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await assertFits(page, [320], [320, 'dark'], [1920], [1920, 'dark']);
  }));

test('nothing leaves: the page and its worker cannot reach another origin', () =>
  stage.visit(
    async (page, stranger) => {
      await page.getByText('128-bit SIMD').or(page.getByText('relaxed SIMD,')).waitFor();
      const attempt = (url) =>
        fetch(url).then(
          () => 'it went out',
          (error) => error.name,
        );
      assert.equal(await page.evaluate(attempt, stranger.url), 'TypeError');
      const [worker] = engines(page);
      assert.equal(await worker.evaluate(attempt, stranger.url), 'TypeError');
      assert.deepEqual(stranger.visits, []);
    },
    { triesToLeave: true },
  ));

const threads = (page) =>
  page.evaluate(() =>
    globalThis.navigator.hardwareConcurrency === 1
      ? 'one thread'
      : `${Math.min(globalThis.navigator.hardwareConcurrency, 4)} threads`,
  );

test('threads where the server isolates the page', () =>
  stage.visit(async (page) => {
    await page.getByText(`relaxed SIMD, ${await threads(page)}: this engine has`).waitFor();
  }));

test('elsewhere the page isolates itself', () =>
  stage.visit(
    async (page) => {
      await page.waitForFunction(() => globalThis.crossOriginIsolated);
      await page.getByText(`relaxed SIMD, ${await threads(page)}: this engine has`).waitFor();
      await page.getByRole('button', { name: 'Use the sample' }).click();
      await isDone(page);
    },
    { isolated: false },
  ));

test('one thread and the reason where it cannot', () =>
  stage.visit(
    async (page) => {
      await page.getByText('relaxed SIMD, one thread: this engine has').waitFor();
      if ((await threads(page)) !== 'one thread') {
        await page.getByText('no threads: the page is not cross-origin isolated').waitFor();
      }
    },
    { isolated: false, serviceWorkers: 'block' },
  ));
