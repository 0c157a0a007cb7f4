import { randomSample } from './data/random.js';
import { OctoliteError, throwIfAborted } from './errors.js';
import { pauser } from './tasks.js';
import type { AnyEngine } from './toolkit.js';
import type { BenchmarkOptions, BenchmarkReport } from './types.js';

/** How many runs are profiled: operators' times are means, which need fewer than a median. */
const MOST_PROFILED_RUNS = 10;

/** Times runs of a model; `fileBytes` is passed on into the report. */
export async function benchmarkModel(
  engine: AnyEngine,
  model: number,
  fileBytes: number,
  options: BenchmarkOptions,
): Promise<BenchmarkReport> {
  const runs = countOption(options.runs, 30, 1, 'runs');
  const warmup = countOption(options.warmup, 3, 0, 'warmup');
  const { arithmetic, signature } = options;
  const handle = await engine.createInterpreter(model, { arithmetic, signature });
  try {
    await engine.allocateTensors(handle);
    const inputs = await engine.inputDetails(handle);
    await engine.run(handle, options.sample ?? randomSample(inputs, 1));
    const pause = pauser();
    const times: number[] = [];
    for (let i = 0; i < warmup + runs; ++i) {
      throwIfAborted(options.signal);
      const ms = await engine.timeInvoke(handle);
      if (i >= warmup) times.push(ms);
      options.onProgress?.({ stage: 'benchmark', done: i + 1, total: warmup + runs });
      await pause();
    }
    const report = {
      ...summary(times),
      ...(await engine.planFacts(handle)),
      fileBytes,
      memoryBytes: (await engine.runtimeInfo()).memoryBytes,
    };
    if (!options.profile) return report;

    // Apart, because looking at the clock between operators takes time too.
    await engine.setProfiling(handle, true);
    const profiled = Math.min(runs, MOST_PROFILED_RUNS);
    for (let i = 0; i < profiled; ++i) {
      throwIfAborted(options.signal);
      await engine.timeInvoke(handle);
      await pause();
    }
    const operators = await engine.profile(handle);
    const sum = operators.reduce((total, { ms }) => total + ms, 0);
    return {
      ...report,
      operators: operators.map(({ ms, ...operator }) => ({
        ...operator,
        ms: ms / profiled,
        share: sum > 0 ? ms / sum : 0,
      })),
    };
  } finally {
    await engine.dispose(handle);
  }
}

function countOption(value: number | undefined, fallback: number, least: number, name: string) {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new OctoliteError('INVALID_ARGUMENT', `'${name}' is not a count of ${least} or more`);
}

function summary(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const runs = sorted.length;
  const mean = sorted.reduce((sum, ms) => sum + ms, 0) / runs;
  const middle = (sorted[(runs - 1) >> 1]! + sorted[runs >> 1]!) / 2;
  const variance = sorted.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / runs;
  const at = (share: number) => sorted[Math.round(share * (runs - 1))]!;
  return {
    runs,
    medianMs: middle,
    quartilesMs: [at(0.25), at(0.75)] as const,
    meanMs: mean,
    minMs: sorted[0]!,
    maxMs: sorted[runs - 1]!,
    stdMs: Math.sqrt(variance),
  };
}
