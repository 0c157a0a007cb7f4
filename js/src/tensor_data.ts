import { OctoliteError } from './errors.js';
import type { DataType, Sample, TensorDetails, TypedArray } from './types.js';

interface ArrayConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

const ARRAYS: Partial<Record<DataType, ArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

const INTEGER_RANGES: Partial<Record<DataType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
};

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A typed array over bytes that are not shared with anything. */
export function arrayOfBytes(bytes: Uint8Array, dtype: DataType): TypedArray {
  const constructor = ARRAYS[dtype];
  if (!constructor) {
    throw new OctoliteError(
      'TYPE_MISMATCH',
      `tensors of type ${dtype} have no array in JavaScript`,
    );
  }
  const length = bytes.byteLength / constructor.BYTES_PER_ELEMENT;
  return new constructor(bytes.buffer, bytes.byteOffset, length);
}

function isReal(values: TypedArray): values is Float32Array | Float64Array {
  const tag = Object.prototype.toString.call(values);
  return tag === '[object Float32Array]' || tag === '[object Float64Array]';
}

function isBigInt(values: TypedArray): values is BigInt64Array | BigUint64Array {
  return typeof values[0] === 'bigint';
}

function tagOf(values: object): string {
  return Object.prototype.toString.call(values).slice('[object '.length, -1);
}

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && tagOf(value) !== 'DataView';
}

/** Real numbers as the elements of a quantized tensor: round half to even, then clamp. */
function quantizeValues(values: Float32Array | Float64Array, tensor: TensorDetails): TypedArray {
  const [low, high] = INTEGER_RANGES[tensor.dtype] ?? [0, 0];
  const { scale, zeroPoint } = tensor.quantization;
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; ++i) {
    const real = Math.fround(values[i]! / scale);
    const below = Math.floor(real);
    const rest = real - below;
    const rounded = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
    result[i] = Math.min(high, Math.max(low, rounded + zeroPoint));
  }
  return narrow(result, tensor.dtype);
}

function narrow(values: ArrayLike<number>, dtype: DataType): TypedArray {
  switch (dtype) {
    case 'int8':
      return Int8Array.from(values);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
    case 'int16':
      return Int16Array.from(values);
    case 'uint16':
      return Uint16Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'uint32':
      return Uint32Array.from(values);
    case 'float64':
      return Float64Array.from(values);
    default:
      return Float32Array.from(values);
  }
}

/**
 * The elements of a tensor from what the caller has: an array of the tensor's own type as it is;
 * real numbers for a quantized tensor are quantized with its parameters; other numbers are
 * converted when every one of them can be represented.
 * @throws OctoliteError SHAPE_MISMATCH, TYPE_MISMATCH.
 */
export function toTensorElements(values: TypedArray, tensor: TensorDetails): TypedArray {
  const where = { tensor: tensor.index, tensorName: tensor.name };
  if (!isTypedArray(values)) {
    throw new OctoliteError('TYPE_MISMATCH', 'the values are not a typed array', where);
  }
  const count = elementCount(tensor.shape);
  if (values.length !== count) {
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      `${values.length} values given where the shape [${tensor.shape.join(', ')}] takes ${count}`,
      where,
    );
  }
  const own = ARRAYS[tensor.dtype];
  if (tagOf(values) === own?.name) return values;

  const range = INTEGER_RANGES[tensor.dtype];
  if (isReal(values) && range && tensor.quantization.scale > 0) {
    return quantizeValues(values, tensor);
  }
  if (tensor.dtype === 'int64' && !isBigInt(values)) {
    const integers = values as ArrayLike<number>;
    if (Array.prototype.every.call(integers, Number.isSafeInteger)) {
      return BigInt64Array.from(Array.from(integers, BigInt));
    }
  }
  const numbers = isBigInt(values) ? Float64Array.from(values, Number) : values;
  if (tensor.dtype === 'float32' || tensor.dtype === 'float64')
    return narrow(numbers, tensor.dtype);
  if (range) {
    const [low, high] = range;
    if (
      numbers.every((value: number) => Number.isInteger(value) && value >= low && value <= high)
    ) {
      return narrow(numbers, tensor.dtype);
    }
  }
  throw new OctoliteError(
    'TYPE_MISMATCH',
    `a ${tagOf(values)} cannot be made the tensor's ${tensor.dtype}`,
    where,
  );
}

/** Real numbers of a tensor's content. */
export function toReal(values: TypedArray, tensor: TensorDetails): Float32Array {
  const { scale, zeroPoint } = tensor.quantization;
  const numbers = isBigInt(values) ? Float64Array.from(values, Number) : values;
  const real = Float32Array.from(numbers as ArrayLike<number>);
  if (scale > 0 && INTEGER_RANGES[tensor.dtype]) {
    for (let i = 0; i < real.length; ++i) real[i] = (real[i]! - zeroPoint) * scale;
  }
  return real;
}

/**
 * The arrays of a sample in the order of the inputs.
 * @param names Other names that inputs answer to, by position: those of a signature.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export function valuesByInput(
  sample: Sample,
  inputs: readonly TensorDetails[],
  names: readonly string[] = [],
): TypedArray[] {
  const list = inputs.map(({ name }, i) => names[i] ?? name).join(', ');
  if (isTypedArray(sample)) {
    if (inputs.length === 1) return [sample];
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `one array given where the model has ${inputs.length} inputs`,
      { hint: `give an object with arrays for ${list}` },
    );
  }
  if (typeof sample !== 'object' || sample === null) {
    throw new OctoliteError('INVALID_ARGUMENT', 'a sample is a typed array or an object of them', {
      hint: `the inputs are ${list}`,
    });
  }
  if (Array.isArray(sample)) {
    if (sample.length === inputs.length) return [...(sample as readonly TypedArray[])];
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `${sample.length} arrays given where the model has ${inputs.length} inputs`,
      { hint: `the inputs are ${list}` },
    );
  }
  const record = sample as Readonly<Record<string, TypedArray>>;
  const known = new Set<string>([...names, ...inputs.map(({ name }) => name)]);
  const stranger = Object.keys(record).find((name) => !known.has(name));
  if (stranger !== undefined) {
    throw new OctoliteError('INVALID_ARGUMENT', `the model has no input named '${stranger}'`, {
      hint: `the inputs are ${list}`,
    });
  }
  return inputs.map((input, i) => {
    const values = record[names[i] ?? input.name] ?? record[input.name];
    if (values) return values;
    throw new OctoliteError('INVALID_ARGUMENT', 'an input is missing', {
      tensor: input.index,
      tensorName: names[i] ?? input.name,
      hint: `the inputs are ${list}`,
    });
  });
}
