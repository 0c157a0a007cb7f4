import { OctoliteError } from './errors.js';
import { float16Bits, float16Value, roundHalfToEven } from './float16.js';
import { packStrings, unpackStrings } from './strings.js';
import type {
  DataType,
  Float16Values,
  Sample,
  TensorDetails,
  TensorInput,
  TensorValues,
  TypedArray,
} from './types.js';

/** What has to be known of a tensor to write or read it. */
export type TensorForm = Pick<TensorDetails, 'index' | 'name' | 'dtype' | 'shape' | 'quantization'>;

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
  complex64: Float32Array,
  complex128: Float64Array,
};

/** Elements of the array for each element of the tensor: a complex number takes two. */
function arrayElementsPer(dtype: DataType): number {
  return dtype === 'complex64' || dtype === 'complex128' ? 2 : 1;
}

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

/** A typed array over bytes, whose offset must suit the type. */
export function arrayOver(bytes: Uint8Array, dtype: DataType): TypedArray {
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

/** The content of a tensor, apart from the bytes given. */
export function valuesOfBytes(bytes: Uint8Array, dtype: DataType): TensorValues {
  return dtype === 'string' ? unpackStrings(bytes) : arrayOver(bytes.slice(), dtype);
}

type RealArray = Float32Array | Float64Array | Float16Values;

function isReal(values: object): values is RealArray {
  return ['Float32Array', 'Float64Array', 'Float16Array'].includes(tagOf(values));
}

function isInteger(dtype: DataType): boolean {
  return INTEGER_RANGES[dtype] !== undefined || dtype === 'int64' || dtype === 'uint64';
}

function isBigInt(values: TypedArray | Float16Values): values is BigInt64Array | BigUint64Array {
  return typeof values[0] === 'bigint';
}

export function tagOf(values: object): string {
  return Object.prototype.toString.call(values).slice('[object '.length, -1);
}

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && tagOf(value) !== 'DataView';
}

/** Whether a value is the content of a string tensor. */
function isStringList(value: unknown): value is readonly (string | Uint8Array)[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item) => typeof item === 'string' || (isTypedArray(item) && tagOf(item) === 'Uint8Array'),
    )
  );
}

/** Whether a tensor's elements stand for real numbers by a scale. */
function isQuantized({ dtype, quantization }: TensorForm): boolean {
  return quantization.scale > 0 && INTEGER_RANGES[dtype] !== undefined;
}

interface Channels {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  /** Which of them an element has. */
  readonly of: (element: number) => number;
}

function channelsOf({ shape, quantization }: TensorForm): Channels {
  const { scale, zeroPoint, scales, zeroPoints, quantizedDimension } = quantization;
  const channels = scales.length;
  if (channels <= 1) return { scales: [scale], zeroPoints: [zeroPoint], of: () => 0 };
  const inner = elementCount(shape.slice(quantizedDimension + 1));
  return { scales, zeroPoints, of: (element) => Math.floor(element / inner) % channels };
}

/** Real numbers as the elements of a quantized tensor: round half to even, then clamp. */
function quantizeValues(values: ArrayLike<number>, tensor: TensorForm): TypedArray {
  const [low, high] = INTEGER_RANGES[tensor.dtype]!;
  const channels = channelsOf(tensor);
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; ++i) {
    const channel = channels.of(i);
    const rounded = roundHalfToEven(Math.fround(values[i]! / channels.scales[channel]!));
    result[i] = Math.min(high, Math.max(low, rounded + channels.zeroPoints[channel]!));
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
    case 'complex128':
      return Float64Array.from(values);
    default:
      return Float32Array.from(values);
  }
}

/**
 * The bytes of a tensor from what the caller has: an array of the tensor's own type as it is; real
 * numbers for a quantized tensor are quantized with its parameters; other numbers are converted
 * when every one of them can be represented.
 * @param quantize As QuantizeOption has it.
 * @throws OctoliteError SHAPE_MISMATCH, TYPE_MISMATCH.
 */
export function toTensorBytes(
  values: TensorInput,
  tensor: TensorForm,
  quantize?: boolean,
): Uint8Array {
  const where = { tensor: tensor.index, tensorName: tensor.name };
  const wantsStrings = tensor.dtype === 'string';
  if (wantsStrings ? !isStringList(values) : !isTypedArray(values)) {
    throw new OctoliteError(
      'TYPE_MISMATCH',
      wantsStrings ? 'the values are not an array of strings' : 'the values are not a typed array',
      where,
    );
  }
  const count = elementCount(tensor.shape) * arrayElementsPer(tensor.dtype);
  if (values.length !== count) {
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      `${values.length} values given where the shape [${tensor.shape.join(', ')}] takes ${count}`,
      where,
    );
  }
  if (isStringList(values)) return packStrings(values);
  const refused = quantize === false && isReal(values) && isInteger(tensor.dtype);
  const elements = refused ? undefined : toTensorElements(values, tensor, quantize ?? false);
  if (!elements) {
    throw new OctoliteError(
      'TYPE_MISMATCH',
      `a ${tagOf(values)} cannot be made the tensor's ${tensor.dtype}`,
      {
        ...where,
        ...(refused && { hint: 'with quantize: false, integers are given as they are' }),
      },
    );
  }
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

/**
 * Undefined when they cannot be represented.
 * @param real The numbers are real ones, whatever array they are in.
 */
function toTensorElements(
  values: TypedArray | Float16Values,
  tensor: TensorForm,
  real: boolean,
): TypedArray | undefined {
  const { dtype } = tensor;
  const tag = tagOf(values);
  const asReal = real && (isQuantized(tensor) || dtype === 'float16');
  // Numbers other than 0 and 1 are no bools.
  const own = dtype === 'bool' || asReal ? undefined : ARRAYS[dtype]?.name;
  if (tag === own || (dtype === 'float16' && tag === 'Float16Array')) return values as TypedArray;

  const numbers = isBigInt(values)
    ? Float64Array.from(values as BigInt64Array, Number)
    : (values as Exclude<TypedArray, BigInt64Array | BigUint64Array>);
  if ((asReal || isReal(values)) && isQuantized(tensor)) return quantizeValues(numbers, tensor);
  const range = INTEGER_RANGES[dtype];
  switch (dtype) {
    case 'float32':
    case 'float64':
    case 'complex64':
    case 'complex128':
      return narrow(numbers, dtype);
    case 'float16':
      return Uint16Array.from(numbers, float16Bits);
    case 'bool':
      return Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1));
    case 'int64':
      return numbers.every(Number.isSafeInteger)
        ? BigInt64Array.from(Array.from(numbers, BigInt))
        : undefined;
    default:
  }
  const fits = (value: number): boolean =>
    Number.isInteger(value) && value >= range![0] && value <= range![1];
  return range && numbers.every(fits) ? narrow(numbers, dtype) : undefined;
}

/**
 * Real numbers of a tensor's content.
 * @throws OctoliteError TYPE_MISMATCH for strings.
 */
export function toReal(values: TensorValues, tensor: TensorDetails): Float32Array {
  if (!isTypedArray(values)) {
    throw new OctoliteError('TYPE_MISMATCH', 'strings are not numbers', {
      tensor: tensor.index,
      tensorName: tensor.name,
    });
  }
  if (tensor.dtype === 'float16') return Float32Array.from(values as Uint16Array, float16Value);
  if (tensor.dtype === 'bfloat16') {
    return new Float32Array(Uint32Array.from(values as Uint16Array, (bits) => bits << 16).buffer);
  }
  const numbers = isBigInt(values) ? Float64Array.from(values, Number) : values;
  const real = Float32Array.from(numbers as ArrayLike<number>);
  if (!isQuantized(tensor)) return real;
  const channels = channelsOf(tensor);
  for (let i = 0; i < real.length; ++i) {
    const channel = channels.of(i);
    real[i] = (real[i]! - channels.zeroPoints[channel]!) * channels.scales[channel]!;
  }
  return real;
}

/** Whether toReal gives another array than the tensor's own. */
export function hasRealValues(tensor: TensorForm): boolean {
  return isQuantized(tensor) || tensor.dtype === 'float16' || tensor.dtype === 'bfloat16';
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
): TensorInput[] {
  const list = inputs.map(({ name }, i) => names[i] ?? name).join(', ');
  // An array of strings is one input's content, an array of arrays is not.
  if (isTypedArray(sample) || (Array.isArray(sample) && typeof sample[0] === 'string')) {
    if (inputs.length === 1) return [sample as TensorInput];
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
    if (sample.length === inputs.length) return [...(sample as readonly TensorInput[])];
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `${sample.length} arrays given where the model has ${inputs.length} inputs`,
      { hint: `the inputs are ${list}` },
    );
  }
  const record = sample as Readonly<Record<string, TensorInput>>;
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
