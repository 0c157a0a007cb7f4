import { OctoliteError } from './errors.js';
import { roundHalfToEven } from './float16.js';

/** Element types that affine quantization knows here. */
export type AffineType = 'int8' | 'uint8' | 'int16' | 'int4' | 'int2';

/** real = scale * (q - zeroPoint). */
export interface AffineParams {
  /** Width of a step, above 0. */
  readonly scale: number;
  /** The code of 0. */
  readonly zeroPoint: number;
}

/** What numbers are quantized to, and how. */
export interface AffineOptions {
  /** Default int8. */
  type?: AffineType | undefined;
  /** Zero point 0 (uint8: 128); default false. */
  symmetric?: boolean | undefined;
  /** Without the lowest number: -127 to 127; default: as `symmetric`. */
  narrowRange?: boolean | undefined;
}

const RANGES: Readonly<Record<AffineType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int4: [-8, 7],
  int2: [-2, 1],
};

function limits(options: AffineOptions): [number, number] {
  const [low, high] = RANGES[options.type ?? 'int8'] ?? unknownType(options.type);
  return [low + Number(options.narrowRange ?? options.symmetric ?? false), high];
}

function unknownType(type: unknown): never {
  throw new OctoliteError('INVALID_ARGUMENT', `'${String(type)}' is no quantized type`, {
    hint: `the types are ${Object.keys(RANGES).join(', ')}`,
  });
}

/**
 * Scale and zero point for real numbers from `min` to `max`, as the quantizer chooses them: the
 * range is widened to hold 0, and arithmetic is in float32. A range of nothing but 0 gets those of
 * [0, 1].
 */
export function chooseParams(min: number, max: number, options: AffineOptions = {}): AffineParams {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
    throw new OctoliteError('INVALID_ARGUMENT', `${min} to ${max} is no range`);
  }
  const [qMin, qMax] = limits(options);
  const low = Math.fround(Math.min(min, 0));
  let high = Math.fround(Math.max(max, 0));
  if (low === 0 && high === 0) high = 1;
  if (options.symmetric) {
    const zeroPoint = options.type === 'uint8' ? 128 : 0;
    return {
      scale: Math.fround(Math.max(-low, high) / (qMax - zeroPoint)),
      zeroPoint,
    };
  }
  const scale = Math.fround(Math.fround(high - low) / (qMax - qMin));
  const zeroPoint = roundHalfToEven(Math.fround(qMin - Math.fround(low / scale)));
  return { scale, zeroPoint: Math.min(Math.max(zeroPoint, qMin), qMax) };
}

/** q = clamp(round(real / scale) + zeroPoint), ties to even. */
export function quantizeValues(
  values: ArrayLike<number>,
  params: AffineParams,
  options: AffineOptions = {},
): Int8Array | Uint8Array | Int16Array {
  const { scale, zeroPoint } = params;
  const [low, high] = limits(options);
  if (!(scale > 0) || !Number.isInteger(zeroPoint)) {
    throw new OctoliteError('INVALID_ARGUMENT', 'a scale is above 0, a zero point a whole number');
  }
  const codes = Array.from(values, (value) => {
    const steps = Math.fround(Math.fround(value) / Math.fround(scale));
    return Math.min(Math.max(roundHalfToEven(steps) + zeroPoint, low), high);
  });
  if (options.type === 'uint8') return Uint8Array.from(codes);
  return options.type === 'int16' ? Int16Array.from(codes) : Int8Array.from(codes);
}

/** scale * (q - zeroPoint). */
export function dequantizeValues(codes: ArrayLike<number>, params: AffineParams): Float32Array {
  const { scale, zeroPoint } = params;
  return Float32Array.from(codes, (code) => scale * (code - zeroPoint));
}

/** Signed numbers of 4 or 2 bits as the file stores them: low bits first, padded with zeros. */
export function packBits(codes: ArrayLike<number>, bits: 4 | 2): Uint8Array {
  const perByte = 8 / bits;
  const bytes = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; ++i) {
    const shift = (i % perByte) * bits;
    bytes[Math.floor(i / perByte)]! |= (codes[i]! & ((1 << bits) - 1)) << shift;
  }
  return bytes;
}
