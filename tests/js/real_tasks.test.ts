// What people use models for, from a file of theirs to the answer, against answers of others.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  decodeImage,
  imageToTensor,
  load,
  decodeSound,
  parseNpz,
  resizeImage,
  type Octolite,
  type PreprocessOptions,
  type TensorInput,
} from 'octolite';
import { decodeJpeg } from 'octolite/node';
import { hasShared, shared } from './support/files.js';

let octolite: Octolite;
beforeAll(async () => {
  octolite = await load();
});
afterAll(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

/** A test that is skipped, by name, where one of the shared files is absent. */
function withFiles(name: string, files: readonly string[], run: () => Promise<void> | void): void {
  (hasShared(...files) ? test : test.skip)(name, run);
}

const image = (path: string) => decodeImage(readFileSync(shared(path)), path, decodeJpeg);

/** Calls `use` with a function from the input of a model to its outputs. */
function using<T>(path: string, use: (run: (input: TensorInput) => Float32Array[]) => T): T {
  using model = octolite.loadModel(readFileSync(shared(path)));
  using interpreter = octolite.createInterpreter(model);
  const [input] = interpreter.getInputDetails();
  const outputs = interpreter.getOutputDetails();
  return use((values) => {
    interpreter.setTensor(input!.index, values);
    interpreter.invoke();
    return outputs.map(({ index }) =>
      Float32Array.from(interpreter.getTensor(index) as Float32Array),
    );
  });
}

const largestAt = (values: Float32Array): number =>
  values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

describe('labels of photographs', () => {
  const labels = 'data/labels/imagenet_1001.txt';
  const photo = 'data/images/grace_hopper.jpg';
  // How far down the list the label may stand: the small network is unsure.
  for (const [model, range, places] of [
    ['models/mobilenet_v2_1.0_224_uint8.tflite', [0, 255], 1],
    ['models/mobilenet_v1_0.25_224_uint8.tflite', [0, 255], 5],
    ['models/mobilenet_v1_0.25_224_float.tflite', [-1, 1], 5],
  ] as const) {
    withFiles(`by ${model}`, [model, labels, photo], async () => {
      const names = readFileSync(shared(labels), 'utf8').split('\n');
      const values = await photograph(model, photo, { range, resize: 'stretch' });
      const input = model.includes('uint8') ? Uint8Array.from(values) : values;
      const [scores] = using(model, (run) => run(input));
      const order = Array.from(scores!, (_, i) => i).sort((a, b) => scores![b]! - scores![a]!);
      const best = order.slice(0, places).map((i) => names[i]);
      expect(best).toContain('military uniform');
    });
  }
});

function inspect(path: string) {
  using model = octolite.loadModel(readFileSync(shared(path)));
  return octolite.inspect(model);
}

async function photograph(model: string, path: string, options: PreprocessOptions) {
  return imageToTensor(await image(path), inspect(model).inputs[0]!, options);
}

describe('a pose', () => {
  const model = 'models/movenet_lightning_int8.tflite';
  const golden = 'data/golden/movenet_lightning_int8_squat.csv';
  withFiles('by MoveNet is where its authors found it', [model, golden], async () => {
    const expected = readFileSync(shared(golden), 'utf8').trim().split('\n').slice(1);
    const squat = resizeImage(await image('data/images/squat.bmp'), 192, 192, 'stretch');
    const pixels = Uint8Array.from(squat.data.filter((_, i) => i % 4 !== 3));
    using(model, (run) => {
      const [points] = run(pixels);
      expect(points).toHaveLength(17 * 3);
      expected.forEach((line, i) => {
        const [, , , score, x, y] = line.split(',').map(Number);
        if (score! < 0.3) return;
        expect(Math.abs(points![3 * i]! - y!)).toBeLessThan(0.05);
        expect(Math.abs(points![3 * i + 1]! - x!)).toBeLessThan(0.05);
      });
    });
  });
});

describe('the parts of a picture', () => {
  const model = 'models/deeplabv3_257_float.tflite';
  const golden = 'data/golden/deeplabv3_segmentation_input.png';
  withFiles('by DeepLab are those of its reference mask', [model, golden], async () => {
    const mask = await image(golden);
    const input = await photograph(model, 'data/images/segmentation_input.jpg', {
      range: [-1, 1],
      resize: 'stretch',
    });
    using(model, (run) => {
      const [scores] = run(input);
      const classes = 21;
      let same = 0;
      const pixels = mask.width * mask.height;
      expect(scores).toHaveLength(pixels * classes);
      for (let i = 0; i < pixels; ++i) {
        const best = largestAt(scores!.subarray(i * classes, (i + 1) * classes));
        same += best === Math.round(mask.data[4 * i]! / 10) ? 1 : 0;
      }
      expect(same / pixels).toBeGreaterThan(0.99);
    });
  });
});

describe('spoken words', () => {
  const data = 'data/kws01/kws01_500.bin';
  const features = 490;
  for (const [model, accuracy] of [
    ['models/kws_dscnn_int8.tflite', 0.89],
    ['models/kws_dscnn_dynamic.tflite', 0.9],
  ] as const) {
    withFiles(`are told apart by ${model}`, [model, data], () => {
      const bytes = readFileSync(shared(data));
      const records = bytes.length / (features + 1);
      using(model, (run) => {
        let right = 0;
        for (let i = 0; i < records; ++i) {
          const start = i * (features + 1);
          const quantized = new Int8Array(bytes.subarray(start + 1, start + 1 + features));
          // The features lie in the input scale of the int8 model.
          const input = model.includes('int8')
            ? quantized
            : Float32Array.from(quantized, (q) => 0.584703 * (q - 83));
          right += largestAt(run(input)[0]!) === bytes[start] ? 1 : 0;
        }
        expect(right / records).toBeGreaterThan(accuracy);
      });
    });
  }
});

describe('the notes of a song', () => {
  const model = 'models/basic_pitch_nmp_float.tflite';
  const song = 'data/audio/vocadito_10.wav';
  const golden = 'data/golden/basic_pitch_vocadito_10.npz';
  withFiles('by basic-pitch are those of its authors', [model, song, golden], async () => {
    const expected = await parseNpz(readFileSync(shared(golden)));
    const audio = await decodeSound(readFileSync(shared(song)), { sampleRate: 22050 });
    // Windows overlap by 30 frames of 256 samples, of which each gives up 15 at either end.
    const window = 43844;
    const overlap = 30 * 256;
    const padded = new Float32Array(overlap / 2 + audio.length + window);
    padded.set(audio, overlap / 2);
    using(model, (run) => {
      // The model's outputs, in its order.
      const joined = { onset: [] as number[], note: [] as number[], contour: [] as number[] };
      for (let start = 0; start < audio.length + overlap / 2; start += window - overlap) {
        const outputs = run(padded.subarray(start, start + window));
        Object.values(joined).forEach((values, i) => {
          const columns = outputs[i]!.length / 172;
          values.push(...outputs[i]!.subarray(15 * columns, (172 - 15) * columns));
        });
      }
      for (const [name, values] of Object.entries(joined)) {
        const wanted = expected.get(name)!.data as Float32Array;
        expect(correlation(values.slice(0, wanted.length), wanted)).toBeGreaterThan(0.999);
      }
    });
  });
});

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = a.length;
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((x, y) => x + y, 0) / count;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < count; ++i) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
