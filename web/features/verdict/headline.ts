import { formatDecibels, formatPercent, formatRatio } from '../../lib/format.js';
import { agreement, isPoor, isSame, relativeError, worstOutput } from './measures.js';
import { isMeasured, type Measurement, type Verdict } from './state.js';
import { words } from './words.js';

interface ChangeWords {
  readonly less: (ratio: string) => string;
  readonly more: (ratio: string) => string;
  readonly same: string;
}

function change(before: number, after: number, { less, more, same }: ChangeWords): string {
  const ratio = before / after;
  if (isSame(ratio)) return same;
  return ratio > 1 ? less(formatRatio(ratio)) : more(formatRatio(1 / ratio));
}

function fidelity(measurement: Measurement): string {
  const { agrees, sameOutputs, offBy } = words.value.headline;
  const same = agreement(measurement);
  if (same) return agrees(same.equal, same.of);
  const { sqnrDb } = worstOutput(measurement);
  if (sqnrDb >= 300) return sameOutputs;
  return offBy(formatPercent(relativeError(sqnrDb)), formatDecibels(sqnrDb));
}

/** "3.6× smaller", "2.1× faster here", "agrees on 49 of 50" */
export function phrases({ report, measurement }: Verdict): string[] {
  const { size, speed, notMeasured } = words.value.headline;
  const smaller = change(report.bytesBefore, report.bytesAfter, size);
  if (!isMeasured(measurement)) return [smaller, notMeasured];
  const { before, after } = measurement.latency;
  return [smaller, change(before.medianMs, after.medianMs, speed), fidelity(measurement)];
}

export function summary(verdict: Verdict): string {
  return phrases(verdict).join(words.value.comma);
}

/** Fewer samples to calibrate with than this are few. */
const FEW_SAMPLES = 32;

/** What to try when the result is poor, the most promising first; empty when it is not. */
export function advice({ measurement, data, settings }: Verdict): string[] {
  if (!isMeasured(measurement) || !isPoor(measurement)) return [];
  const { advice: steps } = words.value;
  const isStatic = settings.method === 'static';
  const { method, granularity, weightBits, activationBits, observer, recover } = settings;
  return [
    ...(data.isRandom ? [steps.realData] : []),
    ...(isStatic && !data.isRandom && data.calibrated < FEW_SAMPLES
      ? [steps.moreSamples(data.calibrated)]
      : []),
    ...(isStatic && !data.isRandom ? [steps.checkValues] : []),
    ...(method !== 'float16' && granularity === 'TENSORWISE' ? [steps.perChannel] : []),
    ...(weightBits < 8 ? [steps.wholeBytes] : []),
    ...(isStatic && observer === 'min_max' ? [steps.observer] : []),
    ...(recover.length === 0 && !data.isRandom && method !== 'float16' ? [steps.recover] : []),
    ...(isStatic && activationBits === 8 ? [steps.wideActivations] : []),
    ...(isStatic ? [steps.dynamic] : []),
  ];
}
