import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'octolite';
import { guessPreprocessing } from '../../../web/features/data/guess.js';
import { readInputMetadata } from '../../../web/features/data/metadata.js';
import { hasShared, shared } from '../support/files.js';

const sample = readFileSync(
  join(import.meta.dirname, '../../../examples/sample-model/shapes.tflite'),
);

async function guess(name: string, bytes: Uint8Array) {
  const octolite = await load();
  const model = octolite.loadModel(bytes);
  try {
    const { preprocessing, reason } = guessPreprocessing(name, bytes, octolite.inspect(model));
    return { ...preprocessing, reason };
  } finally {
    model.dispose();
  }
}

test('a model that says nothing gets the usual, and the page says so', async () => {
  expect(readInputMetadata(sample)).toBeNull();
  expect(await guess('shapes.tflite', sample)).toMatchObject({
    range: 'zero_one',
    reason: 'unknown',
  });
});

test('bytes that are cut or no model at all are no metadata', () => {
  for (const length of [0, 3, 8, 100])
    expect(readInputMetadata(sample.subarray(0, length))).toBeNull();
  expect(readInputMetadata(new Uint8Array(64).fill(255))).toBeNull();
});

const REAL = [
  ['mobilenet_v1_0.25_224_uint8', { range: 'minus_one_one', reason: 'metadata' }],
  ['mobilenet_v1_0.25_224_float', { range: 'minus_one_one', reason: 'name' }],
  ['mobilenet_v2_035_96_embedder_dynamic', { range: 'minus_one_one', reason: 'metadata' }],
  ['yamnet_int8_floatio', { sampleRate: 16000, reason: 'rate' }],
  ['basic_pitch_nmp_float', { sampleRate: 22050, reason: 'rate' }],
  ['resnet8_cifar10_float', { range: 'zero_one', reason: 'unknown' }],
] as const;

describe('real models', () => {
  for (const [name, expected] of REAL) {
    const path = `models/${name}.tflite`;
    (hasShared(path) ? test : test.skip)(name, async () => {
      expect(await guess(name, readFileSync(shared(path)))).toMatchObject(expected);
    });
  }
});
