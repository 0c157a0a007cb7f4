import { OctoliteError } from '../errors.js';
import { elementCount, isTypedArray, tagOf } from '../tensor_data.js';
import type { DataType, TensorValues } from '../types.js';
import { badFile } from './bad_file.js';
import { bytesOfKind, isElementKind, readElements, type NdArray } from './nd_array.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // "\x93NUMPY"

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a NumPy array file, versions 1 to 3: integers, floats and booleans of either byte order.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export function parseNpy(bytes: Uint8Array, file = 'npy'): NdArray {
  if (!isNpy(bytes) || bytes.byteLength < 10) badFile(file, 'this is not a .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = view.getUint8(6) >= 2;
  const start = long ? 12 : 10;
  if (bytes.byteLength < start) badFile(file, 'the file is cut short');
  const headerBytes = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const end = start + headerBytes;
  if (end > bytes.byteLength) badFile(file, 'the file is cut short');
  const header = new TextDecoder().decode(bytes.subarray(start, end));

  const descr = /'descr':\s*'([<>|=])([a-z])(\d+)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  const shapeText = /'shape':\s*\(([\d\s,]*)\)/.exec(header);
  if (!order || !shapeText) badFile(file, 'the header is not understood');
  if (!descr) badFile(file, 'arrays of records or objects are not supported');
  const shape = (shapeText[1] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (order[1] === 'True' && shape.length > 1) {
    badFile(file, 'the array is in Fortran order', 'save it with numpy.ascontiguousarray');
  }
  const kind = `${descr[2] === 'b' ? 'u' : descr[2]}${descr[3]}`;
  if (!isElementKind(kind))
    badFile(file, `elements of type ${descr[2]}${descr[3]} are not supported`);
  const count = elementCount(shape);
  const needed = count * bytesOfKind(kind);
  if (!Number.isSafeInteger(needed) || needed > bytes.byteLength - end) {
    badFile(file, `the shape [${shape.join(', ')}] needs more bytes than the file has`);
  }
  return { shape, data: readElements(bytes.subarray(end), kind, count, descr[1] !== '>') };
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Float32Array: '<f4',
  Float64Array: '<f8',
  Int8Array: '|i1',
  Uint8Array: '|u1',
  Uint8ClampedArray: '|u1',
  Int16Array: '<i2',
  Uint16Array: '<u2',
  Int32Array: '<i4',
  Uint32Array: '<u4',
  BigInt64Array: '<i8',
  BigUint64Array: '<u8',
};

/** Element types that typed arrays hold as something else. */
const OWN_DESCRIPTIONS: Partial<Record<DataType, string>> = {
  bool: '|b1',
  float16: '<f2',
  complex64: '<c8',
  complex128: '<c16',
};

/**
 * Writes a NumPy array file, version 1, for a machine of little byte order.
 * @param dtype Of the tensor that the data is from, where the array alone does not tell.
 */
export function encodeNpy(
  data: TensorValues,
  shape: readonly number[],
  dtype?: DataType,
): Uint8Array {
  const [descr, content, perElement] = isTypedArray(data)
    ? [
        (dtype && OWN_DESCRIPTIONS[dtype]) ?? DESCRIPTIONS[tagOf(data)],
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        dtype?.startsWith('complex') ? 2 : 1,
      ]
    : encodeStrings(data);
  if (descr === undefined || elementCount(shape) * perElement !== data.length) {
    throw new OctoliteError('INVALID_ARGUMENT', `${data.length} values do not fill the shape`);
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // The data begins at a multiple of 64, and the header ends with a line feed.
  const header = text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11) + '\n';
  const result = new Uint8Array(10 + header.length + content.byteLength);
  result.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  result.set(new TextEncoder().encode(header), 10);
  result.set(content, 10 + header.length);
  return result;
}

/** As NumPy holds strings: UTF-32, all as long as the longest. */
function encodeStrings(strings: readonly string[]): [string, Uint8Array, number] {
  const texts = strings.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const longest = Math.max(1, ...texts.map(({ length }) => length));
  const content = new Uint32Array(strings.length * longest);
  texts.forEach((text, i) => content.set(text, i * longest));
  return [`<U${longest}`, new Uint8Array(content.buffer), 1];
}
