/** Layer by layer: measuring, the heat map, the graph, precision by operator, suggestions. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertFits, drop, fileAt, isDone, useStage, quantize, shared, text } from './browser.mjs';
import { writeLargeModel } from '../js/support/large_model.mjs';

const stage = useStage();

const rows = (page) => page.locator('.layers tr[data-row]');
const row = (page, index) => page.locator(`.layers tr[data-row="${index}"]`);
const heading = (page, name) => page.locator('.layers').getByRole('columnheader', { name });

/** The figures of a column of all rows there are, by its heading's name. */
async function column(page, name) {
  const names = await page.locator('.layers thead th').allInnerTexts();
  const at = names.findIndex((each) => each.replaceAll(/\s+/g, ' ').startsWith(name));
  const cells = await rows(page)
    .locator(`:nth-child(${at + 1})`)
    .evaluateAll((all) =>
      all.filter((cell) => cell.matches('th, td')).map((cell) => cell.textContent),
    );
  return cells.map((cell) => Number.parseFloat(cell.replace('<', '')));
}

/** Scrolls to the layers, which starts measuring, and waits for its end. */
async function measured(page) {
  await page.locator('.layers').scrollIntoViewIfNeeded();
  await page
    .locator('.layers[aria-busy=false] .help')
    .getByText(/^Measured on/)
    .waitFor();
}

async function useSample(page) {
  await page.getByRole('button', { name: 'Use the sample' }).first().click();
  await isDone(page);
  await measured(page);
}

async function useRandom(page, model, samples) {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await drop(page, [model]);
  await page.locator('.workbench').waitFor();
  await page.getByLabel('Random').check();
  await page.getByLabel('Samples', { exact: true }).first().fill(String(samples));
  await quantize(page);
  await isDone(page);
  await measured(page);
}

test('the sample: measured by itself, sorted, filtered, chosen in the table and in the graph', () =>
  stage.visit(async (page) => {
    await useSample(page);
    assert.equal(await rows(page).count(), 18);
    for (const decibels of await column(page, 'SQNR')) assert.ok(decibels > 10 && decibels < 80);
    const shares = await column(page, 'Error share');
    const sum = shares.reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 100) < 1, `${sum} %`);
    for (const ms of await column(page, 'Time before')) assert.ok(ms > 0);

    await heading(page, 'Error share').getByRole('button').click();
    assert.equal(await heading(page, 'Error share').getAttribute('aria-sort'), 'descending');
    assert.deepEqual(
      await column(page, 'Error share'),
      shares.toSorted((a, b) => b - a),
    );
    await heading(page, 'Operator').getByRole('button').click();

    await page.getByLabel('Filter by name').fill('depthwise block3');
    assert.equal(await rows(page).count(), 1);
    await row(page, 0).click();
    const node = page.locator('.graph-node.selected');
    await node.locator('text').getByText('DEPTHWISE_CONV_2D').waitFor();
    assert.match(await text(page, '.layers-chosen'), /block3\/depthwise/);
    await page.getByRole('heading', { name: /DEPTHWISE_CONV_2D/, level: 2 }).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    assert.equal(await page.locator('.layers [aria-selected=true]').count(), 1);

    await page.locator('.graph-node[data-operator="5"]').click();
    await page.locator('.layers [aria-selected=true]').getByText('block5/expand').waitFor();
    await page.getByLabel('Show', { exact: true }).selectOption('worse');
    await page.getByLabel('Decibels').fill('26');
    const worse = await column(page, 'SQNR');
    assert.ok(worse.length > 0 && worse.length < 18);
    for (const decibels of worse) assert.ok(decibels <= 26);
    await page.getByLabel('Show', { exact: true }).selectOption('float');
    await page.getByText('No operator is like that.').waitFor();
  }));

test('one operator kept in float, and back, then another recipe: all is measured again each time', () =>
  stage.visit(async (page) => {
    await useSample(page);
    const precision = row(page, 3).getByRole('combobox');
    await precision.selectOption('float');
    const effect = page.locator('.layers-effect');
    await effect.waitFor();
    await measured(page);
    assert.match(await effect.innerText(), /SQNR .+ dB → .+ dB, file .+ → .+ \(\+.+B\)/);
    assert.match(await row(page, 3).innerText(), /dB, \+[^]*float32[^]*float/);
    const [, before, after] = /SQNR of the outputs ([\d.]+) dB → ([\d.]+) dB/.exec(
      await effect.innerText(),
    );
    assert.ok(Number(after) > Number(before), `${before} to ${after} dB`);
    await row(page, 3).click();
    await page.locator('.layers-chosen').getByLabel('As the recipe says').check();
    await effect.getByText(`${after} dB → ${before} dB`).waitFor();
    assert.equal(await precision.inputValue(), 'recipe');

    // What the user starts comes before measuring, which goes on with the new result.
    await page
      .locator('.measuring')
      .or(page.getByText(/^Measured on/))
      .first()
      .waitFor();
    await page.locator('input[value=float16]').check();
    await quantize(page);
    await row(page, 0).getByText('float16 weights').waitFor();
    await measured(page);
    assert.match(await row(page, 0).innerText(), /dB[^]*float16 weights/);
  }));

test('what costs most: cancelled, found, and applied in one click', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).first().click();
    await isDone(page);
    // One scale for all channels costs much of what can be won back.
    await page.getByText('All options').click();
    await page.getByLabel('Weight scales').selectOption('TENSORWISE');
    await page
      .locator('.verdict:not([aria-busy=true])')
      .getByText(/per tensor/)
      .waitFor();
    await measured(page);
    const find = page.getByRole('button', { name: 'Find what costs most' });
    await find.click();
    const progress = page.locator('.searching');
    await progress.getByText(/Trial \d+ of \d+/).waitFor();
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await find.click();
    const first = page.locator('.suggestion').filter({ hasText: 'SQNR after' }).first();
    assert.match(await first.innerText(), /tried and measured[^]*SQNR before[^]*SQNR after/);
    await first.getByRole('button', { name: /^Apply/ }).click();
    await page.locator('.layers-effect').waitFor();
    await measured(page);
    const effect = /([\d.]+) dB → ([\d.]+) dB/.exec(await text(page, '.layers-effect'));
    assert.ok(Number(effect[2]) > Number(effect[1]), effect[0]);
  }));

test('a long model: rows come as they are needed, by wheel and by key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'octolite-layers-'));
  const path = join(folder, 'long.tflite');
  try {
    writeLargeModel(path, { layers: 2000, width: 8 });
    await stage.visit(async (page) => {
      await useRandom(page, fileAt(path), 2);
      const grid = page.getByRole('grid');
      assert.equal(await grid.getAttribute('aria-rowcount'), '2001');
      const shown = () => rows(page).count();
      assert.ok((await shown()) < 60);
      await page.getByText('200 of 2,000 operators, around the chosen one.').waitFor();
      await row(page, 0).focus();
      for (const [key, index] of [
        ['End', 1999],
        ['ArrowUp', 1998],
        ['Home', 0],
        ['ArrowDown', 1],
        ['ArrowUp', 0],
      ]) {
        await page.keyboard.press(key);
        await page.waitForFunction(
          (wanted) => document.activeElement?.getAttribute('data-row') === wanted,
          String(index),
        );
        const focused = page.locator('.layers tr:focus');
        assert.equal(await focused.getAttribute('aria-rowindex'), String(index + 2));
        assert.equal(await focused.getAttribute('aria-selected'), 'true');
        assert.ok((await shown()) < 60);
      }
      await page.keyboard.press('PageDown');
      const page1 = Number(await page.locator('.layers tr:focus').getAttribute('data-row'));
      assert.ok(page1 > 3 && page1 < 30, `${page1}`);

      await page.locator('.layers-scroll').evaluate((box) => (box.scrollTop = 44 * 1000));
      await row(page, 1005).waitFor();
      assert.ok((await shown()) < 60);
      // The focus stays in the table, and its keys lead back.
      await page.keyboard.press('ArrowDown');
      await row(page, page1 + 1).waitFor();
      await page.locator(`.graph-node.selected[data-operator="${page1 + 1}"]`).waitFor();
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const MOBILENET = shared('models/mobilenet_v1_0.25_224_float.tflite');
test(
  'MobileNet: the operator that adds most is named, and kept in float',
  { skip: !existsSync(MOBILENET) && `${MOBILENET} is absent` },
  () =>
    stage.visit(async (page) => {
      await useRandom(page, fileAt(MOBILENET), 4);
      assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '32');
      await row(page, 6).click();
      await heading(page, 'Error share').getByRole('button').click();
      assert.equal(await page.locator('.layers-scroll').evaluate((box) => box.scrollTop), 0);
      assert.ok((await column(page, 'Error share'))[0] > 20, 'the worst one is in view');
      const suggestion = page.locator('.suggestion').first();
      assert.match(await suggestion.innerText(), /Keep \w+ .+ in float: it adds \d+/);
      await suggestion.getByRole('button', { name: /^Apply/ }).click();
      await page.locator('.layers-effect').waitFor();
      const effect = /([\d.]+) dB → ([\d.]+) dB/.exec(await text(page, '.layers-effect'));
      assert.ok(Number(effect[2]) > Number(effect[1]), effect[0]);
    }),
);

test('layout: axe finds nothing and nothing sticks out, narrow and wide, in Chinese too', () =>
  stage.visit(
    async (page) => {
      await page.locator('.welcome button').filter({ hasText: /示例/ }).first().click();
      await isDone(page);
      await page.locator('.layers').scrollIntoViewIfNeeded();
      await page.getByText(/个样本测得/).waitFor();
      await row(page, 2).click();
      await page.locator('.graph-node.selected').waitFor();
      assert.doesNotMatch(await text(page, '.layers h2'), /[a-z]/i);
      await assertFits(page, [320], [320, 'dark'], [1280], [1280, 'dark']);
    },
    { locale: 'zh-CN' },
  ));
