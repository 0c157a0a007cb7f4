/**
 * Networks of others with real data, from drop to verdict and back out: what the page says of a
 * file is what the library finds in Node.js.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { encodeNpy, load, openDataset, readLabels } from 'octolite';
import { decodeJpeg } from 'octolite/node';
import { download, drop, fileAt, isDone, quantize, shared, useStage } from './browser.mjs';
import { importPageCode } from './support/page_code.mjs';

const file = (path) => fileAt(shared(path));
const folder = (path, pattern) =>
  readdirSync(shared(path))
    .filter((name) => pattern.test(name))
    .map((name) => file(join(path, name)));

/** The class of each photograph is in its name; the networks count 0 as background. */
function photographs() {
  const pictures = folder('data/imagenet', /\.jpg$/);
  const classes = pictures.map(({ name }) => Number(/(\d+)\.jpg$/.exec(name)[1]) + 1);
  return [
    ...pictures,
    { name: 'labels.csv', bytes: Buffer.from(`class\n${classes.join('\n')}\n`) },
  ];
}

/** Windows of five frames of a spectrogram, as the network takes them. */
function toyCar() {
  const { bytes } = file('data/toycar/normal_id_01_00000000_hist_librosa.bin');
  const frames = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const count = frames.length / 128 - 4;
  const windows = new Float32Array(count * 640);
  for (let i = 0; i < count; ++i) windows.set(frames.subarray(128 * i, 128 * i + 640), 640 * i);
  return [{ name: 'toycar.npy', bytes: Buffer.from(encodeNpy(windows, [count, 640])) }];
}

/**
 * `most`: of the float model's bytes. `sqnr`: least of the first output, in dB. `decoded`: the
 * browser decodes the data, not the library, so that Node.js has slightly other numbers.
 */
const MODELS = [
  {
    name: 'mobilenet_v1_0.25_224_float',
    data: photographs,
    range: 'minus_one_one',
    decoded: true,
    most: 0.33,
    sqnr: 5,
    accuracy: 0.5,
  },
  {
    name: 'mnist_conv_float',
    data: () => folder('data/mnist', /gz$/),
    most: 0.3,
    sqnr: 20,
    accuracy: 0.95,
  },
  {
    name: 'resnet8_cifar10_float',
    data: () => folder('data/cifar10/png', /png$/),
    range: 'zero_255',
    most: 0.35,
    sqnr: 10,
  },
  {
    name: 'vww_96_float',
    data: () => folder('data/images', /\.jpg$/),
    decoded: true,
    most: 0.4,
    sqnr: 10,
  },
  { name: 'toycar_ad_float', data: toyCar, most: 0.31, sqnr: 15 },
  {
    name: 'basic_pitch_nmp_float',
    data: () => [file('data/audio/vocadito_10.wav')],
    most: 0.65,
    sqnr: 5,
  },
  {
    name: 'deeplabv3_257_float',
    data: () => [file('data/images/segmentation_input.jpg')],
    range: 'minus_one_one',
    decoded: true,
    most: 0.35,
    sqnr: 10,
  },
];

const stage = useStage();
let octolite;
let pageCode;
before(async () => {
  octolite = await load();
  const [{ optionsOf }, { split }] = await Promise.all([
    importPageCode('features/data/preprocess.ts'),
    importPageCode('features/data/split.ts'),
  ]);
  pageCode = { optionsOf, split };
});

/** What the page measured, found again: with the file that it gave, and the same samples. */
async function measureAgain(float, made, files, preprocessing) {
  const [before, after] = [octolite.loadModel(float), octolite.loadModel(made)];
  try {
    const asDataFile = ({ name, bytes }) => ({ name, arrayBuffer: async () => bytes });
    const isLabels = ({ name }) => /label/.test(name);
    const dataset = await openDataset(
      files.filter((each) => !isLabels(each)).map(asDataFile),
      octolite.inspect(before).inputs,
      { ...pageCode.optionsOf(preprocessing), decodeImage: decodeJpeg },
    );
    const { measure } = pageCode.split(dataset.length, { calibration: 256, measure: 500 });
    const samples = [];
    for (const index of measure) samples.push(await dataset.sample(index));
    const { outputs } = await octolite.compare(before, after, samples);
    const labelFile = files.find(isLabels);
    if (!labelFile) return { outputs, samples: samples.length };
    const classes = await readLabels(asDataFile(labelFile));
    const labels = measure.map((index) => classes[index]);
    const { top1 } = await octolite.evaluate(after, samples, labels);
    return { outputs, samples: samples.length, top1 };
  } finally {
    before.dispose();
    after.dispose();
  }
}

for (const { name, data, range, decoded, most, sqnr, accuracy } of MODELS) {
  const path = shared(`models/${name}.tflite`);
  test(`${name}: from drop to verdict`, { skip: !existsSync(path) && `${path} is absent` }, (t) =>
    stage.visit(async (page) => {
      const model = file(`models/${name}.tflite`);
      const files = data();
      await page.locator('.welcome').waitFor();
      const started = performance.now();
      await drop(page, [model, ...files]);
      await page.locator('.workbench').waitFor();
      const opened = performance.now();
      if (range) await page.getByLabel('Pixel values').selectOption(range);
      await quantize(page);
      await isDone(page);
      const done = performance.now();
      const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
      t.diagnostic(
        `${name}: open after ${seconds(opened - started)}, verdict after ${seconds(done - started)}`,
      );

      const made = await download(page, /Download model/);
      const report = JSON.parse((await download(page, /Download report/)).bytes.toString());
      const share = made.bytes.length / model.bytes.length;
      assert.ok(share < most, `${share} of the size`);
      const [said] = report.fidelity.outputs;
      t.diagnostic(
        `${name}: ${(1 / share).toFixed(2)} times smaller, ${said.sqnrDb.toFixed(1)} dB, ` +
          `${(report.latency.before.medianMs / report.latency.after.medianMs).toFixed(2)} times as fast`,
      );
      assert.ok(said.sqnrDb > sqnr, `${said.sqnrDb} dB`);

      const { outputs, samples, top1 } = await measureAgain(
        model.bytes,
        made.bytes,
        files,
        report.data.preprocessing,
      );
      assert.equal(samples, report.data.measured);
      assert.equal(outputs.length, report.fidelity.outputs.length);
      outputs.forEach((output, i) => {
        const difference = Math.abs(output.sqnrDb - report.fidelity.outputs[i].sqnrDb);
        assert.ok(difference < (decoded ? 2 : 0.01), `${output.name}: ${difference} dB off`);
      });
      if (accuracy) {
        assert.ok(report.accuracy.before.top1 >= accuracy, `${report.accuracy.before.top1}`);
        assert.ok(report.accuracy.after.top1 >= report.accuracy.before.top1 - 0.11);
        assert.ok(Math.abs(top1 - report.accuracy.after.top1) <= (decoded ? 0.11 : 0));
      }
    }),
  );
}
