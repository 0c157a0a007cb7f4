/** Both models on the same input: what is drawn and said of it, from files, camera and microphone. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { encodeNpy } from 'octolite';
import {
  axeViolations,
  drop,
  engines,
  fileAt,
  isDone,
  useStage,
  quantize,
  shared,
  text,
} from './browser.mjs';
import { longTasks } from './support/tasks.mjs';

const stage = useStage({
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});

const panel = (page) => page.locator('.tryit');
const toggle = (page) => panel(page).locator('summary').first().click();
const choose = (page, input) => panel(page).getByLabel(input, { exact: true }).check();

/** Waits until what is chosen has been run and drawn. */
async function settled(page) {
  await page.locator('.tryit-body[aria-busy=false] .tryit-words').waitFor();
}

/** Opens the panel, unless it still is, and waits for the first outcome. */
async function open(page) {
  if ((await page.locator('.tryit-body').count()) === 0) await toggle(page);
  await settled(page);
}

/** Quantizes a real model without data, and tries it on a file. */
async function tryModel(page, model, file) {
  await drop(page, [fileAt(shared(`models/${model}`))]);
  await page.getByRole('heading', { level: 1, name: model }).waitFor();
  await page.locator('input[name=source][value=random]').check();
  await page.getByLabel('Samples', { exact: true }).first().fill('2');
  await page.locator('input[value=dynamic]').check();
  await quantize(page);
  await isDone(page);
  await open(page);
  await choose(page, 'File');
  await panel(page)
    .locator('input[type=file]')
    .setInputFiles(typeof file === 'string' ? shared(`data/images/${file}`) : file);
  await panel(page)
    .getByText(`Shown: ${file.name ?? file}`)
    .waitFor();
  await settled(page);
}

/** As long as a live picture would take to change. */
function someFrames(page) {
  return page.evaluate(async () => {
    const drawn = () => new Promise((resolve) => globalThis.requestAnimationFrame(resolve));
    for (let i = 0; i < 20; ++i) await drawn();
  });
}

/** Whether a picture has a pixel of a colour, as drawings have and photographs do not. */
function hasColor(canvas, [red, green, blue]) {
  return canvas.evaluate(
    (element, color) => {
      const { width, height } = element;
      // Looked at on another canvas, as the browser draws those that are read in another way.
      const copy = new OffscreenCanvas(width, height).getContext('2d', {
        willReadFrequently: true,
      });
      copy.drawImage(element, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      for (let at = 0; at < data.length; at += 4) {
        if (color.every((part, i) => Math.abs(part - data[at + i]) < 3)) return true;
      }
      return false;
    },
    [red, green, blue],
  );
}

const FLOAT = [255, 194, 51];
const QUANTIZED = [51, 214, 255];

test('the sample', (t) =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    const others = new Set(engines(page));
    await open(page);

    await t.test('classes by name, one sample after the other', async () => {
      assert.ok(engines(page).length > others.size, 'a worker of its own');
      assert.equal(
        await panel(page).locator('#tryit-adapter option:checked').innerText(),
        'Automatic: classes',
      );
      assert.match(await text(page, '.tryit-words li:first-child'), /^Same top class: [a-z]+$/);
      assert.match(
        await text(page, '.tryit-words'),
        /SQNR [\d.]+ dB[^]*Float[^]* ms[^]*Quantized[^]* ms/,
      );
      assert.equal(await panel(page).locator('.scores tbody tr').count(), 5);
      const first = await text(page, '.scores');
      const number = panel(page).getByLabel('Sample', { exact: true });
      await panel(page).getByRole('button', { name: 'Previous' }).click();
      assert.equal(await number.inputValue(), '480');
      await panel(page).getByRole('button', { name: 'Next' }).click();
      await number.fill('100');
      await page.waitForFunction(
        (old) => document.querySelector('.scores').innerText !== old,
        first,
      );
    });

    await t.test('raw tensors, random', async () => {
      await panel(page).getByLabel('Read the outputs as').selectOption('raw');
      await panel(page).getByRole('region', { name: 'The outputs of both models' }).waitFor();
      assert.match(await text(page, '.tryit table'), /1 × 16[^]*dB/);
      await choose(page, 'Random');
      const before = await text(page, '.tryit table');
      await panel(page).getByRole('button', { name: 'Another' }).click();
      await page.waitForFunction(
        (old) => document.querySelector('.tryit table').innerText !== old,
        before,
      );
      assert.deepEqual(await axeViolations(page), []);
      await panel(page).getByLabel('Read the outputs as').selectOption('auto');
    });

    await t.test('a file that is dropped on it, which is no data to measure with', async () => {
      const transfer = await page.evaluateHandle(async () => {
        // As large as cameras make them, and not of one colour.
        const canvas = new OffscreenCanvas(4000, 3000);
        const context = canvas.getContext('2d');
        for (let x = 0; x < 4000; x += 20) {
          context.fillStyle = `hsl(${x} 80% 50%)`;
          context.fillRect(x, x / 2, 20, 900);
        }
        const data = new DataTransfer();
        const file = new File([await canvas.convertToBlob()], 'mine.png', { type: 'image/png' });
        data.items.add(file);
        return data;
      });
      const long = await longTasks(page, 50, async () => {
        await page.dispatchEvent('.tryit-body', 'drop', { dataTransfer: transfer });
        await panel(page).getByText('Shown: mine.png').waitFor();
        await settled(page);
        await panel(page).getByLabel('Zoom').fill('3');
        await panel(page).getByLabel('Top to bottom').fill('0.9');
        await settled(page);
        await someFrames(page);
      });
      assert.deepEqual(long, [], 'a worker decodes it');
      assert.ok(await page.locator('input[name=source][value=bundled]').isChecked());
      const buffer = Buffer.from('nothing');
      await panel(page)
        .locator('input[type=file]')
        .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer });
      await panel(page)
        .getByRole('alert')
        .getByText(/not a picture/i)
        .waitFor();
    });

    await t.test('camera: frames by the second, a pause, one model only', async () => {
      await page.evaluate(() => {
        const media = globalThis.navigator.mediaDevices;
        const ask = media.getUserMedia.bind(media);
        media.getUserMedia = async (constraints) => {
          const stream = await ask(constraints);
          globalThis.tracks = stream.getTracks();
          return stream;
        };
      });
      await choose(page, 'Camera');
      const speeds = panel(page).locator('.speeds');
      await speeds.getByText('Shown').waitFor();
      assert.match(
        await speeds.innerText(),
        /Float\s+[\d.]+ ms [\d.]+ fps\s+Quantized\s+[\d.]+ ms [\d.]+ fps\s+Shown\s+[\d.]+ fps/,
      );
      await panel(page).getByRole('button', { name: 'Pause' }).click();
      await panel(page).getByRole('button', { name: 'Go on' }).waitFor();
      const still = () =>
        panel(page)
          .locator('.stage canvas')
          .evaluate((canvas) => canvas.toDataURL());
      await someFrames(page);
      const paused = await still();
      await someFrames(page);
      assert.equal(await still(), paused);
      await choose(page, 'Quantized');
      await panel(page).getByRole('button', { name: 'Go on' }).click();
      await page.waitForFunction(
        () => document.querySelectorAll('.tryit .scores thead th').length === 2,
      );
      await page.waitForFunction(
        (old) => document.querySelector('.tryit .stage canvas').toDataURL() !== old,
        paused,
      );
      assert.deepEqual(await axeViolations(page), []);
    });

    await t.test('nothing runs while it is closed', async () => {
      const own = engines(page).filter((worker) => !others.has(worker));
      const gone = own.map((worker) => new Promise((resolve) => worker.once('close', resolve)));
      await toggle(page);
      await page.waitForFunction(() =>
        globalThis.tracks.every(({ readyState }) => readyState === 'ended'),
      );
      await Promise.all(gone);
    });

    await t.test('in Chinese, on a narrow screen', async () => {
      await page.getByLabel('Language').selectOption('zh');
      await page.setViewportSize({ width: 320, height: 700 });
      await open(page);
      await panel(page).getByLabel('样本', { exact: true }).first().check();
      await panel(page)
        .getByText(/最高类别相同/)
        .waitFor();
      assert.match(await text(page, '.tryit'), /试一试[^]*样本[^]*最高类别相同[^]*信噪比/);
      assert.deepEqual(await axeViolations(page), []);
    });
  }));

test('microphone: what was heard last, for a model that takes sounds', () =>
  stage.visit(async (page) => {
    await page.getByRole('button', { name: /Short sounds/ }).click();
    await isDone(page);
    await open(page);
    assert.match(await text(page, '.tryit-words li:first-child'), /top class: [a-z]/);
    assert.equal(await panel(page).getByLabel('Camera', { exact: true }).count(), 0);
    await choose(page, 'Microphone');
    await panel(page).locator('.speeds').getByText('Shown').waitFor();
    await panel(page).getByRole('img', { name: 'The sound that both models are given' }).waitFor();
  }));

const models = existsSync(shared('models')) && existsSync(shared('data'));

test('real models', { skip: !models && 'no real models here' }, (t) =>
  stage.visit(async (page) => {
    await t.test('boxes: the same faces, with key points', async () => {
      await tryModel(page, 'blazeface_front_float.tflite', 'face.jpg');
      assert.equal(await text(page, '.tryit-words li:first-child'), 'Both find the same 3 boxes');
      const [, overlap, apart] = /overlap ([\d.]+) %[^]*at most ([\d.]+) px/.exec(
        await text(page, '.tryit-words'),
      );
      assert.ok(overlap > 90 && apart < 3, `${overlap} % ${apart} px`);
      const [ofFloat, quantized] = await panel(page).locator('.stage canvas').all();
      assert.ok(await hasColor(ofFloat, FLOAT));
      assert.ok(!(await hasColor(ofFloat, QUANTIZED)));
      assert.ok(await hasColor(quantized, QUANTIZED));
      assert.equal(await ofFloat.getAttribute('aria-label'), 'Float: 3 boxes');
      await panel(page).getByText('As a table').click();
      assert.equal(await panel(page).locator('tbody tr').count(), 3);
      await panel(page).getByLabel('Least score').fill('0.95');
      await panel(page).getByRole('img', { name: 'Float: 2 boxes' }).waitFor();
      assert.deepEqual(await axeViolations(page), []);
    });

    await t.test('landmarks: a face that is zoomed in to', async () => {
      await tryModel(page, 'face_landmark_float.tflite', 'face.jpg');
      await panel(page).getByText('zoom in').waitFor();
      await panel(page).getByLabel('Zoom').fill('2.4');
      await panel(page).getByLabel('Left to right').fill('0.67');
      await panel(page).getByLabel('Top to bottom').fill('0.19');
      await panel(page).getByText('zoom in').waitFor({ state: 'detached' });
      assert.match(
        await text(page, '.tryit-words li:first-child'),
        /^Points at most [\d.]+ px apart$/,
      );
      const [, quantized] = await panel(page).locator('.stage canvas').all();
      assert.ok(await hasColor(quantized, QUANTIZED));
    });

    await t.test('masks: what each pixel shows, and where they differ', async () => {
      await tryModel(page, 'meet_segm_128_float.tflite', 'grace_hopper.jpg');
      const [, same] = /^([\d.]+) % of the pixels/.exec(await text(page, '.tryit-words'));
      assert.ok(same > 95, `${same} %`);
      const [ofFloat] = await panel(page).locator('.stage canvas').all();
      const half = await ofFloat.evaluate((canvas) => canvas.toDataURL());
      await panel(page).getByLabel('Opacity').fill('0');
      await page.waitForFunction(
        (old) => document.querySelector('.tryit .stage canvas').toDataURL() !== old,
        half,
      );
      assert.equal(await panel(page).locator('.stage').count(), 3);
      assert.equal(await panel(page).locator('.mask-classes tbody tr').count(), 2);
      await panel(page).getByLabel('Read the outputs as').selectOption('anchors');
      await panel(page).getByText('cannot be read this way').waitFor();
    });

    await t.test('pictures: twice as large, and their difference amplified', async () => {
      await tryModel(page, 'espcn_x2_fp16.tflite', 'low_resolution.jpg');
      assert.match(
        await text(page, '.tryit-words li:first-child'),
        /^Pictures differ by [\d.]+ of 255/,
      );
      await panel(page).getByLabel('Amplify the difference').fill('32');
      await panel(page).getByRole('img', { name: 'Difference, 32×' }).waitFor();
    });

    await t.test('two inputs, one of them given: what the other gets is told', async () => {
      const values = Float32Array.from({ length: 257 }, (_, i) => (i % 7) / 7);
      const buffer = Buffer.from(encodeNpy(values, [1, 1, 257]));
      const file = { name: 'input_2.npy', mimeType: '', buffer };
      await tryModel(page, 'dtln_1_float.tflite', file);
      await panel(page)
        .getByText('Nothing was given for input_3: filled with random values')
        .waitFor();
      assert.match(await text(page, '.tryit-words'), /^SQNR [\d.]+ dB/);
    });
  }),
);
