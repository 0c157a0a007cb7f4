import { expect, test } from '@jest/globals';
import { uniqueNames } from '../../../web/features/batch/names.js';
import { zip } from '../../../web/features/batch/zip.js';

test('files of one name get numbers', () => {
  expect(uniqueNames(['a.tflite', 'b.tflite', 'a.tflite', 'a', 'a', 'a.tflite'])).toEqual([
    'a.tflite',
    'b.tflite',
    'a (2).tflite',
    'a',
    'a (2)',
    'a (3).tflite',
  ]);
});

test('an archive holds every file whole', async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  const packed = Buffer.from(
    await (
      await zip([
        { name: 'large.bin', bytes },
        { name: 'small.txt', bytes: Buffer.from('hello') },
      ])
    ).arrayBuffer(),
  );
  expect(packed.readUInt32LE(0)).toBe(0x04034b50);
  expect(packed.includes(Buffer.from(bytes))).toBe(true);
  expect(packed.includes('hello')).toBe(true);
  expect(packed.readUInt16LE(packed.length - 22 + 10)).toBe(2);
});
