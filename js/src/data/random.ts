import { elementCount } from '../tensor_data.js';
import type { Sample, TensorDetails, TensorInput, TypedArray } from '../types.js';

/** Uniform numbers in [0, 1), the same for the same seed everywhere (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Random inputs: real numbers in [-1, 1) for float tensors, any value for int8, uint8 and
 * int16 ones, 0 for others, which are mostly indices or counts, and empty strings.
 */
export function randomSample(inputs: readonly TensorDetails[], seed: number): Sample {
  const random = seededRandom(seed);
  return inputs.map(({ dtype, shape }): TensorInput => {
    const count = elementCount(shape);
    const fill = <T extends TypedArray>(array: T, low: number, span: number): T => {
      for (let i = 0; i < count; ++i) array[i] = Math.floor(low + random() * span);
      return array;
    };
    switch (dtype) {
      case 'float32':
      case 'float64':
      case 'float16':
        return Float32Array.from({ length: count }, () => random() * 2 - 1);
      case 'int8':
        return fill(new Int8Array(count), -128, 256);
      case 'uint8':
        return fill(new Uint8Array(count), 0, 256);
      case 'int16':
        return fill(new Int16Array(count), -32768, 65536);
      case 'complex64':
      case 'complex128':
        return Float32Array.from({ length: 2 * count }, () => random() * 2 - 1);
      case 'string':
        return Array.from({ length: count }, () => '');
      case 'bfloat16':
        return new Uint16Array(count);
      case 'int64':
      case 'uint64':
        return new BigInt64Array(count);
      default:
        return new Int32Array(count);
    }
  });
}

/** `count` random samples, each made when it is asked for. */
export function randomSamples(
  inputs: readonly TensorDetails[],
  count: number,
  seed = 1,
): Iterable<Sample> & { readonly length: number } {
  return {
    length: count,
    *[Symbol.iterator]() {
      for (let i = 0; i < count; ++i) yield randomSample(inputs, seed + i);
    },
  };
}
