import { computed, signal } from '@preact/signals';
import { isOctoliteError, type DebugReport } from 'octolite';
import { engine, loadModel } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { stream } from '../data/plan.js';
import { toQuantizeOptions } from '../recipe/settings.js';
import { isMeasured, settledVerdict, type Verdict } from '../verdict/state.js';
import { some } from './measure.js';
import { words } from './words.js';

/** Samples that each trial is measured on; they are kept in memory. */
const SAMPLES = 8;

/** About how many bytes are quantized and made ready to run in a millisecond. */
const QUANTIZED_PER_MS = 20_000;

export type Suggestion = DebugReport['suggestions'][number];

/** Where looking for what costs most has come to. */
export type Search = { readonly of: Verdict } & (
  | {
      readonly kind: 'working';
      /** Each operator alone, one after the other, then what could help. */
      readonly pass: 0 | 1 | 2;
      readonly done: number;
      readonly total: number;
      readonly remainingMs: number | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
);

const lastSearch = signal<Search | null>(null);
const results = new WeakMap<Verdict, readonly Suggestion[]>();
const found = signal(0);
let abort: AbortController | null = null;

export const search = computed(() =>
  lastSearch.value?.of === settledVerdict.value ? lastSearch.value : null,
);

/** What the library suggests for the verdict on the page; null before it was asked. */
export const suggestions = computed(() => {
  void found.value;
  return settledVerdict.value && (results.get(settledVerdict.value) ?? null);
});

/** About how many models are made and measured, and how many milliseconds that takes. */
export function searchCost({ report, measurement, plan }: Verdict): {
  readonly trials: number;
  readonly ms: number;
} {
  const quantized = report.operators.filter(({ mode }) => mode !== 'float').length;
  const trials = 2 * quantized + 8;
  if (!isMeasured(measurement)) return { trials, ms: 0 };
  const { before, after } = measurement.latency;
  const samples = Math.min(plan.measure.count, SAMPLES);
  const trialMs =
    samples * ((before.medianMs + after.medianMs) / 2) + report.bytesBefore / QUANTIZED_PER_MS;
  return { trials, ms: trials * trialMs };
}

/** Quantizes parts of the model to see which cost most; gives way to whatever the user starts. */
export async function startSearch(of: Verdict): Promise<void> {
  if (search.value?.kind === 'working') return;
  const own = new AbortController();
  abort?.abort();
  abort = own;
  let [pass, before]: [0 | 1 | 2, number] = [0, 0];
  const report = (done: number, total: number, remainingMs: number | null): void => {
    if (abort === own) lastSearch.value = { of, kind: 'working', pass, done, total, remainingMs };
  };
  report(0, searchCost(of).trials, null);
  try {
    const { suggestions: made } = await engine.runYielding(own.signal, async (client, signal) => {
      const model = await loadModel(client, of.open.bytes);
      try {
        return await client.debug(model, {
          ...toQuantizeOptions(of.settings),
          ...(of.statistics && { calibration: of.statistics }),
          data: stream(some(of.plan.measure, SAMPLES)),
          samples: SAMPLES,
          signal,
          onProgress: ({ stage, done, total = 0, remainingMs }) => {
            if (stage !== 'sensitivity') return;
            // The second pass counts anew; what could help is not counted.
            if (pass === 0 && done < before) pass = 1;
            before = done;
            if (pass === 1 && done === total) pass = 2;
            report(done, total, remainingMs ?? null);
          },
        });
      } finally {
        model.dispose();
      }
    });
    results.set(of, made);
    found.value += 1;
    if (abort !== own) return;
    lastSearch.value = null;
    announce(made.length > 0 ? words.value.found(made.length) : words.value.nothing);
  } catch (error) {
    if (abort !== own) return;
    const wasStopped =
      own.signal.aborted ||
      (isOctoliteError(error) ? error.code === 'ABORTED' : error instanceof DOMException);
    lastSearch.value = wasStopped
      ? null
      : { of, kind: 'refused', refusal: toRefusal(error, of.open.name) };
  }
}

export function cancelSearch(): void {
  abort?.abort();
}
