// One model, several recipes: what each costs in accuracy, and what it saves in size and time.
//
//   node compare.js [RECIPE ...]
import { readFile } from 'node:fs/promises';
import { load, openDataset, readLabels } from 'octolite';
import { dataFiles } from 'octolite/node';
import { fileURLToPath } from 'node:url';

const sample = (name) => fileURLToPath(new URL(`../sample-model/${name}`, import.meta.url));

const recipes =
  process.argv.length > 2
    ? process.argv.slice(2)
    : [
        'float16',
        'weight_only_wi8_afp32',
        'dynamic_wi8_afp32',
        'static_wi8_ai16',
        'static_wi8_ai8',
        'static_wi4_ai8',
      ];

const octolite = await load();
const float = octolite.loadModel(await readFile(sample('shapes.tflite')));
const { inputs } = octolite.inspect(float);

const pictures = async (set, limit) => {
  const files = await dataFiles([sample(`${set}-images-idx4-ubyte.gz`)]);
  return openDataset(files, inputs, { range: [0, 1], limit });
};
const [labelFile] = await dataFiles([sample('evaluation-labels-idx1-ubyte.gz')]);
const labels = await readLabels(labelFile);
const evaluation = await pictures('evaluation');
const fewer = await pictures('evaluation', 96);

// Statistics do not depend on the recipe, so that one calibration serves all of them.
const calibration = await octolite.calibrate(float, await pictures('calibration'));

const rows = [];
const floatTop1 = (await octolite.evaluate(float, evaluation, labels)).top1;
const floatTime = await octolite.benchmark(float);
rows.push(row('float32', float.byteLength, undefined, floatTop1, floatTime));

for (const recipe of recipes) {
  const { bytes } = await octolite.quantize(float, { recipe, calibration });
  const model = octolite.loadModel(bytes);
  const { outputs } = await octolite.compare(float, model, fewer);
  const { top1 } = await octolite.evaluate(model, evaluation, labels);
  rows.push(row(recipe, bytes.length, outputs[0].sqnrDb, top1, await octolite.benchmark(model)));
  model.dispose();
}
float.dispose();

function row(name, bytes, sqnrDb, top1, { medianMs }) {
  return [
    name,
    `${(bytes / 1000).toFixed(1)} kB`,
    sqnrDb === undefined ? '-' : `${sqnrDb.toFixed(1)} dB`,
    `${(100 * top1).toFixed(1)} %`,
    `${medianMs.toFixed(2)} ms`,
  ];
}

const table = [['recipe', 'size', 'SQNR', 'top-1', 'median'], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
for (const [name, ...numbers] of table) {
  const cells = numbers.map((cell, i) => cell.padStart(widths[i + 1]));
  console.log([name.padEnd(widths[0]), ...cells].join('  '));
}
