/** Data of the user's: folders, tables, archives, sounds, camera and microphone, and what becomes of them. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeNpy, encodeNpz } from 'octolite';
import { assertFits, axeViolations, drop, isDone, useStage, quantize, root } from './browser.mjs';

const example = (path) => readFileSync(join(root, 'examples', path));
const SHAPES = { name: 'shapes.tflite', bytes: example('sample-model/shapes.tflite') };
const SOUNDS = { name: 'sounds.tflite', bytes: example('sample-sound/sounds.tflite') };
const PUMP = { name: 'pump.tflite', bytes: example('sample-table/pump.tflite') };

/** A bmp of one colour, which differs from pixel to pixel by a little. */
function bmp(red, green, blue, size = 32) {
  const header = 54;
  const bytes = Buffer.alloc(header + 3 * size * size);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(header, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(size, 18);
  bytes.writeInt32LE(size, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 0; i < size * size; ++i) {
    bytes.set([blue, green, (red + i) % 256], header + 3 * i);
  }
  return bytes;
}
/** The same sound, said to be of half its rate. */
function halved(wave) {
  const RATE_AT = 24;
  const bytes = Buffer.from(wave);
  bytes.writeUInt32LE(bytes.readUInt32LE(RATE_AT) / 2, RATE_AT);
  return bytes;
}

const picture = (name, ...colour) => ({ name, type: 'image/bmp', bytes: bmp(...colour) });

const stage = useStage({
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});

const data = (page) => page.locator('section.data');
const help = (page, text) => data(page).getByText(text).first().waitFor();

/** Opens a model, in place of what was there, and what the panel can open with it. */
async function open(page, model, files) {
  await drop(page, [model]);
  await page.getByRole('heading', { level: 1, name: model.name }).waitFor();
  if (files) await drop(page, files);
}

/** Everything that is folded is unfolded, and axe finds nothing at two widths. */
async function isAccessible(page) {
  await data(page)
    .locator('details')
    .evaluateAll((all) => {
      for (const each of all) each.open = true;
    });
  await assertFits(page, [320], [1280]);
}

const TWO_INPUTS = join(root, '../shared/models/dtln_1_float.tflite');

test('one model after the other', (t) =>
  stage.visit(async (page) => {
    await t.test(
      'pictures: a bad one among good ones is left out in words; removed one by one, and all',
      async () => {
        await open(page, SHAPES, [
          picture('red.bmp', 200, 10, 10),
          { name: 'no.png', type: 'image/png', bytes: Buffer.from('This is no picture.') },
          picture('blue.bmp', 10, 10, 200, 64),
        ]);
        await help(page, '3 files, 2 samples');
        await help(page, '1 file left out');
        assert.match(
          await data(page).locator('.left-out').innerText(),
          /no\.png[^]*not a picture/i,
        );
        await help(page, '2 samples, too few to part');
        await data(page).locator('.miniature canvas').nth(1).waitFor();
        await data(page)
          .getByText(/values from 0\.0\d to (0\.9\d|1\.00)/)
          .waitFor();
        await data(page).getByLabel('Pixel values').selectOption('minus_one_one');
        await data(page)
          .getByText(/values from -(0\.9\d|1\.00) to/)
          .waitFor();
        await data(page).getByLabel('Pixel values').selectOption('custom');
        await data(page).getByLabel('White becomes').fill('510');
        await data(page)
          .getByText(/to (4[5-9]\d|5[01]\d)\.\d\d/)
          .waitFor();
        await data(page).getByRole('button', { name: 'Remove no.png' }).click();
        await help(page, '2 files');
        assert.equal(await data(page).locator('.left-out').count(), 0);
        await isAccessible(page);
        await data(page).getByRole('button', { name: 'Remove all' }).click();
        await help(page, 'Or drop them anywhere');
      },
    );

    await t.test('text is taken by what is in it, or said to be of no use', async () => {
      await drop(page, [{ name: 'notes.txt', bytes: Buffer.from('Some notes,\nno names.') }]);
      const alert = data(page).getByRole('alert');
      await alert.getByText('it has 2 lines, and the output 16 values').waitFor();
      const lines = Array.from({ length: 16 }, (_, i) => `shape ${i}`).join('\n');
      await drop(page, [{ name: 'coco.txt', bytes: Buffer.from(lines) }]);
      await help(page, '16 class names from coco.txt.');
      assert.equal(await alert.count(), 0);
    });

    await t.test(
      'the camera: one picture, several in a row, and it is closed when left',
      async () => {
        await data(page).getByRole('button', { name: 'Camera' }).click();
        const take = data(page).getByRole('button', { name: 'Take a picture' });
        await take.click();
        await help(page, /^1 file/);
        assert.deepEqual(await axeViolations(page), []);
        await data(page).getByLabel('Pictures in a row').fill('3');
        await data(page).getByLabel('Seconds between').fill('0.1');
        await data(page).getByRole('button', { name: 'Take 3 in a row' }).click();
        await help(page, '4 files');
        const track = await page.evaluateHandle(
          () => document.querySelector('video').srcObject.getTracks()[0],
        );
        await data(page).getByLabel('Random').check();
        await page.waitForFunction(({ readyState }) => readyState === 'ended', track);
      },
    );

    await t.test('a table: the column of labels, as found and as chosen', async () => {
      const rows = example('sample-table/evaluation.csv').toString().trim().split('\n');
      const labels = example('sample-table/evaluation-labels.csv').toString().trim().split('\n');
      const table = rows.map((row, index) => `${row},${labels[index]}`).join('\n');
      await open(page, PUMP, [{ name: 'readings.csv', bytes: Buffer.from(table) }]);
      await help(page, '256 to calibrate, 150 labelled others to measure.');
      await data(page).getByText('First values').waitFor();
      const section = data(page).locator('details').filter({ hasText: 'Label column' });
      await section.evaluate((details) => (details.open = true));
      const column = data(page).getByLabel('Label column of readings.csv');
      assert.equal(await column.locator('option:checked').innerText(), labels[0]);
      await isAccessible(page);
      await column.selectOption({ label: 'None' });
      await data(page)
        .getByRole('alert')
        .getByText(/does not fit the input/)
        .waitFor();
    });

    await t.test('sounds: rate, windows, an outline, and played back', async () => {
      const wave = example('sample-sound/calibration.wav');
      await open(page, SOUNDS, [{ name: 'calibration.wav', type: 'audio/wav', bytes: wave }]);
      const count = () => data(page).locator('.files h3').innerText();
      await help(page, /^1 file, \d+ samples$/);
      const before = Number(/, (\d+)/.exec(await count())[1]);
      await data(page).getByRole('img', { name: 'Outline of the sound' }).waitFor();
      const hop = data(page).getByLabel('Hop, samples');
      await hop.fill('100');
      await page.waitForFunction(
        (least) =>
          Number(
            /, ([\d,]+)/.exec(document.querySelector('.files h3').textContent)[1].replace(',', ''),
          ) > least,
        2 * before,
      );
      await drop(page, [{ name: 'other.wav', type: 'audio/wav', bytes: halved(wave) }]);
      await help(page, 'The sounds have different rates');
      await isAccessible(page);
      await data(page).getByLabel('Sample rate, Hz').fill('8000');
      await data(page).getByText('The sounds have different rates').waitFor({ state: 'detached' });
      await data(page).getByRole('button', { name: 'Play calibration.wav' }).click();
      await data(page).getByRole('button', { name: 'Stop' }).click();
      await data(page).getByRole('button', { name: 'Play calibration.wav' }).waitFor();
    });

    await t.test(
      'the microphone: level, a recording of its own length, and it is closed when left',
      async () => {
        await data(page).getByRole('button', { name: 'Remove all' }).click();
        await data(page).getByRole('button', { name: 'Microphone' }).click();
        await data(page).getByLabel('Seconds to record').fill('1.5');
        await page.waitForFunction(() => document.querySelector('#level').value > 0.001);
        assert.deepEqual(await axeViolations(page), []);
        await data(page).getByRole('button', { name: 'Record', exact: true }).click();
        await data(page).locator('.file-box').getByText('recording-001.wav').waitFor();
        assert.match(await data(page).locator('.file-box .help').innerText(), /Hz, 1\.50 s/);
        await data(page).getByRole('button', { name: 'Microphone' }).click();
        assert.equal(await data(page).locator('#level').count(), 0);
      },
    );

    await t.test('a camera that may not be used: why, and what next', async () => {
      await page.evaluate(() => {
        globalThis.navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new globalThis.DOMException('Permission denied', 'NotAllowedError'));
      });
      await open(page, { ...SHAPES, name: 'again.tflite' });
      await data(page).getByRole('button', { name: 'Camera' }).click();
      const alert = data(page).getByRole('alert');
      assert.match(await alert.innerText(), /not allowed[^]*refused[^]*settings/);
    });

    await t.test(
      'two inputs: an .npz for both, or a file each, as they are called',
      { skip: !existsSync(TWO_INPUTS) && `${TWO_INPUTS} is absent` },
      async () => {
        const array = (...shape) => ({
          shape,
          data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i % 7) / 7),
        });
        const [first, second] = [array(4, 1, 257), array(4, 2, 128, 2)];
        const npz = Buffer.from(encodeNpz({ input_2: first, input_3: second }));
        await open(page, { name: 'dtln.tflite', bytes: readFileSync(TWO_INPUTS) }, [
          { name: 'both.npz', bytes: npz },
        ]);
        await help(page, '4 samples, too few to part');
        const feeds = () => data(page).locator('.inputs-table tbody tr').allInnerTexts();
        for (const row of await feeds()) assert.match(row, /both\.npz/);
        await data(page).getByRole('button', { name: 'Remove all' }).click();
        const npy = ({ data: values, shape }) => Buffer.from(encodeNpy(values, shape));
        await drop(page, [{ name: 'input_3.npy', bytes: npy(second) }]);
        await data(page)
          .getByText(/0 for input_2, 4 for input_3/)
          .waitFor();
        await drop(page, [{ name: 'input_2.npy', bytes: npy(first) }]);
        await help(page, '4 samples, too few to part');
        assert.match((await feeds())[0], /input_2[^]*input_2\.npy/);
        await isAccessible(page);
      },
    );
  }));

test('a folder of folders: classes by name, sorted, switchable', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'octolite-'));
  try {
    for (const [at, name] of ['zebra', 'ant', 'cow'].entries()) {
      mkdirSync(join(folder, name));
      for (let i = 0; i < 8; ++i) {
        writeFileSync(join(folder, name, `${i}.bmp`), bmp(80 * at, 30 * i, 99));
      }
    }
    writeFileSync(join(folder, 'README.md'), 'Not data.');
    await stage.visit(async (page) => {
      // The picker of folders is the system's; where there is none, a control takes its place.
      await page.addInitScript(() => delete globalThis.showDirectoryPicker);
      await page.reload();
      await open(page, SHAPES);
      await data(page).locator('input[webkitdirectory]').setInputFiles(folder);
      await help(page, '24 files');
      await help(page, '18 to calibrate, 6 labelled others to measure.');
      const rows = data(page).locator('.folder-table tbody tr');
      assert.deepEqual(
        (await rows.allInnerTexts()).map((row) => row.trim().split(/\s+/)),
        [
          ['ant', '8'],
          ['cow', '8'],
          ['zebra', '8'],
        ],
      );
      const classOf = data(page).getByLabel('Class of zebra');
      assert.equal(await classOf.inputValue(), '2');
      await data(page).getByText('Sample 1 of 24, class ant').waitFor();
      await drop(page, [{ name: 'labels.txt', bytes: Buffer.from('cow\nzebra\nant\n') }]);
      await help(page, '3 class names from labels.txt.');
      assert.equal(await classOf.inputValue(), '1');
      await classOf.fill('7');
      await classOf.press('Tab');
      assert.equal(await classOf.inputValue(), '7');
      await data(page).getByLabel('Folders are classes').uncheck();
      await help(page, '18 to calibrate, 6 others to measure.');
      await data(page).getByLabel('Folders are classes').check();
      await quantize(page);
      await isDone(page);
      await data(page)
        .getByText(/^(✓ Enough|! Not settled): /)
        .waitFor();
      await isAccessible(page);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('5,000 pictures do not hold the page up', () =>
  stage.visit(async (page) => {
    await open(page, SHAPES);
    const longest = await page.evaluate(
      async ({ base64, count }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        for (let i = 0; i < count; ++i) {
          transfer.items.add(new File([bytes], `${i}.bmp`, { type: 'image/bmp' }));
        }
        const tasks = [];
        const observer = new globalThis.PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) tasks.push(Math.round(duration));
        });
        const isIdle = () => new Promise((resolve) => globalThis.requestIdleCallback(resolve));
        await isIdle();
        observer.observe({ type: 'longtask' });
        document.querySelector('main').dispatchEvent(
          new globalThis.DragEvent('drop', {
            dataTransfer: transfer,
            bubbles: true,
            cancelable: true,
          }),
        );
        const isThere = () =>
          document.querySelector('.data')?.textContent.includes('256 to calibrate');
        while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 50));
        document.querySelector('.file-box').scrollTop = 100_000;
        while (!document.querySelector('[aria-label="Remove 1562.bmp"]')) await isIdle();
        return Math.max(0, ...tasks);
      },
      { base64: bmp(1, 2, 3).toString('base64'), count: 5000 },
    );
    // Seconds, if it were done in one go; how long tasks are on a busy machine says little.
    assert.ok(longest < 1000, `a task of ${longest} ms`);
    await help(page, '5,000 files');
    assert.ok((await data(page).locator('.file-box li').count()) < 20);
    await data(page).getByRole('button', { name: 'Remove 1562.bmp' }).click();
    await help(page, '4,999 files');
  }));
