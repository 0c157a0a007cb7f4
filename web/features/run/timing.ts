import type { BenchmarkReport, Model, Sample } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import type { Reporter } from './state.js';
import { whileVisible } from './visible.js';

/** How long timing one model shall take, and bounds on the number of runs in a round. */
const TIMING_MS = 1200;
const ROUNDS = 3;
const LEAST_RUNS = 3;
const MOST_RUNS = 100;
const WARMUP_RUNS = 2;

interface Task {
  readonly worker: OctoliteWorker;
  readonly sample: Sample;
  readonly abort: AbortSignal;
  readonly report: Reporter;
}

/** How many runs of a model fit in a round: known after a few. */
async function runsOf(model: Model, { worker, sample, abort }: Task): Promise<number> {
  const options = { sample, runs: 3, warmup: WARMUP_RUNS, signal: abort };
  const { medianMs } = await worker.benchmark(model, options);
  const fitting = Math.round(TIMING_MS / ROUNDS / Math.max(medianMs, 0.01));
  return Math.min(Math.max(fitting, LEAST_RUNS), MOST_RUNS);
}

/**
 * How fast models run, in their order: timed by turns, and of each the calmest round, so that
 * whatever else the machine does hits all of them.
 */
export async function time(models: readonly Model[], task: Task): Promise<BenchmarkReport[]> {
  const { worker, sample, abort, report } = task;
  let total = 1;
  let done = 0;
  const tell = (isWaiting = false): void =>
    report({ stage: 'benchmark', done, total, ...(isWaiting && { isWaiting }) });
  const watched = <Result>(act: () => Promise<Result>): Promise<Result> =>
    whileVisible(abort, () => tell(true), act);
  tell();
  const counts: number[] = [];
  for (const model of models) counts.push(await watched(() => runsOf(model, task)));
  total = ROUNDS * counts.reduce((sum, runs) => sum + runs + WARMUP_RUNS, 0);
  const started = performance.now();
  const calmest: BenchmarkReport[] = [];
  for (let round = 0; round < ROUNDS; ++round) {
    for (const [index, model] of models.entries()) {
      const begun = done;
      const runs = counts[index]!;
      const timed = await watched(() =>
        worker.benchmark(model, {
          sample,
          runs,
          warmup: WARMUP_RUNS,
          signal: abort,
          onProgress: (progress) => {
            done = begun + progress.done;
            const remainingMs = ((performance.now() - started) / done) * (total - done);
            report({ stage: 'benchmark', done, total, remainingMs });
          },
        }),
      );
      done = begun + runs + WARMUP_RUNS;
      const best = calmest[index];
      if (!best || timed.medianMs < best.medianMs) calmest[index] = timed;
    }
  }
  return calmest;
}
