import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  decodeSound,
  openDataset,
  parseWav,
  resampleSound,
  type DataFile,
  type DatasetOptions,
  type Sound,
  type TensorDetails,
} from 'octolite';
import { refusal } from './support/errors.js';
import { hasShared, shared } from './support/files.js';
import { wavOf } from './support/make_files.js';

function tone(frequency: number, rate: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate));
}

/** Without the ends, where silence comes in. */
function inner(samples: Float32Array, margin: number): Float32Array {
  return samples.subarray(margin, samples.length - margin);
}

function largest(samples: Float32Array): number {
  return samples.reduce((most, value) => (value > most ? value : -value > most ? -value : most), 0);
}

function difference(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return largest(a.map((value, i) => value - b[i]!));
}

describe('resampling', () => {
  test.each([
    [44100, 16000, 1000],
    [48000, 16000, 7300],
    [44100, 22050, 10000],
    [8000, 44100, 3600],
    [16000, 16001, 440],
    [11025.5, 8000, 300],
  ])('%p to %p Hz keeps a tone of %p Hz where it is', (from, to, frequency) => {
    const length = 6000;
    const result = resampleSound(tone(frequency, from, length), from, to);
    expect(result).toHaveLength(Math.ceil((length * to) / from));
    const margin = Math.ceil(80 * Math.max(1, to / from));
    const expected = tone(frequency, to, result.length);
    expect(difference(inner(result, margin), inner(expected, margin))).toBeLessThan(2e-3);
  });

  test('what the new rate cannot hold is gone, and no mirror of it appears', () => {
    const decibels = (samples: Float32Array): number => 20 * Math.log10(largest(samples));
    for (const frequency of [8001, 9000, 15000, 20000]) {
      const result = resampleSound(tone(frequency, 44100, 9000), 44100, 16000);
      expect(decibels(inner(result, 200))).toBeLessThan(-78);
    }
    // Upwards: a tone of 3 kHz at 8 kHz must not come back at 5 kHz.
    const up = resampleSound(tone(3000, 8000, 4000), 8000, 16000);
    const [ours, mirror] = [3000, 5000].map((frequency) => {
      const part = inner(up, 400);
      let [re, im] = [0, 0];
      part.forEach((value, i) => {
        re += value * Math.cos((2 * Math.PI * frequency * i) / 16000);
        im += value * Math.sin((2 * Math.PI * frequency * i) / 16000);
      });
      return (2 * Math.hypot(re, im)) / part.length;
    });
    expect(ours).toBeCloseTo(1, 2);
    expect(mirror).toBeLessThan(1e-3);
  });

  test('there and back is what it was, for what both rates hold', () => {
    const sound = tone(500, 16000, 4000).map((value, i) => value * Math.sin((Math.PI * i) / 4000));
    const back = resampleSound(resampleSound(sound, 16000, 22050), 22050, 16000);
    expect(difference(inner(back.subarray(0, 4000), 100), inner(sound, 100))).toBeLessThan(1e-3);
  });

  test('silence, nothing and the same rate', () => {
    expect(resampleSound(new Float32Array(10), 8000, 4000)).toEqual(new Float32Array(5));
    expect(resampleSound(new Float32Array(), 8000, 4000)).toHaveLength(0);
    const sound = tone(100, 8000, 10);
    const same = resampleSound(sound, 8000, 8000);
    expect(same).toEqual(sound);
    expect(same.buffer).not.toBe(sound.buffer);
  });

  test('rates that are none are refused', async () => {
    for (const rate of [0, -1, NaN, Infinity, 99, 1e7]) {
      await refusal(() => resampleSound(new Float32Array(1), rate, 16000), 'INVALID_ARGUMENT');
      await refusal(() => resampleSound(new Float32Array(1), 16000, rate), 'INVALID_ARGUMENT');
    }
    const many = new Float32Array(60_000);
    await refusal(() => resampleSound(many, 100, 1e6), 'INVALID_ARGUMENT');
  });
});

const STEREO: Sound = {
  sampleRate: 8000,
  channels: 2,
  samples: Float32Array.from([0.5, -0.5, 1, 0, -0.25, -0.75]),
};

describe('decoding', () => {
  test('WAVE, with the mean of its channels, at its own rate or another', async () => {
    const bytes = wavOf(STEREO);
    const own = await decodeSound(bytes);
    expect(Array.from(own, (value) => value.toFixed(3))).toEqual(['0.000', '0.500', '-0.500']);
    expect(await decodeSound(bytes, { sampleRate: 8000 })).toEqual(own);
    expect(await decodeSound(bytes, { sampleRate: 16000 })).toEqual(
      resampleSound(own, 8000, 16000),
    );
  });

  test('others by a decoder that is handed in', async () => {
    const bytes = new TextEncoder().encode('ID3 and so on');
    const given: unknown[] = [];
    const decoder = (...args: unknown[]): Promise<Sound> => {
      given.push(args);
      return Promise.resolve(STEREO);
    };
    const sound = await decodeSound(bytes, { sampleRate: 4000, file: 'a.mp3', decoder });
    expect(given).toEqual([[bytes, 'a.mp3']]);
    expect(sound).toHaveLength(2);
  });

  test('without one, Node.js says what to do', async () => {
    const { message } = await refusal(
      () => decodeSound(new Uint8Array(8), { file: 'a.mp3', sampleRate: 16000 }),
      'BAD_DATA_FILE',
    );
    expect(message).toMatch(/\(a\.mp3\); make a WAVE file of it/);
  });

  test('a rate that makes no sense is refused with the file that has it', async () => {
    const bytes = wavOf({ ...STEREO, sampleRate: 1 });
    const { message } = await refusal(
      () => decodeSound(bytes, { sampleRate: 16000, file: 'slow.wav' }),
      'INVALID_ARGUMENT',
    );
    expect(message).toContain('1 Hz (slow.wav)');
  });
});

describe('sounds as samples of a dataset', () => {
  const input: TensorDetails = {
    name: 'audio',
    index: 0,
    shape: [1, 4],
    shapeSignature: [1, 4],
    dtype: 'float32',
    quantization: { scale: 0, zeroPoint: 0, scales: [], zeroPoints: [], quantizedDimension: 0 },
  };
  const file = (name: string, bytes: Uint8Array): DataFile => ({
    name,
    arrayBuffer: () => Promise.resolve(bytes),
  });
  const stereo = { ...STEREO, samples: tone(100, 8000, 24) };
  const open = async (name: string, bytes: Uint8Array, options: DatasetOptions = {}) => {
    const dataset = await openDataset([file(name, bytes)], [input], options);
    return { notes: dataset.notes, length: dataset.length, first: await dataset.sample(0) };
  };

  test('at their own rate, which is said, or at the one that the model takes', async () => {
    const bytes = wavOf(stereo);
    const mono = await decodeSound(bytes);
    expect(await open('a.wav', bytes)).toEqual({
      notes: [expect.stringContaining('8000 Hz')],
      length: 3,
      first: mono.slice(0, 4),
    });
    expect(await open('a.wav', bytes, { sampleRate: 16000 })).toEqual({
      notes: [],
      length: 6,
      first: resampleSound(mono, 8000, 16000).slice(0, 4),
    });
  });

  test('of other kinds by a decoder', async () => {
    const options = { sampleRate: 8000, decodeSound: () => stereo };
    expect((await open('a.mp3', new Uint8Array(3), options)).length).toBe(3);
    await refusal(() => open('a.mp3', new Uint8Array(3)), 'BAD_DATA_FILE');
    await refusal(() => open('a.wav', wavOf(STEREO)), 'SHAPE_MISMATCH');
  });
});

const SONG = 'data/audio/vocadito_10.wav';
(hasShared(SONG) ? test : test.skip)(
  'a real song keeps its energy below the new limit',
  async () => {
    const { samples, sampleRate } = parseWav(readFileSync(shared(SONG)));
    const half = await decodeSound(readFileSync(shared(SONG)), { sampleRate: 16000 });
    expect(half).toHaveLength(Math.ceil((samples.length * 16000) / sampleRate));
    const power = (sound: Float32Array): number =>
      sound.reduce((sum, value) => sum + value * value, 0) / sound.length;
    // Singing has next to nothing above 8 kHz.
    expect(power(half) / power(samples)).toBeCloseTo(1, 2);
  },
);
