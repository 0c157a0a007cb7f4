import { messageOf, OctoliteError } from './errors.js';
import { BINS, checkStatistics, MAX_CHANNELS, setSum, sumOf, SUM_WORDS } from './statistics.js';
import type { CalibrationStatistics, TensorStatistics } from './types.js';

const FORMAT = 'octolite-calibration';
const VERSION = 1;
/** A few bytes of text can stand for a whole histogram, so their number is bounded: 640 MB. */
const MAX_TENSORS = 20_000;

/** What is saved. */
export interface StatisticsToJsonOptions {
  /**
   * Also save what the moving_average observer needs. It depends on the order of the samples, so
   * that merged statistics are then not the same text as those of one run.
   */
  movingAverage?: boolean | undefined;
}

/** Counts, and for each run of zeros its length, negative; zeros at the end are left out. */
function packHistogram(histogram: Float64Array): number[] {
  const packed: number[] = [];
  let zeros = 0;
  for (const count of histogram) {
    if (count === 0) {
      ++zeros;
      continue;
    }
    if (zeros > 0) packed.push(-zeros);
    zeros = 0;
    packed.push(count);
  }
  return packed;
}

function packChannels({ channels }: TensorStatistics) {
  if (!channels) return channels;
  const { rows, sums } = channels;
  const count = sums.length / SUM_WORDS;
  return { rows, sums: Array.from({ length: count }, (_, i) => sumOf(sums, i).toString()) };
}

function packTensor(tensor: TensorStatistics, options: StatisticsToJsonOptions) {
  const { min, max, histogram, movingRange, ...rest } = tensor;
  return {
    tensor: rest.tensor,
    name: rest.name,
    count: rest.count,
    nanCount: rest.nanCount,
    infiniteCount: rest.infiniteCount,
    // JSON has no infinity, which stands here for no value at all.
    min: Number.isFinite(min) ? min : null,
    max: Number.isFinite(max) ? max : null,
    exponent: rest.exponent,
    histogram: histogram.length === 0 ? null : packHistogram(histogram),
    channels: packChannels(tensor),
    ...(options.movingAverage && movingRange && { movingRange }),
  };
}

/**
 * Statistics as JSON, to be saved, sent or shipped with a bug report: counts, ranges and means, and
 * no tensor's content. The same statistics are the same text, whatever runs they were merged from.
 * @throws OctoliteError INVALID_ARGUMENT for what are no statistics.
 */
export function statisticsToJson(
  statistics: CalibrationStatistics,
  options: StatisticsToJsonOptions = {},
): string {
  checkStatistics(statistics);
  const { model, subgraphs } = statistics;
  const value = {
    format: FORMAT,
    version: VERSION,
    model,
    subgraphs: subgraphs.map(({ subgraph, samples, tensors }) => ({
      subgraph,
      samples,
      tensors: tensors.map((tensor) => packTensor(tensor, options)),
    })),
  };
  return `${JSON.stringify(value)}\n`;
}

// --- Reading --------------------------------------------------------------------------------------

type Json = Readonly<Record<string, unknown>>;

function refuse(problem: string, hint?: string): OctoliteError {
  return new OctoliteError(
    'INVALID_ARGUMENT',
    `not calibration statistics: ${problem}`,
    hint === undefined ? {} : { hint },
  );
}

function objectOf(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw refuse(`${where} is not an object`);
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw refuse(`${where} is not a list`);
}

function wholeOf(json: Json, key: string, where: string): number {
  const value = json[key];
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw refuse(`'${key}' of ${where} is not a count`);
}

function numberOf(json: Json, key: string, where: string): number {
  const value = json[key];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw refuse(`'${key}' of ${where} is not a number`);
}

function unpackHistogram(value: unknown, where: string): Float64Array {
  if (value === null) return new Float64Array(0);
  const histogram = new Float64Array(BINS);
  let bin = 0;
  for (const item of listOf(value, `the histogram of ${where}`)) {
    if (!Number.isSafeInteger(item) || item === 0) {
      throw refuse(`the histogram of ${where} holds something other than counts`);
    }
    const number = item as number;
    if (number < 0) bin -= number;
    else if (bin < BINS) histogram[bin++] = number;
    else ++bin;
    if (bin > BINS) throw refuse(`the histogram of ${where} has over ${BINS} bins`);
  }
  return histogram;
}

function unpackChannels(value: unknown, where: string): TensorStatistics['channels'] {
  if (value === undefined || value === null) return value;
  const json = objectOf(value, `'channels' of ${where}`);
  const list = listOf(json.sums, `'sums' of ${where}`);
  if (list.length === 0 || list.length > MAX_CHANNELS) {
    throw refuse(`${where} has ${list.length} channels`);
  }
  const sums = new Uint32Array(list.length * SUM_WORDS);
  list.forEach((item, i) => {
    if (typeof item !== 'string' || !/^-?\d{1,39}$/.test(item)) {
      throw refuse(`a sum of ${where} is not a whole number in a string`);
    }
    const sum = BigInt(item);
    if (BigInt.asIntN(32 * SUM_WORDS, sum) !== sum) throw refuse(`a sum of ${where} is too large`);
    setSum(sums, i, sum);
  });
  return { rows: wholeOf(json, 'rows', where), sums };
}

function unpackTensor(value: unknown, place: string): TensorStatistics {
  const json = objectOf(value, place);
  const { name } = json;
  if (typeof name !== 'string') throw refuse(`${place} has no name`);
  const where = `tensor '${name}'`;
  const end = (key: 'min' | 'max', none: number) =>
    json[key] === null ? none : numberOf(json, key, where);
  const channels = unpackChannels(json.channels, where);
  const moving = json.movingRange;
  const range = moving === undefined ? undefined : objectOf(moving, `'movingRange' of ${where}`);
  return {
    tensor: wholeOf(json, 'tensor', where),
    name,
    count: wholeOf(json, 'count', where),
    nanCount: wholeOf(json, 'nanCount', where),
    infiniteCount: wholeOf(json, 'infiniteCount', where),
    min: end('min', Infinity),
    max: end('max', -Infinity),
    exponent: numberOf(json, 'exponent', where),
    histogram: unpackHistogram(json.histogram, where),
    ...(channels !== undefined && { channels }),
    ...(range && {
      movingRange: {
        updates: wholeOf(range, 'updates', where),
        min: numberOf(range, 'min', where),
        max: numberOf(range, 'max', where),
      },
    }),
  };
}

/**
 * Reads what `statisticsToJson` wrote.
 * @throws OctoliteError INVALID_ARGUMENT saying what is wrong with the text and where.
 */
export function statisticsFromJson(text: string): CalibrationStatistics {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse(`this is no JSON (${messageOf(error)})`);
  }
  const json = objectOf(parsed, 'the whole');
  if (json.format !== FORMAT) throw refuse(`'format' is not '${FORMAT}'`);
  if (json.version !== VERSION) {
    throw refuse(
      `version ${JSON.stringify(json.version)} is not one that this library reads`,
      'save them with the same version of Octolite that reads them',
    );
  }
  const { model } = json;
  if (model !== undefined && (typeof model !== 'string' || !/^[0-9a-f]{16}$/.test(model))) {
    throw refuse(`'model' is not a fingerprint of 16 hexadecimal digits`);
  }
  let tensors = 0;
  const subgraphs = listOf(json.subgraphs, `'subgraphs'`).map((value, i) => {
    const where = `subgraph entry ${i}`;
    const entry = objectOf(value, where);
    const list = listOf(entry.tensors, `'tensors' of ${where}`);
    tensors += list.length;
    if (tensors > MAX_TENSORS) throw refuse(`there are over ${MAX_TENSORS} tensors`);
    return {
      subgraph: wholeOf(entry, 'subgraph', where),
      samples: wholeOf(entry, 'samples', where),
      tensors: list.map((item, j) => unpackTensor(item, `tensor entry ${j} of ${where}`)),
    };
  });
  const statistics = { ...(model !== undefined && { model }), subgraphs };
  checkStatistics(statistics);
  return statistics;
}
