import { OctoliteError } from './errors.js';
import { pauser } from './tasks.js';
import { isTypedArray } from './tensor_data.js';
import type { CalibrationStatistics, TensorStatistics } from './types.js';

/** Bins of a histogram that is not empty, and what it may be wide (src/calibrate/histogram.h). */
export const BINS = 4096;
const MIN_EXPONENT = -126;
const MAX_EXPONENT = 117;

/** 32-bit words of a channel's sum (src/calibrate/channel_sums.h). */
export const SUM_WORDS = 4;
export const MAX_CHANNELS = 8192;

type SubgraphStatistics = CalibrationStatistics['subgraphs'][number];
type Channels = TensorStatistics['channels'];
type MovingRange = NonNullable<TensorStatistics['movingRange']>;

/** Whether something has the outer form of statistics, be what is inside right or wrong. */
export function looksLikeStatistics(value: unknown): value is CalibrationStatistics {
  return Array.isArray((value as Partial<CalibrationStatistics> | null | undefined)?.subgraphs);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** As every(isWhole), many times faster: the statistics of a large model have millions of counts. */
function areWhole(values: Iterable<unknown>): boolean {
  for (const value of values) if (!isWhole(value)) return false;
  return true;
}

function isChannels(value: Channels): boolean {
  if (value === undefined || value === null) return true;
  const { rows, sums } = value;
  return (
    isWhole(rows) &&
    // Not instanceof, as statistics may come from another window.
    Object.prototype.toString.call(sums) === '[object Uint32Array]' &&
    sums.length > 0 &&
    sums.length % SUM_WORDS === 0 &&
    sums.length / SUM_WORDS <= MAX_CHANNELS
  );
}

function isMovingRange(value: Partial<MovingRange> | undefined): boolean {
  if (value === undefined) return true;
  return (
    isWhole(value?.updates) &&
    value.updates > 0 &&
    Number.isFinite(value.min) &&
    Number.isFinite(value.max) &&
    value.min! <= value.max!
  );
}

function isTensorStatistics(value: unknown): value is TensorStatistics {
  if (typeof value !== 'object' || value === null) return false;
  const tensor = value as Partial<TensorStatistics>;
  return (
    [tensor.tensor, tensor.count, tensor.nanCount, tensor.infiniteCount].every(isWhole) &&
    typeof tensor.name === 'string' &&
    typeof tensor.min === 'number' &&
    typeof tensor.max === 'number' &&
    Number.isInteger(tensor.exponent) &&
    tensor.exponent! >= MIN_EXPONENT &&
    tensor.exponent! <= MAX_EXPONENT &&
    isTypedArray(tensor.histogram) &&
    (tensor.histogram.length === 0 || tensor.histogram.length === BINS) &&
    areWhole(tensor.histogram) &&
    isChannels(tensor.channels) &&
    isMovingRange(tensor.movingRange)
  );
}

function ascends(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
}

/** Whether statistics are sound, part by part. */
function* soundness({ model, subgraphs }: CalibrationStatistics): Generator<boolean, void, void> {
  yield model === undefined || /^[0-9a-f]{16}$/.test(model);
  for (const entry of subgraphs) {
    yield isWhole(entry?.subgraph) && isWhole(entry.samples) && Array.isArray(entry.tensors);
    for (const tensor of entry.tensors) yield isTensorStatistics(tensor);
    yield ascends(entry.tensors.map(({ tensor }) => tensor));
  }
  yield ascends(subgraphs.map(({ subgraph }) => subgraph));
}

function refuseUnsound(isSound: boolean): void {
  if (isSound) return;
  throw new OctoliteError('INVALID_ARGUMENT', 'these are not calibration statistics', {
    hint: 'pass what calibrate returned, unchanged',
  });
}

/**
 * Checks statistics that come from a caller, who may have stored or changed them.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export function checkStatistics(statistics: CalibrationStatistics): void {
  for (const isSound of soundness(statistics)) refuseUnsound(isSound);
}

/** As checkStatistics, but lets events through: those of a large model have millions of counts. */
export async function checkStatisticsInSteps(statistics: CalibrationStatistics): Promise<void> {
  const pause = pauser();
  for (const isSound of soundness(statistics)) {
    refuseUnsound(isSound);
    await pause();
  }
}

/** The sum of a channel, in units of 2^-64. */
export function sumOf(sums: Uint32Array, channel: number): bigint {
  const at = channel * SUM_WORDS;
  let bits = 0n;
  for (let i = SUM_WORDS - 1; i >= 0; --i) bits = (bits << 32n) | BigInt(sums[at + i]!);
  return BigInt.asIntN(32 * SUM_WORDS, bits);
}

export function setSum(sums: Uint32Array, channel: number, sum: bigint): void {
  for (let i = 0; i < SUM_WORDS; ++i) {
    sums[channel * SUM_WORDS + i] = Number(BigInt.asUintN(32, sum >> BigInt(32 * i)));
  }
}

/** The mean of each channel; null where there are no sums of channels. */
export function channelMeans({ channels }: TensorStatistics): Float64Array | null {
  if (!channels) return null;
  const { rows, sums } = channels;
  return Float64Array.from(
    { length: sums.length / SUM_WORDS },
    (_, channel) => Number(sumOf(sums, channel)) / 2 ** 64 / rows,
  );
}

// --- Merging --------------------------------------------------------------------------------------

function mergeHistograms(a: TensorStatistics, b: TensorStatistics) {
  if (b.histogram.length === 0) return { exponent: a.exponent, histogram: a.histogram };
  if (a.histogram.length === 0) return { exponent: b.exponent, histogram: b.histogram };
  const exponent = Math.max(a.exponent, b.exponent);
  const histogram = new Float64Array(BINS);
  for (const from of [a, b]) {
    // Bins are aligned to multiples of their width, so that whole bins fall into wider ones.
    const narrow = 2 ** (from.exponent - exponent);
    from.histogram.forEach((count, i) => {
      const bin = Math.floor((i - BINS / 2) * narrow) + BINS / 2;
      histogram[bin] = histogram[bin]! + count;
    });
  }
  return { exponent, histogram };
}

function mergeChannels(a: Channels, b: Channels): Channels {
  if (a === undefined || b === undefined) return a === undefined ? b : a;
  if (a === null || b === null || a.sums.length !== b.sums.length) return null;
  const sums = new Uint32Array(a.sums.length);
  for (let i = 0; i < sums.length / SUM_WORDS; ++i) {
    setSum(sums, i, sumOf(a.sums, i) + sumOf(b.sums, i));
  }
  return { rows: a.rows + b.rows, sums };
}

function mergeMovingRanges(a?: MovingRange, b?: MovingRange): MovingRange | undefined {
  if (!a || !b) return a ?? b;
  const updates = a.updates + b.updates;
  const mix = (x: number, y: number) => Math.fround(x + (b.updates / updates) * (y - x));
  return { updates, min: mix(a.min, b.min), max: mix(a.max, b.max) };
}

function mergeTensors(a: TensorStatistics, b: TensorStatistics): TensorStatistics {
  const channels = mergeChannels(a.channels, b.channels);
  const movingRange = mergeMovingRanges(a.movingRange, b.movingRange);
  return {
    tensor: a.tensor,
    name: a.name,
    count: a.count + b.count,
    nanCount: a.nanCount + b.nanCount,
    infiniteCount: a.infiniteCount + b.infiniteCount,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    ...mergeHistograms(a, b),
    ...(channels !== undefined && { channels }),
    ...(movingRange && { movingRange }),
  };
}

/** Items of both lists by key, in order; those with the same key become one. */
function mergeLists<T>(
  a: readonly T[],
  b: readonly T[],
  key: (item: T) => number,
  merge: (a: T, b: T) => T,
): T[] {
  const merged = new Map(a.map((item) => [key(item), item]));
  for (const item of b) {
    const ours = merged.get(key(item));
    merged.set(key(item), ours === undefined ? item : merge(ours, item));
  }
  return [...merged.values()].sort((x, y) => key(x) - key(y));
}

function mergeSubgraphs(a: SubgraphStatistics, b: SubgraphStatistics): SubgraphStatistics {
  return {
    subgraph: a.subgraph,
    samples: a.samples + b.samples,
    tensors: mergeLists(
      a.tensors,
      b.tensors,
      ({ tensor }) => tensor,
      (ours, theirs) => {
        if (ours.name === theirs.name) return mergeTensors(ours, theirs);
        throw ofDifferentModels(`one calls tensor ${ours.tensor} '${ours.name}', the other not`);
      },
    ),
  };
}

function ofDifferentModels(reason: string): OctoliteError {
  return new OctoliteError(
    'INVALID_ARGUMENT',
    `the calibration statistics are of different models: ${reason}`,
  );
}

/**
 * What one run over all the samples would have given: calibrate parts of the data in several
 * workers or on several machines, and merge. Exact in everything but the moving ranges, which are
 * averaged by their samples, as one run weighs samples by their order.
 * @throws OctoliteError INVALID_ARGUMENT for statistics of different models, or none at all.
 */
export function mergeStatistics(...parts: readonly CalibrationStatistics[]): CalibrationStatistics {
  for (const part of parts) checkStatistics(part);
  if (parts.length === 0) {
    throw new OctoliteError('INVALID_ARGUMENT', 'there are no statistics to merge');
  }
  return parts.reduce<CalibrationStatistics>(
    (a, b) => {
      if (a.model !== undefined && b.model !== undefined && a.model !== b.model) {
        throw ofDifferentModels(`their fingerprints are ${a.model} and ${b.model}`);
      }
      const model = a.model ?? b.model;
      return {
        ...(model !== undefined && { model }),
        subgraphs: mergeLists(a.subgraphs, b.subgraphs, ({ subgraph }) => subgraph, mergeSubgraphs),
      };
    },
    { subgraphs: [] },
  );
}
