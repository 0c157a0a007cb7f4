// Samples for a network: some to calibrate with, others to measure on.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset, randomSample } from '../../../dist/index.js';
import { dataFiles, decodeJpeg } from '../../../dist/node/index.js';

/** The same order everywhere, but not that of the files. */
function shuffled(count) {
  const order = Array.from({ length: count }, (_, i) => i);
  let state = 12345;
  for (let i = count - 1; i > 0; --i) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

async function picturesAndArrays(folder, model, inputs) {
  const files = await dataFiles(model.data.map((path) => join(folder, path)));
  const dataset = await openDataset(files, inputs, {
    ...model.options,
    decodeImage: (bytes, name) => decodeJpeg(bytes, name),
  });
  const samples = [];
  for await (const sample of dataset) samples.push(sample);
  return samples;
}

/** Records of a label and the pixels of a picture, channel by channel or pixel by pixel. */
async function cifar(folder, model, input) {
  const bytes = await readFile(join(folder, model.cifar));
  const size = 32 * 32 * 3;
  const samples = [];
  const labels = [];
  for (let at = 0; at + 1 + size <= bytes.length; at += 1 + size) {
    labels.push(bytes[at]);
    samples.push({ [input.name]: Float32Array.from(bytes.subarray(at + 1, at + 1 + size)) });
  }
  return { samples, labels };
}

async function frames(folder, model, input) {
  const bytes = await readFile(join(folder, model.frames));
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const samples = [];
  for (let at = 0; at + 640 <= values.length; at += 128) {
    samples.push({ [input.name]: values.slice(at, at + 640) });
  }
  return { samples };
}

async function keypoints(folder, model, input) {
  const rows = (await readFile(join(folder, model.keypoints), 'utf8')).trim().split('\n');
  const numbers = rows.map((row) => row.split(',').map(Number));
  return {
    samples: numbers.map(([, ...values]) => ({ [input.name]: Float32Array.from(values) })),
    labels: numbers.map(([label]) => label),
  };
}

async function labelsOf(folder, path) {
  const { gunzipSync } = await import('node:zlib');
  return [...gunzipSync(await readFile(join(folder, path))).subarray(8)];
}

/**
 * @returns {{calibration, evaluation, labels?}} Lists of samples, by input name; labels of the
 * evaluation where there are any.
 */
export async function samplesFor(folder, model, inputs) {
  let all;
  let labels;
  if (model.random) {
    all = Array.from({ length: model.random }, (_, i) => randomSample(inputs, i + 1));
  } else if (model.cifar) {
    ({ samples: all, labels } = await cifar(folder, model, inputs[0]));
  } else if (model.frames) {
    ({ samples: all } = await frames(folder, model, inputs[0]));
  } else if (model.keypoints) {
    ({ samples: all, labels } = await keypoints(folder, model, inputs[0]));
  } else if (model.mnistRows) {
    const data = ['mnist/t10k_0-4999-images-idx3-ubyte.gz'];
    all = await picturesAndArrays(folder, { data, options: { range: [0, 1] } }, inputs);
    labels = await labelsOf(folder, 'mnist/t10k_0-4999-labels-idx1-ubyte.gz');
  } else {
    all = await picturesAndArrays(folder, model, inputs);
    if (model.labels) labels = await labelsOf(folder, model.labels);
  }
  const order = shuffled(all.length);
  const count = Math.min(model.calibrate ?? (labels ? 100 : Math.ceil(all.length / 2)), all.length);
  const rest = order.slice(count, count + (model.evaluate ?? (labels ? 400 : 24)));
  return {
    calibration: order.slice(0, count).map((i) => all[i]),
    evaluation: rest.map((i) => all[i]),
    ...(labels && { labels: rest.map((i) => labels[i]) }),
  };
}
