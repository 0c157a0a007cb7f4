/** One layer of the result: its range is moved, its weights and errors are seen. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { load } from '../../dist/index.js';
import {
  assertFits,
  download,
  drop,
  fileAt,
  isDone,
  useStage,
  quantize,
  shared,
  text,
} from './browser.mjs';

const stage = useStage();

const LOOKED = '#detail-scatter ~ figure [role=img]';

/** Chooses a layer by its output, and waits until both models have been looked into. */
async function look(page, output) {
  const layers = page.getByLabel('Layer', { exact: true });
  const [value] = await layers
    .locator('option')
    .filter({ hasText: new RegExp(` ${output}$`) })
    .evaluateAll((options) => options.map((option) => option.value));
  await layers.selectOption(value);
  await page.locator('.detail > .name').getByText(output, { exact: true }).waitFor();
  await page.locator(LOOKED).waitFor();
}

/** What the table of costs says: by row, of the file and of what is set. */
async function costs(page) {
  const rows = await page
    .locator('.detail-costs tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  return Object.fromEntries(rows.map(([name, file, tried]) => [name, { file, tried }]));
}

const number = (words) => Number.parseFloat(words.replace('−', '-'));

/** Drags the thumb of a slider by a share of the whole width, as a hand does. */
async function drag(page, slider, by) {
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await slider.boundingBox();
  const thumb = await slider.evaluate((input) => {
    const { fontSize } = getComputedStyle(document.documentElement);
    const rems = getComputedStyle(input).getPropertyValue('--thumb');
    return Number.parseFloat(rems) * Number.parseFloat(fontSize);
  });
  const share = Number(await slider.inputValue()) / Number(await slider.getAttribute('max'));
  const from = x + thumb / 2 + share * (width - thumb);
  const to = from + by * (width - thumb);
  await page.mouse.move(from, y + height * 0.75);
  await page.mouse.down();
  await page.mouse.move(to, y + height * 0.75, { steps: 8 });
  await page.mouse.up();
}

/** Scale and zero point of the output of an operator, as the file has them. */
async function quantizationIn(bytes, output) {
  const octolite = await load();
  const model = octolite.loadModel(new Uint8Array(bytes));
  const interpreter = octolite.createInterpreter(model);
  const { operators } = octolite.inspect(model).subgraphs[0];
  const tensor = operators.find((operator) => operator.output === output).outputs[0];
  const { quantization } = interpreter.getTensorDetails(tensor);
  interpreter.dispose();
  model.dispose();
  return quantization;
}

test('the sample: a range is moved by mouse and by keyboard, applied, and taken back', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    await look(page, 'block4/conv');
    const first = await costs(page);
    assert.deepEqual(first.Scale.file, first.Scale.tried);
    const apply = page.getByRole('button', { name: 'Apply and run' });
    assert.ok(await apply.isDisabled());

    const high = page.getByRole('slider', { name: 'Highest value' });
    await drag(page, high, -0.3);
    const dragged = await costs(page);
    assert.ok(number(dragged.Scale.tried) < 0.8 * number(first.Scale.file), dragged.Scale.tried);
    assert.ok(number(dragged.Clipped.tried) > 0);
    assert.equal(dragged.Scale.file, first.Scale.file);

    await high.focus();
    const at = Number(await high.inputValue());
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'PageUp']) {
      await page.keyboard.press(key);
    }
    assert.ok(Number(await high.inputValue()) > at + 10);
    const spoken = number(await high.getAttribute('aria-valuetext'));
    const set = await costs(page);
    assert.ok(number(set.Scale.tried) > number(dragged.Scale.tried));

    // The range always holds 0.
    const low = page.getByRole('slider', { name: 'Lowest value' });
    await low.focus();
    await page.keyboard.press('End');
    assert.match(await low.getAttribute('aria-valuetext'), /^0, Expected SQNR [\d.]+ dB$/);

    await apply.click();
    await page.getByRole('button', { name: 'Back to calibration' }).waitFor();
    await isDone(page);
    await page.locator('.detail-costs').getByText(set.Scale.tried).first().waitFor();
    const applied = await costs(page);
    assert.equal(applied.Scale.file, set.Scale.tried);
    const { bytes } = await download(page, /Download model/);
    const { scale, zeroPoint } = await quantizationIn(bytes, 'block4/conv');
    assert.equal(zeroPoint, -128);
    assert.ok(Math.abs(scale * 255 - spoken) < 0.001 * spoken, `${scale * 255}, ${spoken}`);

    await page.getByRole('button', { name: 'Back to calibration' }).click();
    await page.locator('.detail-costs').getByText(first.Scale.file).first().waitFor();
    await isDone(page);
    assert.deepEqual(await costs(page), first);

    await page.getByRole('button', { name: 'best expected SQNR' }).click();
    const best = await costs(page);
    assert.ok(number(best['Expected SQNR'].tried) >= number(first['Expected SQNR'].file));
  }));

test('the sample: weights, samples and errors; tables beside the charts; axe finds nothing', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    await look(page, 'block1/depthwise');
    const weights = page.locator('#detail-weights ~ figure');
    assert.match(
      await weights.locator('figcaption').innerText(),
      /^16 channels\. The widest is \d+/,
    );
    await weights.locator('summary').click();
    await weights.locator('tbody tr').first().waitFor();
    assert.equal(await weights.locator('tbody tr').count(), 16);

    const scatter = page.locator('#detail-scatter ~ figure');
    const said = () => scatter.locator('figcaption').innerText();
    const ofFirst = await said();
    assert.match(ofFirst, /^SQNR [\d.]+ dB, cosine 0\.99\d+, largest error/);
    await page.getByRole('button', { name: 'Next sample' }).click();
    await page.waitForFunction(
      ([element, old]) => element.textContent !== old,
      [await scatter.locator('figcaption').elementHandle(), ofFirst],
    );
    await page.getByRole('spinbutton', { name: /^Sample / }).fill('1');
    await scatter.getByText(ofFirst, { exact: true }).waitFor();
    await page.getByRole('radio', { name: 'Errors' }).check();
    await scatter.getByText('Half a step').waitFor();
    await scatter.locator('summary').click();
    await scatter.locator('tbody tr').first().waitFor();
    const errors = await scatter
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => Math.abs(Number(row.cells[3].textContent.replace('−', '-')))),
      );
    assert.equal(errors.length, 10);
    assert.deepEqual(
      errors,
      [...errors].sort((a, b) => b - a),
    );
    await page.getByRole('radio', { name: 'Weights' }).check();
    await scatter.getByRole('img', { name: /^Values of block1\/depthwise\/weights/ }).waitFor();

    const histogram = page.locator('[aria-labelledby=detail-range] figure');
    await histogram.locator('summary').click();
    await histogram.locator('tbody tr').first().waitFor();
    assert.equal(await histogram.locator('tbody tr').count(), 32);

    await assertFits(page, [320], [1920, 'dark']);
    await page.getByRole('button', { name: 'Next layer' }).click();
    await page.locator('.detail > .name').getByText('block2/conv').waitFor();

    // What has no range to choose, and no weights, says why.
    await look(page, 'probabilities');
    await page.getByText('The format fixes scale and zero point of what SOFTMAX gives').waitFor();
    assert.equal(await page.locator('.detail [type=range]').count(), 0);
    await page.getByText('This layer has no weights.').waitFor();
  }));

const MOBILENET = shared('models/mobilenet_v1_0.25_224_float.tflite');
test(
  'MobileNet: a range set by hand is in the file; 1001 channels fit',
  { skip: !existsSync(MOBILENET) && `${MOBILENET} is absent` },
  () =>
    stage.visit(async (page) => {
      await drop(page, [fileAt(MOBILENET)]);
      await page.getByLabel('Random').check();
      await page.getByLabel('Samples').fill('2');
      await quantize(page);
      await isDone(page);
      const output = 'MobilenetV1/MobilenetV1/Conv2d_0/Relu6';
      await look(page, output);
      await drag(page, page.getByRole('slider', { name: 'Highest value' }), -0.1);
      const set = await costs(page);
      assert.ok(number(set.Scale.tried) < number(set.Scale.file));
      await page.getByRole('button', { name: 'Apply and run' }).click();
      await page.locator('.detail-costs').getByText(set.Scale.tried).first().waitFor();
      await isDone(page);
      const { bytes } = await download(page, /Download model/);
      const { scale } = await quantizationIn(bytes, output);
      assert.equal(Number(scale.toPrecision(5)), number(set.Scale.tried));

      await look(page, 'MobilenetV1/Logits/Conv2d_1c_1x1/BiasAdd');
      const chart = page.locator('#detail-weights ~ figure');
      assert.match(await text(page, '#detail-weights ~ figure figcaption'), /^1,001 channels/);
      await chart.getByText('channels a bar').waitFor();
    }),
);
