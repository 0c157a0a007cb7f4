import {
  formatBytes,
  formatDecibels,
  formatMilliseconds,
  formatPercent,
} from '../../lib/format.js';
import { agreement, memoryOf, worstOutput } from '../verdict/measures.js';
import { isMeasured, type Measurement, type Verdict } from '../verdict/state.js';

export type RowName =
  'size' | 'gzip' | 'sqnr' | 'agreement' | 'accuracy' | 'latency' | 'spread' | 'memory';

/** A figure of each result. */
export interface CompareRow {
  readonly name: RowName;
  readonly texts: readonly string[];
  /** Which of them are the best; none where all are alike. */
  readonly best: readonly boolean[];
}

/** Which of the numbers are the best, for those that are known; none where all are alike. */
export function bestOf(
  values: readonly (number | null)[],
  isBetter: 'low' | 'high',
): readonly boolean[] {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (known.length < 2 || low === high) return values.map(() => false);
  const best = isBetter === 'low' ? low : high;
  return values.map((value) => value === best);
}

const UNKNOWN = '–';

function row(
  name: RowName,
  isBetter: 'low' | 'high' | null,
  values: readonly (number | null)[],
  texts: readonly (string | null)[],
): CompareRow {
  return {
    name,
    texts: texts.map((text) => text ?? UNKNOWN),
    best: isBetter ? bestOf(values, isBetter) : values.map(() => false),
  };
}

/**
 * The table of results, a column each.
 * @param gzipSizes Of the files; null for those that are not known yet.
 */
export function rowsOf(
  results: readonly Verdict[],
  gzipSizes: readonly (number | null)[],
): CompareRow[] {
  const measured = results.map(({ measurement }) => (isMeasured(measurement) ? measurement : null));
  const of = <Value>(read: (measurement: Measurement) => Value): (Value | null)[] =>
    measured.map((measurement) => measurement && read(measurement));
  const text = <Value>(values: readonly (Value | null)[], format: (value: Value) => string) =>
    values.map((value) => (value === null ? null : format(value)));

  const sizes = results.map(({ bytes }) => bytes.byteLength);
  const sqnr = of((measurement) => worstOutput(measurement).sqnrDb);
  const agreed = of(agreement);
  const accuracy = of((measurement) => measurement.accuracy?.after.top1 ?? null);
  const after = of(({ latency }) => latency.after);
  const medians = after.map((report) => report && report.medianMs);
  const memory = after.map((report) => report && memoryOf(report));
  const rows = [
    row('size', 'low', sizes, text(sizes, formatBytes)),
    row('gzip', 'low', gzipSizes, text(gzipSizes, formatBytes)),
    row('sqnr', 'high', sqnr, text(sqnr, formatDecibels)),
    row(
      'agreement',
      'high',
      agreed.map((same) => same && same.equal / same.of),
      text(agreed, ({ equal, of: all }) => `${equal} / ${all}`),
    ),
    row('accuracy', 'high', accuracy, text(accuracy, formatPercent)),
    row(
      'latency',
      'low',
      medians,
      text(medians, (ms) => formatMilliseconds(ms)),
    ),
    row(
      'spread',
      null,
      medians,
      text(after, ({ quartilesMs }) => formatMilliseconds(...quartilesMs)),
    ),
    row('memory', 'low', memory, text(memory, formatBytes)),
  ];
  return rows.filter(({ texts }) => texts.some((each) => each !== UNKNOWN));
}
