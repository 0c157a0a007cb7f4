import { isOctoliteError, type BenchmarkReport, type Model } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { engine, loadModel } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { toRefusal } from '../../lib/refusal.js';
import { stream, type SampleSet } from '../data/plan.js';
import { spread } from '../data/split.js';
import { isMeasured, verdict, type Verdict } from '../verdict/state.js';
import { lastProgress, measurementOf, store, type LayerMeasurement } from './state.js';
import { words } from './words.js';

/** How many samples layers are measured on: the figures hardly move after a few. */
const MOST_SAMPLES = 32;
const LEAST_SAMPLES = 4;
/** About how long comparing may take, and timing one of the models. */
const COMPARING_MS = 6000;
const TIMING_MS = 1000;
/** A sample runs the float model once and the other twice, and all tensors are looked at. */
const RUNS_OF_SAMPLE = 4;
const LEAST_RUNS = 3;
const MOST_RUNS = 10;
/** Of the whole, how much comparing is thought to take. */
const COMPARING_SHARE = 0.7;

/** Samples of a set, evenly spread. */
export function some({ count, sample }: SampleSet, most: number): SampleSet {
  const all = Array.from({ length: count }, (_, position) => position);
  const chosen = spread(all, most);
  return { count: chosen.length, sample: (position) => sample(chosen[position] ?? 0) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(Math.round(value), least), most);
}

/** How many samples are worth their time. */
export function samplesFor({ measurement }: Verdict): number {
  if (!isMeasured(measurement)) return LEAST_SAMPLES;
  const { before, after } = measurement.latency;
  const sampleMs = RUNS_OF_SAMPLE * Math.max(before.medianMs, after.medianMs);
  return clamp(COMPARING_MS / Math.max(sampleMs, 0.01), LEAST_SAMPLES, MOST_SAMPLES);
}

async function measure(
  client: OctoliteWorker,
  of: Verdict,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<LayerMeasurement> {
  const loaded: Model[] = [];
  try {
    for (const bytes of [of.open.bytes, of.bytes]) loaded.push(await loadModel(client, bytes));
    const [float, quantized] = loaded as [Model, Model];
    const set = some(of.plan.measure, samplesFor(of));
    const comparison = await client.compare(float, quantized, stream(set), {
      perLayer: true,
      signal,
      onProgress: ({ done }) => onProgress((COMPARING_SHARE * done) / set.count),
    });
    const sample = await set.sample(0);
    const time = async (model: Model, which: 'before' | 'after'): Promise<BenchmarkReport> => {
      const median = isMeasured(of.measurement) ? of.measurement.latency[which].medianMs : Infinity;
      const runs = clamp(TIMING_MS / Math.max(median, 0.01), LEAST_RUNS, MOST_RUNS);
      return client.benchmark(model, { profile: true, sample, runs, warmup: 1, signal });
    };
    const before = await time(float, 'before');
    onProgress((1 + COMPARING_SHARE) / 2);
    return { comparison, before, after: await time(quantized, 'after') };
  } finally {
    for (const model of loaded) model.dispose();
  }
}

function isAbort(error: unknown): boolean {
  if (isOctoliteError(error)) return error.code === 'ABORTED';
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What is being measured now, and what stops it. */
let current: { readonly of: Verdict; readonly abort: AbortController } | null = null;

/**
 * Measures the layers of a verdict, once. It gives way to whatever the user starts, and begins anew
 * afterwards if that verdict is still on the page.
 */
export async function measureLayers(of: Verdict): Promise<void> {
  if (measurementOf(of) || current?.of === of) return;
  current?.abort.abort();
  const abort = new AbortController();
  const mine = { of, abort };
  current = mine;
  const isWanted = (): boolean => current === mine && verdict.value === of;
  const report = (share: number): void => {
    if (isWanted()) lastProgress.value = { of, kind: 'working', share };
  };
  report(0);
  for (let isDone = false; !isDone && isWanted();) {
    try {
      const measured = await engine.runYielding(abort.signal, async (client, signal) =>
        isWanted() ? measure(client, of, signal, report) : null,
      );
      isDone = true;
      if (measured) store(of, measured);
      if (!measured || !isWanted()) continue;
      lastProgress.value = null;
      announce(words.value.measured(measured.comparison.samples));
    } catch (error) {
      // Something else came first.
      if (isAbort(error) && !abort.signal.aborted) continue;
      isDone = true;
      lastProgress.value = abort.signal.aborted
        ? { of, kind: 'cancelled' }
        : { of, kind: 'refused', refusal: toRefusal(error, of.open.name) };
    }
  }
  if (current !== mine) return;
  current = null;
  if (lastProgress.value?.kind === 'working') lastProgress.value = null;
}

export function cancelMeasuring(): void {
  current?.abort.abort();
}
