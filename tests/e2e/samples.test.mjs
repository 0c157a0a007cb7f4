/** The models that come with the page: one click from the first view to a verdict. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, download, isDone, useStage, text } from './browser.mjs';

const stage = useStage();

for (const { name, model, samples, ratio } of [
  { name: 'Drawn shapes', model: 'shapes', samples: 480, ratio: 0.5 },
  { name: 'Short sounds', model: 'sounds', samples: 72, ratio: 0.36 },
  { name: 'A pump’s sensors', model: 'pump', samples: 500, ratio: 0.46 },
]) {
  test(`${name}: one click to a verdict with its own data`, () =>
    stage.visit(async (page) => {
      await page.getByRole('button', { name }).click();
      await isDone(page);
      assert.match(await text(page, '.headline'), new RegExp(`agrees on \\d+ of ${samples}$`));
      const made = await download(page, /Download model/);
      assert.equal(made.name, `${model}_int8.tflite`);
      const report = JSON.parse((await download(page, /Download report/)).bytes.toString());
      assert.ok(made.bytes.length < ratio * report.size.bytesBefore, `${made.bytes.length} bytes`);
      assert.equal(report.data.isRandom, false);
      assert.equal(report.data.measured, samples);
      assert.ok(report.accuracy.before.top1 > 0.9, `${report.accuracy.before.top1}`);
      const loss = report.accuracy.before.top1 - report.accuracy.after.top1;
      assert.ok(loss <= 0.02, `${loss}`);
    }));
}

test('the gallery: named in two languages, reachable, nothing sticks out', async () => {
  const looks = [
    { width: 320, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
    { width: 1920, colorScheme: 'light', locale: 'zh-CN' },
  ];
  for (const { width, colorScheme, locale = 'en-US' } of looks) {
    await stage.visit(
      async (page) => {
        const buttons = page.locator('.gallery button');
        assert.equal(await buttons.count(), 3);
        const isChinese = /\p{Script=Han}/u.test(await buttons.first().innerText());
        assert.equal(isChinese, locale === 'zh-CN');
        await assertFits(page, [width, colorScheme]);
      },
      { locale },
    );
  }
});
