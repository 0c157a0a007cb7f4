/** Ways in, sizes that are asked for, and the page's manners: keys, sections, theme, language. */
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import { withOpenShape } from './support/open_shape.mjs';

const stage = useStage();

const title = (page) => page.getByRole('heading', { level: 1 });

test('a file that is pasted is opened', () =>
  stage.visit(async (page) => {
    await page.locator('.welcome').waitFor();
    await page.evaluate((base64) => {
      const clipboardData = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      clipboardData.items.add(new File([bytes], 'pasted.tflite'));
      document.body.dispatchEvent(
        new globalThis.ClipboardEvent('paste', { clipboardData, bubbles: true }),
      );
    }, SAMPLE.toString('base64'));
    await title(page).getByText('pasted.tflite').waitFor();
  }));

test('a file that the system starts the page with is opened', () =>
  stage.visit(async (page) => {
    await page.addInitScript((base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const getFile = () => Promise.resolve(new File([bytes], 'launched.tflite'));
      const setConsumer = (consumer) => consumer({ files: [{ getFile }] });
      Object.defineProperty(globalThis, 'launchQueue', { value: { setConsumer } });
    }, SAMPLE.toString('base64'));
    await page.reload();
    await title(page).getByText('launched.tflite').waitFor();
  }));

test('sizes that a model leaves open are asked for, used, and stay open in the result', () =>
  stage.visit(async (page) => {
    const open = withOpenShape(SAMPLE, [1, 1, 1, 3], [-1, -1, -1, 3]);
    await drop(page, [{ name: 'open.tflite', bytes: open }]);
    const use = page.getByRole('button', { name: 'Use these sizes' });
    await use.waitFor();
    assert.match(await text(page, '#run-reason'), /choose the sizes/);
    assert.equal(await page.getByLabel('Batch').inputValue(), '1');
    assert.equal(await page.getByLabel('Dimension 2').inputValue(), '224');
    await page.getByLabel('Dimension 2').fill('48');
    await page.getByLabel('Dimension 3').fill('56');
    await use.click();
    await page.getByText('These are in use.').waitFor();
    assert.deepEqual(await axeViolations(page), []);
    await page.getByLabel('Random').check();
    await quantize(page);
    await isDone(page);
    assert.match(await text(page, '.headline'), /smaller/);
    const made = await download(page, /Download model/);
    await drop(page, [made]);
    await title(page).getByText(made.name).waitFor();
    assert.match(await page.locator('.tensors').first().innerText(), /\? × \? × \? × 3/);
    assert.equal(await page.getByLabel('Dimension 2').inputValue(), '48');
  }));

test('every operator of a model: by weight, by order, and only those in view are elements', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.getByText('Every operator').click();
    const table = page.getByRole('region', { name: 'Every operator' });
    const first = table.locator('tbody tr').first();
    assert.match(await first.innerText(), /KiB/);
    await table.getByRole('button', { name: 'Operator' }).click();
    assert.match(await first.innerText(), /CONV_2D 0/);
    assert.deepEqual(await axeViolations(page), []);
  }));

test('keys: opened, quantized, cancelled and told by them, unless they are turned off', () =>
  stage.visit(async (page) => {
    await page.getByText('relaxed SIMD').waitFor();
    const chosen = page.waitForEvent('filechooser');
    // The browser has to know that it is waited for.
    await page.locator('main').focus();
    await page.keyboard.press('o');
    const chooser = await chosen;
    await chooser.setFiles({ name: 'mine.tflite', mimeType: '', buffer: SAMPLE });
    await title(page).getByText('mine.tflite').waitFor();
    await page.getByLabel('Random').check();
    await page.getByLabel('Samples').fill('1000');
    await page.locator('main').focus();
    await page.keyboard.press('q');
    await page.locator('.stages .current').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Cancelled; nothing was changed.').waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.waitFor();
    assert.deepEqual(await axeViolations(page), []);
    await dialog.getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.locator('main').focus();
    await page.keyboard.press('?');
    assert.equal(await dialog.count(), 0);
  }));

test('the first Tab skips to the content; sections are one press away and leave the address', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await title(page).getByText('mine.tflite').waitFor();
    await page.locator('body').press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    const address = page.url();
    await page.getByRole('navigation').getByRole('button', { name: 'Inside' }).click();
    const heading = page.getByRole('heading', { name: 'What is inside' });
    assert.ok(await heading.evaluate((element) => element === document.activeElement));
    const top = await heading.evaluate((element) => element.getBoundingClientRect().top);
    const nav = await page.getByRole('navigation').boundingBox();
    assert.ok(top >= nav.y + nav.height, 'the heading is not below what sticks');
    assert.equal(page.url(), address);
  }));

test('theme and language are chosen, and kept', () =>
  stage.visit(
    async (page) => {
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
      await page.getByLabel('Theme').selectOption('Light');
      assert.equal(await theme(), 'light');
      await page.getByLabel('Theme').selectOption('System');
      assert.equal(await theme(), 'dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
      await page.getByLabel('Theme').selectOption('Dark');
      await page.getByLabel('Language').selectOption('中文');
      await page.reload();
      await title(page).getByText('更小').waitFor();
      assert.equal(await theme(), 'dark');
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
    },
    { colorScheme: 'dark' },
  ));

test('a part that cannot be loaded says so, and comes when it can', () =>
  stage.visit(
    async (page, _, server) => {
      const name = (await readdir(server.folder)).find((each) => /^layers-.*\.js$/.test(each));
      const path = join(server.folder, name);
      const script = await readFile(path);
      await rm(path);
      await page.reload();
      await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
      await page.getByText('A part of the page could not be loaded').waitFor();
      await writeFile(path, script);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('A part of the page could not be loaded').waitFor({ state: 'detached' });
    },
    { ownServer: true, serviceWorkers: 'block', complains: /404/ },
  ));
