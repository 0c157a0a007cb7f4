import { OctoliteError } from '../errors.js';
import type { DataType } from '../types.js';
import { badFile } from './bad_file.js';
import { crc32 } from './crc32.js';
import { EXPANDED_LIMIT, inflate } from './inflate.js';
import type { NdArray } from './nd_array.js';
import { encodeNpy, parseNpy } from './npy.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

interface ZipEntry {
  name: string;
  method: number;
  crc: number;
  compressed: Uint8Array;
  size: number;
}

/** The files in a zip archive without encryption and of less than 4 GB. */
function zipEntries(bytes: Uint8Array, file: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The end record is followed by a comment of at most 65535 bytes.
  let end = bytes.byteLength - 22;
  const earliest = Math.max(0, end - 65535);
  while (end >= earliest && view.getUint32(end, true) !== END_OF_DIRECTORY) --end;
  if (end < earliest) badFile(file, 'this is not a zip archive, or it is cut short');
  const count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; ++i) {
    if (offset + 46 > bytes.byteLength || view.getUint32(offset, true) !== DIRECTORY_ENTRY) {
      badFile(file, 'the directory of the archive is damaged');
    }
    if (view.getUint16(offset + 8, true) & 1) badFile(file, 'the archive is encrypted');
    const compressedSize = view.getUint32(offset + 20, true);
    const nameLength = view.getUint16(offset + 28, true);
    const local = view.getUint32(offset + 42, true);
    if (local + 30 > bytes.byteLength || view.getUint32(local, true) !== LOCAL_HEADER) {
      badFile(file, 'the archive is damaged');
    }
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (start + compressedSize > bytes.byteLength) badFile(file, 'the archive is cut short');
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(offset + 46, offset + 46 + nameLength)),
      method: view.getUint16(offset + 10, true),
      crc: view.getUint32(offset + 16, true),
      compressed: bytes.subarray(start, start + compressedSize),
      size: view.getUint32(offset + 24, true),
    });
    offset +=
      46 + nameLength + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  return entries;
}

/** Raw deflate in the clothes of gzip, which every engine decompresses and checks the CRC of. */
function asGzip({ compressed, crc, size }: ZipEntry): Uint8Array {
  const result = new Uint8Array(compressed.byteLength + 18);
  result.set([0x1f, 0x8b, 8]);
  result.set(compressed, 10);
  const view = new DataView(result.buffer);
  view.setUint32(10 + compressed.byteLength, crc, true);
  view.setUint32(14 + compressed.byteLength, size, true);
  return result;
}

/**
 * Reads the arrays of a NumPy archive, stored or compressed.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export async function parseNpz(bytes: Uint8Array, file = 'npz'): Promise<Map<string, NdArray>> {
  const arrays = new Map<string, NdArray>();
  let expanded = 0;
  for (const entry of zipEntries(bytes, file)) {
    if (!entry.name.endsWith('.npy')) continue;
    const place = `${file}:${entry.name}`;
    let content = entry.compressed;
    if (entry.method === 8) {
      content = await inflate(asGzip(entry), 'gzip', EXPANDED_LIMIT - expanded, place);
    } else if (entry.method !== 0) {
      badFile(place, `compression method ${entry.method} is not supported`);
    }
    expanded += content.byteLength;
    arrays.set(entry.name.slice(0, -'.npy'.length), parseNpy(content, place));
  }
  if (arrays.size === 0) badFile(file, 'there are no arrays in this archive');
  return arrays;
}

/** What goes into an archive: as an NdArray, or a tensor of any type. */
export interface NpzArray extends Omit<NdArray, 'dtype'> {
  /** Of the tensor that the data is from, where the array alone does not tell. */
  readonly dtype?: DataType | undefined;
}

const MOST_ARRAYS = 0xffff;
const MOST_BYTES = 0xffffffff;
/** 1 January 1980, the first day that zip knows. */
const NO_DATE = 0x21;
const UTF8_NAMES = 0x800;

/**
 * Writes a NumPy archive, without compression: what numpy.savez does.
 * @param arrays By name.
 * @throws OctoliteError INVALID_ARGUMENT for values that do not fill their shape, for more than 65535
 * arrays and for 4 GB and more.
 */
export function encodeNpz(
  arrays: ReadonlyMap<string, NpzArray> | Readonly<Record<string, NpzArray>>,
): Uint8Array {
  const list = isMap(arrays) ? [...arrays] : Object.entries(arrays);
  const files = list.map(([name, { data, shape, dtype }]) => {
    const content = encodeNpy(data, shape, dtype);
    return { name: new TextEncoder().encode(`${name}.npy`), content, crc: crc32(content) };
  });
  const overhead = files.reduce((sum, { name }) => sum + 76 + 2 * name.byteLength, 22);
  const size = files.reduce((sum, { content }) => sum + content.byteLength, overhead);
  if (files.length > MOST_ARRAYS || size > MOST_BYTES) {
    throw new OctoliteError('INVALID_ARGUMENT', 'this is too much for one archive', {
      hint: 'an .npz file holds less than 65536 arrays and less than 4 GB',
    });
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  const put16 = (...values: number[]): void => {
    for (const value of values) {
      view.setUint16(offset, value, true);
      offset += 2;
    }
  };
  const put32 = (...values: number[]): void => {
    for (const value of values) {
      view.setUint32(offset, value, true);
      offset += 4;
    }
  };
  const put = (part: Uint8Array): void => {
    bytes.set(part, offset);
    offset += part.byteLength;
  };
  const places = files.map(({ name, content, crc }) => {
    const place = offset;
    put32(LOCAL_HEADER);
    put16(20, UTF8_NAMES, 0, 0, NO_DATE);
    put32(crc, content.byteLength, content.byteLength);
    put16(name.byteLength, 0);
    put(name);
    put(content);
    return place;
  });
  const directory = offset;
  for (const [i, { name, content, crc }] of files.entries()) {
    put32(DIRECTORY_ENTRY);
    put16(20, 20, UTF8_NAMES, 0, 0, NO_DATE);
    put32(crc, content.byteLength, content.byteLength);
    put16(name.byteLength, 0, 0, 0, 0);
    put32(0, places[i]!);
    put(name);
  }
  const directoryBytes = offset - directory;
  put32(END_OF_DIRECTORY);
  put16(0, 0, files.length, files.length);
  put32(directoryBytes, directory);
  put16(0);
  return bytes;
}

function isMap(
  arrays: ReadonlyMap<string, NpzArray> | Readonly<Record<string, NpzArray>>,
): arrays is ReadonlyMap<string, NpzArray> {
  return Object.prototype.toString.call(arrays) === '[object Map]';
}
