/** Both models on the same input: what is drawn and said of it, from files, camera and microphone. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import {
  axeViolations,
  drop,
  fileAt,
  isDone,
  useStage,
  quantize,
  shared,
  text,
} from './browser.mjs';

const stage = useStage({
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});

const panel = (page) => page.locator('.tryit');
const toggle = (page) => panel(page).locator('summary').first().click();

/** Opens the panel and waits for the first outcome. */
async function open(page) {
  await toggle(page);
  await settled(page);
}

/** Waits until what is chosen has been run and drawn. */
async function settled(page) {
  await page.locator('.tryit-body[aria-busy=false] .tryit-words').waitFor();
}

async function openSample(page, name) {
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await isDone(page);
  await open(page);
}

/** Quantizes a real model without data, and tries it on a file. */
async function tryModel(page, model, data) {
  await drop(page, [fileAt(shared(`models/${model}`))]);
  await page.locator('.workbench').waitFor();
  await page.locator('input[name=source][value=random]').check();
  await page.locator('input[value=dynamic]').check();
  await quantize(page);
  await isDone(page);
  await open(page);
  if (data) await tryFile(page, data);
}

async function tryFile(page, data) {
  await panel(page).getByLabel('File', { exact: true }).check();
  await panel(page)
    .locator('input[type=file]')
    .setInputFiles(shared(`data/${data}`));
  await panel(page)
    .getByText(`Shown: ${data.split('/').at(-1)}`)
    .waitFor();
  await settled(page);
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

const models = existsSync(shared('models')) && existsSync(shared('data'));

test('the sample: classes by name, one sample after the other, raw tensors, random', () =>
  stage.visit(async (page) => {
    const workers = () => page.workers().length;
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await isDone(page);
    const atFirst = workers();
    await open(page);
    assert.ok(workers() > atFirst, 'a worker of its own');
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
    await page.waitForFunction((old) => document.querySelector('.scores').innerText !== old, first);
    await settled(page);

    await panel(page).getByLabel('Read the outputs as').selectOption('raw');
    await panel(page).getByRole('region', { name: 'The outputs of both models' }).waitFor();
    assert.match(await text(page, '.tryit table'), /1 × 16[^]*dB/);
    await panel(page).getByLabel('Random', { exact: true }).check();
    await panel(page).getByRole('button', { name: 'Another' }).click();
    await settled(page);
    assert.deepEqual(await axeViolations(page), []);

    await toggle(page);
    await page.waitForFunction(() => !document.querySelector('.tryit-body'));
    for (const end = Date.now() + 20_000; workers() > atFirst && Date.now() < end;) {
      await page.waitForTimeout(100);
    }
    assert.ok(workers() <= atFirst, 'nothing runs while it is closed');
  }));

test('a file that is dropped on it is tried, and is no data to measure with', () =>
  stage.visit(async (page) => {
    await openSample(page, 'Use the sample');
    const png = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(40, 30);
      canvas.getContext('2d').fillRect(5, 5, 20, 20);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return globalThis.btoa(String.fromCharCode(...bytes));
    });
    const transfer = await page.evaluateHandle((base64) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], 'mine.png', { type: 'image/png' }));
      return data;
    }, png);
    await page.dispatchEvent('.tryit-body', 'drop', { dataTransfer: transfer });
    await panel(page).getByText('Shown: mine.png').waitFor();
    await settled(page);
    assert.ok(await page.locator('input[name=source][value=bundled]').isChecked());

    await panel(page)
      .locator('input[type=file]')
      .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('nothing') });
    await panel(page).getByRole('alert').waitFor();
  }));

test('camera: frames by the second, a pause, one model only, and off when closed', () =>
  stage.visit(async (page) => {
    await page.addInitScript(() => {
      const media = globalThis.navigator.mediaDevices;
      const ask = media.getUserMedia.bind(media);
      media.getUserMedia = async (constraints) => {
        const stream = await ask(constraints);
        globalThis.tracks = stream.getTracks();
        return stream;
      };
    });
    await page.reload();
    await openSample(page, 'Use the sample');
    await panel(page).getByLabel('Camera', { exact: true }).check();
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
    await page.waitForTimeout(300);
    const paused = await still();
    await page.waitForTimeout(300);
    assert.equal(await still(), paused);
    await panel(page).getByLabel('Quantized', { exact: true }).check();
    await panel(page).getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction(
      () => document.querySelectorAll('.tryit .scores thead th').length === 2,
    );
    await page.evaluate((old) => {
      globalThis.pausedPicture = old;
    }, paused);
    await page.waitForFunction(
      () => document.querySelector('.tryit .stage canvas').toDataURL() !== globalThis.pausedPicture,
    );
    assert.deepEqual(await axeViolations(page), []);
    await toggle(page);
    await page.waitForFunction(() =>
      globalThis.tracks.every(({ readyState }) => readyState === 'ended'),
    );
  }));

test('microphone: what was heard last, for a model that takes sounds', () =>
  stage.visit(async (page) => {
    await openSample(page, 'Short sounds');
    assert.match(await text(page, '.tryit-words li:first-child'), /top class: [a-z]/);
    assert.equal(await panel(page).getByLabel('Camera', { exact: true }).count(), 0);
    await panel(page).getByLabel('Microphone', { exact: true }).check();
    await panel(page).locator('.speeds').getByText('Shown').waitFor();
    await panel(page).getByRole('img', { name: 'The sound that both models are given' }).waitFor();
  }));

test('in Chinese', () =>
  stage.visit(
    async (page) => {
      await page.locator('.welcome button').first().click();
      await isDone(page);
      await open(page);
      assert.match(await text(page, '.tryit'), /试一试[^]*样本[^]*最高类别相同[^]*信噪比/);
      assert.deepEqual(await axeViolations(page), []);
    },
    { locale: 'zh-CN', viewport: { width: 320, height: 700 } },
  ));

test('boxes: the same faces, with key points', { skip: !models && 'no real models here' }, () =>
  stage.visit(async (page) => {
    await tryModel(page, 'blazeface_front_float.tflite', 'images/face.jpg');
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
  }),
);

test('landmarks: a face that is zoomed in to', { skip: !models && 'no real models here' }, () =>
  stage.visit(async (page) => {
    await tryModel(page, 'face_landmark_float.tflite', 'images/face.jpg');
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
  }),
);

test(
  'masks: what each pixel shows, and where they differ',
  { skip: !models && 'no real models here' },
  () =>
    stage.visit(async (page) => {
      await tryModel(page, 'meet_segm_128_float.tflite', 'images/grace_hopper.jpg');
      const [, same] = /^([\d.]+) % of the pixels/.exec(await text(page, '.tryit-words'));
      assert.ok(same > 95, `${same} %`);
      const [ofFloat] = await panel(page).locator('.stage canvas').all();
      const look = () => ofFloat.evaluate((canvas) => canvas.toDataURL());
      const half = await look();
      await panel(page).getByLabel('Opacity').fill('0');
      assert.notEqual(await look(), half);
      assert.equal(await panel(page).locator('.stage').count(), 3);
      assert.equal(await panel(page).locator('.mask-classes tbody tr').count(), 2);
      await panel(page).getByLabel('Read the outputs as').selectOption('anchors');
      await panel(page).getByText('cannot be read this way').waitFor();
    }),
);

test(
  'pictures: twice as large, and their difference amplified',
  { skip: !models && 'no real models here' },
  () =>
    stage.visit(async (page) => {
      await tryModel(page, 'espcn_x2_fp16.tflite', 'images/low_resolution.jpg');
      assert.match(
        await text(page, '.tryit-words li:first-child'),
        /^Pictures differ by [\d.]+ of 255/,
      );
      await panel(page).getByLabel('Amplify the difference').fill('32');
      await panel(page).getByRole('img', { name: 'Difference, 32×' }).waitFor();
    }),
);
