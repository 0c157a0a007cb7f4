import { writeFile } from 'node:fs/promises';

const KINDS = new Map([
  [Float32Array, '<f4'],
  [Int32Array, '<i4'],
  [Int16Array, '<i2'],
  [Int8Array, '|i1'],
  [Uint8Array, '|u1'],
]);

/** Writes arrays of one shape as one .npy array, stacked along a new first axis. */
export async function writeStack(path, arrays, shape, bool = false) {
  const kind = bool ? '|b1' : KINDS.get(arrays[0].constructor);
  const dims = [arrays.length, ...shape].join(', ');
  const header = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${dims},), }`;
  const text = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const prefix = Buffer.from([
    0x93,
    ...Buffer.from('NUMPY'),
    1,
    0,
    text.length & 255,
    text.length >> 8,
  ]);
  const parts = arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength));
  await writeFile(path, Buffer.concat([prefix, Buffer.from(text), ...parts]));
}
