// Says which words are in recordings.
//
//   node spot.js MODEL.tflite RECORDING.wav ...
import { readFile } from 'node:fs/promises';
import { decodeSound, load } from 'octolite';
import { CLIP_SAMPLES, SAMPLE_RATE } from './features.js';
import { checkModel, spot } from './spotter.js';

/** Clips overlap by half, so that no word is cut in both of two. */
const HOP = CLIP_SAMPLES / 2;

const [modelPath, ...recordings] = process.argv.slice(2);
if (recordings.length === 0) {
  console.error('usage: node spot.js MODEL.tflite RECORDING.wav ...');
  process.exit(2);
}

const octolite = await load();
const model = octolite.loadModel(await readFile(modelPath));
const interpreter = octolite.createInterpreter(model);
model.dispose();
await checkModel(interpreter);

for (const recording of recordings) {
  // Of any rate and number of channels.
  const bytes = await readFile(recording);
  const samples = await decodeSound(bytes, { sampleRate: SAMPLE_RATE, file: recording });
  for (let start = 0; start === 0 || start + CLIP_SAMPLES <= samples.length; start += HOP) {
    const clip = new Float32Array(CLIP_SAMPLES);
    clip.set(samples.subarray(start, start + CLIP_SAMPLES));
    const { label, score } = await spot(interpreter, clip);
    const time = (start / SAMPLE_RATE).toFixed(1);
    console.log(`${recording} ${time} s: ${label} (${(100 * score).toFixed(0)} %)`);
  }
}
interpreter.dispose();
