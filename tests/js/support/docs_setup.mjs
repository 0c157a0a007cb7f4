// What the code of a page finds made, where the page says so: <!-- setup: bytes, samples -->
import { readFileSync } from 'node:fs';
import { load, openDataset, readLabels } from 'octolite';
import { dataFiles } from 'octolite/node';

const engine = await load();

/** Of the sample model. */
export const bytes = readFileSync('model.tflite');

const [input] = engine.inspect(engine.loadModel(bytes)).inputs;
const options = { range: /** @type {const} */ ([0, 1]) };

/** @param {string} path */
async function read(path, limit) {
  const files = await dataFiles([path]);
  const all = [];
  for await (const sample of await openDataset(files, [input], { ...options, limit })) {
    all.push(sample);
  }
  return all;
}

/** Pictures as the model takes them: float32 [1, 40, 40, 3], 0 to 1. */
export const samples = await read('calibration.idx.gz', 16);
export const pictures = await read('pictures.idx.gz', 64);
/** The first of them. */
export const pixels = pictures[0];
/** Their classes. */
export const labels = await readLabels((await dataFiles(['labels.idx.gz']))[0], { limit: 64 });
/** The names of the classes. */
export const names = readFileSync('labels.txt', 'utf8').trim().split('\n');
