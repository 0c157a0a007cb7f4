import { float16Value } from '../float16.js';
import type { TensorValues, TypedArray } from '../types.js';

/** Numbers or strings with a shape, in row-major order. */
export interface NdArray {
  /** The outermost dimension first. */
  readonly shape: readonly number[];
  /** One for each element; of complex numbers two, real and imaginary. */
  readonly data: TensorValues;
  /** What the elements are where the type of `data` does not tell. */
  readonly dtype?: 'bool' | 'complex64' | 'complex128';
}

/** Numbers with a shape, in row-major order. */
export interface NumericArray extends NdArray {
  readonly data: TypedArray;
}

/** Element kinds that files store, and how one is read. */
const READERS = {
  i1: {
    bytes: 1,
    make: (n: number) => new Int8Array(n),
    read: (v: DataView, o: number) => v.getInt8(o),
  },
  u1: {
    bytes: 1,
    make: (n: number) => new Uint8Array(n),
    read: (v: DataView, o: number) => v.getUint8(o),
  },
  i2: {
    bytes: 2,
    make: (n: number) => new Int16Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getInt16(o, little),
  },
  u2: {
    bytes: 2,
    make: (n: number) => new Uint16Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getUint16(o, little),
  },
  i4: {
    bytes: 4,
    make: (n: number) => new Int32Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getInt32(o, little),
  },
  u4: {
    bytes: 4,
    make: (n: number) => new Uint32Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getUint32(o, little),
  },
  f2: {
    bytes: 2,
    make: (n: number) => new Float32Array(n),
    read: (v: DataView, o: number, little: boolean) => float16Value(v.getUint16(o, little)),
  },
  f4: {
    bytes: 4,
    make: (n: number) => new Float32Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getFloat32(o, little),
  },
  f8: {
    bytes: 8,
    make: (n: number) => new Float64Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getFloat64(o, little),
  },
  i8: {
    bytes: 8,
    make: (n: number) => new BigInt64Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getBigInt64(o, little),
  },
  u8: {
    bytes: 8,
    make: (n: number) => new BigUint64Array(n),
    read: (v: DataView, o: number, little: boolean) => v.getBigUint64(o, little),
  },
} as const;

export type ElementKind = keyof typeof READERS;

export function isElementKind(kind: string): kind is ElementKind {
  return kind in READERS;
}

export function bytesOfKind(kind: ElementKind): number {
  return READERS[kind].bytes;
}

/** Reads `count` elements; `bytes` must hold as many. */
export function readElements(
  bytes: Uint8Array,
  kind: ElementKind,
  count: number,
  littleEndian: boolean,
): TypedArray {
  const { bytes: size, make, read } = READERS[kind];
  const array = make(count);
  const own = new Uint8Array([1, 0]);
  const nativeLittle = new Uint16Array(own.buffer)[0] === 1;
  if (kind !== 'f2' && (size === 1 || littleEndian === nativeLittle)) {
    new Uint8Array(array.buffer).set(bytes.subarray(0, count * size));
    return array;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; ++i) array[i] = read(view, i * size, littleEndian);
  return array;
}
