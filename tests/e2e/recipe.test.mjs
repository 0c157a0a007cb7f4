/** The recipe in Chromium: presets, options, the address, JSON and code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertFits, download, drop, isDone, useStage, quantize, root } from './browser.mjs';

const SAMPLE = readFileSync(join(root, 'examples/sample-model/shapes.tflite'));

const stage = useStage();

const fragmentOf = (value) => `#r=${Buffer.from(JSON.stringify(value)).toString('base64url')}`;

async function openSample(page) {
  await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
  await page.locator('.workbench').waitFor();
}

const chosen = (page) => page.locator('input[name=recipe]:checked').getAttribute('value');

/** What the address says, once it has come to rest. */
async function addressSays(page, expected) {
  await page.waitForFunction(
    (text) => {
      const { hash } = globalThis.location;
      return hash === text;
    },
    Object.keys(expected).length === 0 ? '' : fragmentOf(expected),
  );
}

/** Another address in the same page, as by the back button or by typing. */
const goTo = (page, hash) => page.evaluate((text) => (globalThis.location.hash = text), hash);

async function documentOf(page) {
  await page.getByText('Take the recipe along').click();
  return JSON.parse(await page.getByLabel('The recipe as JSON').inputValue());
}

test('presets: one click each, and what they set; exceptions apart, any change is a recipe of its own', () =>
  stage.visit(async (page) => {
    await openSample(page);
    assert.equal(await chosen(page), 'balanced');
    const document = await documentOf(page);
    assert.equal(document.settings.method, 'static');
    const settings = async () =>
      JSON.parse(await page.getByLabel('The recipe as JSON').inputValue()).settings;
    await page.getByLabel('Microcontroller').check();
    const micro = await settings();
    assert.deepEqual(
      [micro.target, micro.inputType, micro.outputType],
      ['tflite-micro', 'int8', 'int8'],
    );
    await page.getByLabel('16-bit activations', { exact: true }).check();
    assert.equal((await settings()).activationBits, 16);
    await page.getByLabel('Float16', { exact: true }).check();
    assert.equal((await settings()).method, 'float16');
    await page.getByLabel('Smallest').check();
    assert.equal((await settings()).weightBits, 4);

    await page.getByText('All options').click();
    await page.getByLabel('Cluster').press('ArrowRight');
    assert.equal(await chosen(page), 'custom');
    await page.getByLabel('Cluster').press('Home');
    assert.equal(await chosen(page), 'smallest');
  }));

test('presets that recover accuracy, and that for boards, make a file on the page', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    await page.getByLabel('Requantize as I change things').uncheck();
    const sizes = {};
    for (const [preset, words] of [
      ['Smallest', 'Static int4, per channel'],
      ['Most accurate', 'Static int8, per channel'],
      ['Microcontroller', 'Static int8, per channel'],
    ]) {
      await page.getByLabel(preset).check();
      await page.locator('.verdict').getByText('settings have changed since').waitFor();
      await quantize(page);
      await page.locator('.verdict').getByText(words).waitFor();
      await page
        .locator('.verdict')
        .getByText('settings have changed since')
        .waitFor({ state: 'detached' });
      await isDone(page);
      const report = JSON.parse((await download(page, /report \(JSON\)/)).bytes);
      sizes[preset] = report.size.bytesAfter;
      assert.ok(
        report.fidelity.outputs[0].sqnrDb > 12,
        `${preset}: ${report.fidelity.outputs[0].sqnrDb} dB`,
      );
      if (preset === 'Microcontroller') assert.equal(report.recipe.outputType, 'int8');
      else assert.equal(report.recipe.recover.length, 4);
    }
    await page.getByRole('button', { name: 'Recipe and code…' }).click();
    await page.getByLabel('The recipe as JSON').waitFor();
    assert.ok(
      await page.evaluate(() => globalThis.document.activeElement?.matches('.sharing > summary')),
    );
    assert.ok(sizes.Smallest < sizes['Most accurate'] * 0.75, JSON.stringify(sizes));
  }));

test('options: what does not go together is not on offer, and says why', () =>
  stage.visit(async (page) => {
    await openSample(page);
    await page.getByText('All options').click();
    const bits = page.getByLabel('Bits of a weight');
    assert.ok(await bits.locator('option[value="2"]').isDisabled());
    await page.getByText('int2: weight-only alone stores 2 bits').waitFor();
    const percentile = page.getByLabel('Percentile kept');
    assert.ok(await percentile.isDisabled());
    await page.getByLabel('Observer').selectOption('percentile');
    assert.ok(await percentile.isEnabled());
    await percentile.press('End');
    assert.equal(await percentile.getAttribute('aria-valuetext'), '100 %');

    await page.getByLabel('Weight-only int8').check();
    assert.ok(await page.getByLabel('Observer').isDisabled());
    assert.ok(await page.getByLabel('Input type').isDisabled());
    assert.ok(await bits.locator('option[value="2"]').isEnabled());
    await bits.selectOption('2');
    await page.getByLabel('Method').selectOption('dynamic');
    assert.equal(await bits.inputValue(), '8');
    await bits.selectOption('4');
    await page.getByLabel('Weight scales').selectOption('BLOCKWISE_32');
    await page.getByLabel('Range of weights').selectOption('octav');

    const rounding = page.getByLabel('Learn rounding');
    await rounding.check();
    await page.getByLabel('Prune').press('ArrowRight');
    assert.ok(await rounding.isDisabled());
    assert.ok(!(await rounding.isChecked()));
    const tables = page.getByLabel('Weights as tables');
    assert.ok(await tables.isDisabled());
    await page.getByLabel('Microcontroller').check();
    await page.getByLabel('Cluster').press('ArrowRight');
    await page.getByLabel('Cluster').press('ArrowRight');
    await tables.check();
  }));

test('the address holds the recipe: written, read at the start, read when it changes', () =>
  stage.visit(async (page) => {
    await openSample(page);
    await addressSays(page, {});
    await page.getByLabel('Dynamic int8').check();
    await addressSays(page, { v: 1, s: { method: 'dynamic' } });
    const scope = 'block1/dw/Relu6;é ";';
    const recipe = {
      v: 1,
      s: {
        weightBits: 4,
        overrides: [{ scope, operation: 'CONV_2D', precision: 'float' }],
        ranges: { 'block0/conv': [0, 4.5] },
      },
      p: { range: 'zero_255' },
    };
    await goTo(page, fragmentOf(recipe));
    await page.locator('input[value=custom]').waitFor();
    await page.reload();
    await openSample(page);
    await addressSays(page, recipe);
    await page.getByText('All options').click();
    assert.equal(await page.getByLabel('Bits of a weight').inputValue(), '4');
    const document = await documentOf(page);
    assert.equal(document.preprocessing.range, 'zero_255');

    await page.locator('summary').getByText('2 exceptions').waitFor();
    assert.equal(await page.getByText('not in this model').count(), 1);
    await page.getByRole('button', { name: 'Remove all exceptions' }).waitFor();
    await page.getByRole('button', { name: `Remove ${scope.slice(0, -1)}` }).click();
    await page.getByText('0 to 4.5').waitFor();
    // Focus stays where the work is.
    await page.waitForFunction(
      () => globalThis.document.activeElement?.getAttribute('aria-label') === 'Remove block0/conv',
    );
    await page.getByRole('button', { name: 'Remove block0/conv' }).click();
    await addressSays(page, { v: 1, s: { weightBits: 4 }, p: { range: 'zero_255' } });
    await goTo(page, '');
    await addressSays(page, {});
    assert.equal(await chosen(page), 'balanced');
  }));

test('hostile addresses are refused in words, and nothing is taken from them', () =>
  stage.visit(async (page) => {
    const alert = page.getByRole('alert');
    for (const [hash, words] of [
      ['#r=%00<script>alert(1)</script>', /damaged/],
      [fragmentOf({ v: 9 }), /version is 9/],
      [fragmentOf({ v: 1, s: { method: 'constructor' } }), /settings\.method is "constructor"/],
      [`#r=${Buffer.from('{"v":1,"s":{"__proto__":{}}}').toString('base64url')}`, /__proto__/],
      [fragmentOf({ v: 1, s: { method: 'float16', prune: 2 } }), /settings\.prune is 2; expected/],
      [`#r=${'A'.repeat(40_000)}`, /characters; at most/],
    ]) {
      await goTo(page, hash);
      await alert.filter({ hasText: words }).waitFor();
      await addressSays(page, {});
    }
    await page.getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await alert.count(), 0);
    await goTo(page, fragmentOf({ v: 1, s: { nonsense: 1 } }));
    await page.reload();
    await openSample(page);
    assert.equal(await chosen(page), 'balanced');
  }));

test('JSON: both forms out and in again, by paste, by file and by drop; a wrong one changes nothing', () =>
  stage.visit(
    async (page) => {
      await openSample(page);
      await page.getByLabel('Most accurate').check();
      const ours = await documentOf(page);
      const json = page.getByLabel('The recipe as JSON');
      await page.getByLabel('LiteRT Quantizer').check();
      const [rule] = JSON.parse(await json.inputValue());
      assert.deepEqual([rule.operation, rule.algorithm_key], ['*', 'min_max_uniform_quantize']);
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Save as file' }).click(),
      ]);
      assert.equal(saved.suggestedFilename(), 'litert_recipe.json');
      assert.deepEqual(JSON.parse(readFileSync(await saved.path(), 'utf8')), [rule]);
      await page.locator('.sharing').getByRole('button', { name: 'Copy', exact: true }).click();
      await page.locator('.sharing').getByText('Copied').waitFor();
      await page.getByLabel('Float16', { exact: true }).check();
      await page.getByRole('button', { name: 'Paste', exact: true }).click();
      await page.waitForFunction(
        () => globalThis.document.querySelector('input[name=recipe]:checked')?.value === 'balanced',
      );

      const field = page.getByLabel('Paste a recipe here');
      const use = page.getByRole('button', { name: 'Use this recipe' });
      await field.fill(JSON.stringify(ours));
      await use.click();
      assert.equal(await chosen(page), 'accurate');
      await field.fill(
        `${page.url().replace(/#.*/, '')}${fragmentOf({ v: 1, s: { method: 'float16' } })}`,
      );
      await use.click();
      assert.equal(await chosen(page), 'float16');

      await field.fill('{"octoliteRecipe": 1, "settings": {"weightBits": 3}}');
      await use.click();
      const alert = page.getByRole('alert');
      assert.match(await alert.innerText(), /settings\.weightBits is 3; expected: 8, 4, 2/);
      assert.equal(await chosen(page), 'float16');
      await drop(page, [{ name: 'broken.json', bytes: Buffer.from('{"octolite') }]);
      await alert.filter({ hasText: 'broken.json' }).waitFor();
      await drop(page, [{ name: 'ours.json', bytes: Buffer.from(JSON.stringify(ours)) }]);
      await alert.waitFor({ state: 'detached' });
      assert.equal(await chosen(page), 'accurate');
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ));

test('where the clipboard is refused, the text is selected and the field is ready', () =>
  stage.visit(async (page) => {
    await openSample(page);
    await page.evaluate(() => {
      const refuse = () => Promise.reject(new Error('not allowed'));
      Object.assign(Object.getPrototypeOf(globalThis.navigator.clipboard), {
        writeText: refuse,
        readText: refuse,
      });
    });
    await documentOf(page);
    await page.locator('.sharing').getByRole('button', { name: 'Copy', exact: true }).click();
    await page.locator('.sharing').getByText('The browser refused the clipboard').waitFor();
    const selected = await page
      .getByLabel('The recipe as JSON')
      .evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd) === area.value);
    assert.ok(selected);
    await page.getByRole('button', { name: 'Paste', exact: true }).click();
    await page.waitForFunction(() => globalThis.document.activeElement?.id === 'recipe-paste');
    await page.getByRole('button', { name: 'Copy JavaScript (npm)' }).click();
    const code = await page.evaluate(() => String(globalThis.getSelection()));
    assert.match(code, /import \{ load, openDataset \} from 'octolite';/);
    assert.match(code, /mine_int8\.tflite/);
    await page.getByLabel('Command line').check();
    await page.getByText('npx octolite quantize mine.tflite').waitFor();
    await page.getByLabel('Python').check();
    await page.getByText('qt.load_quantization_recipe(rules)').waitFor();
  }));

const SHARE = { en: 'Take the recipe along', 'zh-CN': '带走方案' };

for (const locale of ['en', 'zh-CN']) {
  test(`all of it open, in ${locale}: nothing sticks out and axe finds nothing`, () =>
    stage.visit(
      async (page) => {
        const overrides = [
          {
            scope: 'a/very/long/name/of/a/tensor'.repeat(4),
            operation: 'CONV_2D',
            precision: 'int16',
          },
        ];
        await goTo(
          page,
          fragmentOf({ v: 1, s: { weightBits: 4, overrides, ranges: { x: [0, 1] } } }),
        );
        await openSample(page);
        await page.locator('#percentile').waitFor({ state: 'attached' });
        await page.getByText(SHARE[locale]).waitFor();
        for (const summary of await page.locator('.controls summary').all()) await summary.click();
        await page.locator('#recipe-json').waitFor();
        await assertFits(page, [320], [1280, 'dark']);
      },
      { locale },
    ));
}
