// Calibrates with samples of your own making, in two parts as on two machines; merges what was seen;
// and compares ways to choose ranges from it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, mergeStatistics, statisticsFromJson, statisticsToJson } from 'octolite';
import { pictures } from './dataset.js';

const sample = (name) => new URL(`../sample-model/${name}`, import.meta.url);
const calibrationSet = sample('calibration-images-idx4-ubyte.gz');

const octolite = await load();
const model = octolite.loadModel(await readFile(sample('shapes.tflite')));

// Each part could be the work of another machine: statistics are a value that is saved and sent.
const folder = await mkdtemp(join(tmpdir(), 'statistics-'));
const parts = [
  { from: 0, to: 48, seed: 1 },
  { from: 48, to: 96, seed: 2 },
];
const files = [];
for (const part of parts) {
  const statistics = await octolite.calibrate(model, pictures(calibrationSet, part));
  const file = join(folder, `part-${files.length}.json`);
  await writeFile(file, statisticsToJson(statistics));
  files.push(file);
  const [{ samples, tensors }] = statistics.subgraphs;
  console.log(`part ${files.length}: ${samples} samples, ${tensors.length} tensors`);
}

const saved = await Promise.all(files.map((file) => readFile(file, 'utf8')));
await rm(folder, { recursive: true });
const merged = mergeStatistics(...saved.map((text) => statisticsFromJson(text)));
console.log(`merged: ${merged.subgraphs[0].samples} samples`);

// Neither order nor division matters: the same file comes out as of one long calibration.
async function* everything() {
  for (const part of parts) yield* pictures(calibrationSet, part);
}
const recipe = 'static_wi8_ai8';
const inOne = await octolite.quantize(model, { recipe, calibration: everything() });
const inParts = await octolite.quantize(model, { recipe, calibration: merged });
const same = Buffer.compare(inOne.bytes, inParts.bytes) === 0;
console.log(`in one go: ${same ? 'the same file, byte for byte' : 'another file'}`);

// Statistics keep a histogram of every tensor, so that no observer needs the samples again.
const evaluationSet = sample('evaluation-images-idx4-ubyte.gz');
const observers = [
  { observer: 'min_max' },
  { observer: 'percentile', percentile: 99.99 },
  { observer: 'percentile', percentile: 99.9 },
  { observer: 'mse' },
  { observer: 'entropy' },
];
for (const choice of observers) {
  const { bytes } = await octolite.quantize(model, { recipe, calibration: merged, ...choice });
  const quantized = octolite.loadModel(bytes);
  const unseen = pictures(evaluationSet, { to: 64, seed: 3 });
  const { outputs } = await octolite.compare(model, quantized, unseen);
  const name = [choice.observer, choice.percentile ?? ''].join(' ').padEnd(18);
  const agreement = `${(100 * outputs[0].top1Agreement).toFixed(1)} %`;
  console.log(`${name} SQNR ${outputs[0].sqnrDb.toFixed(1)} dB, same class ${agreement}`);
  quantized.dispose();
}
model.dispose();
