import type { BenchmarkReport, DataType, Inspection } from 'octolite';
import type { Measurement } from './state.js';

export interface Agreement {
  readonly equal: number;
  readonly of: number;
}

/**
 * How often both models choose the same class; null for outputs that are not scores. An output of
 * the input's size is a restored input.
 */
export function agreement({ compare, isRestored }: Measurement): Agreement | null {
  const share = compare.outputs[0]?.top1Agreement;
  if (share === undefined || compare.outputs.length > 1 || isRestored) return null;
  return { equal: Math.round(share * compare.samples), of: compare.samples };
}

/** The output with the lowest signal-to-noise ratio stands for all. */
export function worstOutput({ compare }: Measurement): Measurement['compare']['outputs'][number] {
  return compare.outputs.reduce((worst, output) => (output.sqnrDb < worst.sqnrDb ? output : worst));
}

/** Size of the error against the size of the signal, from decibels. */
export function relativeError(sqnrDb: number): number {
  return 10 ** (-sqnrDb / 20);
}

/** Whether the outputs are further off than most can bear. */
export function isPoor(measurement: Measurement): boolean {
  const same = agreement(measurement);
  return same ? same.equal < 0.97 * same.of : worstOutput(measurement).sqnrDb < 20;
}

/** A change below this share is not worth a word. */
const NOTHING = 0.03;

/** Whether two numbers of this ratio are as good as the same. */
export function isSame(ratio: number): boolean {
  return Math.max(ratio, 1 / ratio) <= 1 + NOTHING;
}

/** What a model holds while it runs, in bytes. */
export function memoryOf({ arenaBytes, weightBytes, fileBytes }: BenchmarkReport): number {
  return arenaBytes + weightBytes + fileBytes;
}

export type PartKind = 'float' | 'integer' | 'other' | 'graph' | 'metadata';

/** A part of a file. */
export interface FilePart {
  readonly kind: PartKind;
  /** The element type of weights. */
  readonly dtype: DataType | null;
  readonly bytes: number;
}

const FLOATS: readonly string[] = ['float32', 'float16', 'bfloat16', 'float64'];
const INTEGERS: readonly string[] = ['int8', 'int4', 'int2', 'uint8', 'uint4'];

function kindOf(dtype: string): PartKind {
  if (FLOATS.includes(dtype)) return 'float';
  return INTEGERS.includes(dtype) ? 'integer' : 'other';
}

/** What a file is made of: weights by type, floats first, then the graph and metadata. */
export function partsOf(inspection: Inspection): FilePart[] {
  const { weightBytesByType, otherBytes, metadataBytes } = inspection;
  const order: PartKind[] = ['float', 'integer', 'other'];
  const weights = Object.entries(weightBytesByType).map(([dtype, bytes]) => ({
    kind: kindOf(dtype),
    dtype: dtype as DataType,
    bytes,
  }));
  weights.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.bytes - a.bytes);
  const parts: FilePart[] = [
    ...weights,
    { kind: 'graph', dtype: null, bytes: otherBytes },
    { kind: 'metadata', dtype: null, bytes: metadataBytes },
  ];
  return parts.filter(({ bytes }) => bytes > 0);
}
