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
 * Reads a NumPy array file, versions 1 to 3: integers, floats, complex numbers and booleans of either
 * byte order, and strings. float16 becomes a Float32Array; byte strings (`S`) must be UTF-8.
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

  const descr = /'descr':\s*'([<>|=])([a-zA-Z])(\d+)'/.exec(header);
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
  const [, byteOrder, letter, size] = descr;
  const little = byteOrder !== '>';
  const count = elementCount(shape);
  const content = bytes.subarray(end);
  const checkRoom = (perElement: number): void => {
    const needed = count * perElement;
    if (!Number.isSafeInteger(needed) || needed > content.byteLength) {
      badFile(file, `the shape [${shape.join(', ')}] needs more bytes than the file has`);
    }
  };
  if (letter === 'U' || letter === 'S') {
    const width = Number(size);
    if (width === 0) badFile(file, 'strings of no length are not supported');
    checkRoom(letter === 'U' ? 4 * width : width);
    const read = letter === 'U' ? readUtf32 : readUtf8;
    return { shape, data: read(content, count, width, little, file) };
  }
  const stored = STORED[`${letter}${size}`] ?? { kind: `${letter}${size}` };
  const { kind, perElement = 1, dtype } = stored;
  if (!isElementKind(kind)) badFile(file, `elements of type ${letter}${size} are not supported`);
  checkRoom(perElement * bytesOfKind(kind));
  const data = readElements(content, kind, perElement * count, little);
  return { shape, data, ...(dtype && { dtype }) };
}

/** Types that are stored as several elements, or as those of another. */
const STORED: Readonly<
  Record<string, { kind: string; perElement?: number; dtype?: NonNullable<NdArray['dtype']> }>
> = {
  b1: { kind: 'u1', dtype: 'bool' },
  c8: { kind: 'f4', perElement: 2, dtype: 'complex64' },
  c16: { kind: 'f8', perElement: 2, dtype: 'complex128' },
};

/** Strings of `width` bytes, filled up with zeros. */
function readUtf8(
  bytes: Uint8Array,
  count: number,
  width: number,
  _little: boolean,
  file: string,
): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Array.from({ length: count }, (_, i) => {
    let end = (i + 1) * width;
    while (end > i * width && bytes[end - 1] === 0) --end;
    try {
      return decoder.decode(bytes.subarray(i * width, end));
    } catch {
      return badFile(file, `string ${i} is not UTF-8`);
    }
  });
}

/** Strings of `width` characters of four bytes, filled up with zeros. */
function readUtf32(
  bytes: Uint8Array,
  count: number,
  width: number,
  little: boolean,
  file: string,
): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const points = Array.from({ length: width }, (_point, k) =>
      view.getUint32(4 * (i * width + k), little),
    );
    const length = points.findLastIndex((point) => point !== 0) + 1;
    const bad = points.find((point) => point > 0x10ffff);
    if (bad !== undefined) badFile(file, `string ${i} has a character ${bad}, which is none`);
    return points.slice(0, length).reduce((text, point) => text + String.fromCodePoint(point), '');
  });
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
