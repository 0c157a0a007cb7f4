import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type {
  BenchmarkReport,
  CalibrationStatistics,
  CompareReport,
  EvaluateReport,
  Inspection,
  QuantizeReport,
  RuntimeInfo,
} from 'octolite';
import { nextFrame } from '../../lib/pieces.js';
import type { Refusal } from '../../lib/refusal.js';
import type { DataPlan } from '../data/plan.js';
import type { Preprocessing } from '../data/preprocess.js';
import type { OpenModel } from '../open/state.js';
import type { RecipeSettings } from '../recipe/settings.js';

export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

/** What running both models showed. */
export interface Measurement {
  readonly compare: CompareReport;
  /** Whether the output has the shape of the input, as an autoencoder's has. */
  readonly isRestored: boolean;
  /** Present when the classes of the samples are known. */
  readonly accuracy: Pair<EvaluateReport> | null;
  readonly latency: Pair<BenchmarkReport>;
}

/** All that is known of one quantized model. */
export interface Verdict {
  /** The model that it was made of. */
  readonly open: OpenModel;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly settings: RecipeSettings;
  readonly plan: DataPlan;
  readonly inspection: Pair<Inspection>;
  readonly report: QuantizeReport;
  /** What calibration saw; null when the recipe needed none. */
  readonly statistics: CalibrationStatistics | null;
  /** Whether ranges were set by hand that the recipe, which looks at samples itself, leaves out. */
  readonly hasUnusedRanges: boolean;
  readonly data: {
    readonly description: string;
    readonly isRandom: boolean;
    readonly shared: boolean;
    readonly calibrated: number;
    readonly measured: number;
    readonly preprocessing: Preprocessing | null;
  };
  /** Or why the two could not be run. */
  readonly measurement: Measurement | Refusal;
  readonly runtime: RuntimeInfo | null;
  readonly made: Date;
  /** Of making and measuring it. */
  readonly tookMs: number;
}

export const verdict = signal<Verdict | null>(null);

const settled = signal<Verdict | null>(null);

/**
 * The verdict for what stands below it and is large: it comes a frame later, so that not all is
 * drawn in one, and goes at once.
 */
export const settledVerdict: ReadonlySignal<Verdict | null> = settled;

effect(() => {
  const current = verdict.value;
  if (!current) {
    settled.value = null;
    return;
  }
  void nextFrame().then(() => {
    if (verdict.peek() === current) settled.value = current;
  });
});

export function isMeasured(measurement: Measurement | Refusal): measurement is Measurement {
  return 'compare' in measurement;
}
