import { elementCount } from '../tensor_data.js';
import { badFile } from './bad_file.js';
import { bytesOfKind, readElements, type ElementKind, type NumericArray } from './nd_array.js';

const KINDS: Readonly<Record<number, ElementKind>> = {
  0x08: 'u1',
  0x09: 'i1',
  0x0b: 'i2',
  0x0c: 'i4',
  0x0d: 'f4',
  0x0e: 'f8',
};

export function isIdx(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0 && bytes[1] === 0 && KINDS[bytes[2] ?? 0] !== undefined && (bytes[3] ?? 0) > 0
  );
}

/**
 * Reads an idx file, the format of MNIST: big byte order, sizes first.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export function parseIdx(bytes: Uint8Array, file = 'idx'): NumericArray {
  const kind = isIdx(bytes) ? KINDS[bytes[2]!] : undefined;
  if (!kind) badFile(file, 'this is not an idx file');
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (start > bytes.byteLength) badFile(file, 'the file is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = elementCount(shape);
  const needed = count * bytesOfKind(kind);
  if (!Number.isSafeInteger(needed) || needed > bytes.byteLength - start) {
    badFile(file, `the shape [${shape.join(', ')}] needs more bytes than the file has`);
  }
  return { shape, data: readElements(bytes.subarray(start), kind, count, false) };
}
