import { formatDecibels, formatPercent, formatRatio, plural } from '../../lib/format.js';
import { isMeasured, type Measurement, type Verdict } from './state.js';

/** A change below this share is not worth a word. */
const NOTHING = 0.03;

function change(before: number, after: number, less: string, more: string, same: string): string {
  const ratio = before / after;
  if (ratio > 1 + NOTHING) return `${formatRatio(ratio)} ${less}`;
  if (1 / ratio > 1 + NOTHING) return `${formatRatio(1 / ratio)} ${more}`;
  return same;
}

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

function fidelity(measurement: Measurement): string {
  const same = agreement(measurement);
  if (same) return `agrees on ${same.equal} of ${same.of}`;
  const { sqnrDb } = worstOutput(measurement);
  if (sqnrDb >= 300) return 'the same outputs';
  return `outputs off by ${formatPercent(relativeError(sqnrDb))} (${formatDecibels(sqnrDb)})`;
}

/** "3.6× smaller", "2.1× faster here", "agrees on 49 of 50" */
export function phrases({ report, measurement }: Verdict): string[] {
  const words = [
    change(report.bytesBefore, report.bytesAfter, 'smaller', 'larger', 'the same size'),
  ];
  if (isMeasured(measurement)) {
    const { before, after } = measurement.latency;
    words.push(
      change(before.medianMs, after.medianMs, 'faster here', 'slower here', 'as fast here'),
      fidelity(measurement),
    );
  } else {
    words.push('not measured');
  }
  return words;
}

export function summary(verdict: Verdict): string {
  return phrases(verdict).join(', ');
}

/** What to try when the result is poor; empty when it is not. */
export function advice({ measurement, data, settings }: Verdict): string {
  if (!isMeasured(measurement)) return '';
  const same = agreement(measurement);
  const poor = same ? same.equal < 0.97 * same.of : worstOutput(measurement).sqnrDb < 20;
  if (!poor) return '';
  const steps = [];
  if (data.isRandom) steps.push('calibrate with real data');
  else if (settings.method === 'static') {
    if (data.calibrated < 32)
      steps.push(`calibrate with more than ${plural(data.calibrated, 'sample')}`);
    steps.push('check the range of values', 'try the other observer');
  }
  if (settings.granularity === 'TENSORWISE') steps.push('use a scale per channel');
  if (settings.method === 'static') steps.push('or dynamic int8');
  return steps.length > 0 ? `To come closer: ${steps.join(', ')}.` : '';
}
