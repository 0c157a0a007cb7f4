import { OctoliteError, throwIfAborted } from './errors.js';
import { isTypedArray } from './tensor_data.js';
import type { Dataset, Progress, Sample, TaskOptions } from './types.js';

export function noSamples(): OctoliteError {
  return new OctoliteError('INVALID_ARGUMENT', 'there are no samples');
}

/**
 * Lets events through when some time has passed, so that a page stays alive and signals arrive. All
 * who ask meanwhile wait for the same moment: timers by turns would leave no room for anything else.
 */
export function pauser(): () => Promise<void> {
  let last = performance.now();
  let pause: Promise<void> | undefined;
  return async () => {
    if (performance.now() - last < 16) return;
    pause ??= new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => {
      last = performance.now();
      pause = undefined;
    });
    await pause;
  };
}

/** What is to be called by a signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls a function when a signal says so, at once if it has; returns what takes that back. All who
 * wait for a signal share one listener, as Node.js warns of leaks where there are more than ten.
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) {
    call();
    return () => undefined;
  }
  let calls = waiting.get(signal);
  if (!calls) {
    const all = new Set<() => void>();
    signal.addEventListener(
      'abort',
      () => {
        for (const each of [...all]) each();
      },
      { once: true },
    );
    waiting.set(signal, all);
    calls = all;
  }
  const own = (): void => call();
  calls.add(own);
  return () => calls.delete(own);
}

/**
 * What a promise gives, or ABORTED as soon as the signal says so. `late` gets what comes in spite of
 * that.
 */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  if (!signal) return promise;
  let forget = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    forget = onAbort(signal, resolve);
  });
  try {
    await Promise.race([promise, aborted]);
    throwIfAborted(signal);
    return await promise;
  } catch (error) {
    if (!signal.aborted) throw error;
    promise.then(late, () => undefined);
    throwIfAborted(signal);
    throw error;
  } finally {
    forget();
  }
}

/** As Promise.all, but when it rejects, nothing is going on any more. */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** What is done with a sample; positions count from 0. */
export type UseSample = (sample: Sample, position: number) => void | Promise<void>;

/** The same options, with a progress that also says how long its stage goes on. */
export function withEstimates<T extends TaskOptions>(options: T): T {
  const { onProgress } = options;
  if (!onProgress) return options;
  let begun: { at: number; progress: Progress } | undefined;
  const estimate = (progress: Progress): void => {
    const now = performance.now();
    const { stage, done, total } = progress;
    const goesOn =
      begun?.progress.stage === stage &&
      begun.progress.total === total &&
      begun.progress.done <= done;
    if (!begun || !goesOn) begun = { at: now, progress };
    const more = done - begun.progress.done;
    const known = total !== undefined && more > 0;
    onProgress({
      ...progress,
      ...(known && { remainingMs: Math.max(0, ((now - begun.at) / more) * (total - done)) }),
    });
  };
  return { ...options, onProgress: estimate };
}

/** Hands over sample by sample, the next when one is done with; how many there were. */
export function eachSample(
  data: Dataset,
  stage: Progress['stage'],
  options: TaskOptions & { total?: number | undefined },
  use: UseSample,
): Promise<number> {
  return handOut(data, stage, options, [use]);
}

/**
 * Shares samples out among engines, each of which has one at hand while it works on another, so that
 * none waits for the thread that hands them out. It still gets them in their order. How many there
 * were.
 */
export function shareSamples(
  data: Dataset,
  stage: Progress['stage'],
  options: TaskOptions & { total?: number | undefined },
  users: readonly UseSample[],
): Promise<number> {
  return handOut(data, stage, options, [...users, ...users]);
}

/**
 * Hands each sample to the next that is free, so that at most one for each is in memory. How many
 * there were. What is thrown is what the first sample to fail threw, whoever had it.
 */
async function handOut(
  data: Dataset,
  stage: Progress['stage'],
  options: TaskOptions & { total?: number | undefined },
  users: readonly UseSample[],
): Promise<number> {
  if (isTypedArray(data) || data === null || typeof data !== 'object') {
    throw new OctoliteError('INVALID_ARGUMENT', 'the data is not a list of samples', {
      hint: 'one sample goes into an array of its own: [sample]',
    });
  }
  const length = (data as { length?: unknown }).length;
  const total = typeof length === 'number' ? length : options.total;
  const report = (done: number) =>
    options.onProgress?.({ stage, done, ...(total !== undefined && { total }) });
  const pause = pauser();
  const samples = numbered(data);
  let done = 0;
  let failure: { readonly position: number; readonly error: unknown } | undefined;
  report(0);
  const work = async (use: UseSample): Promise<void> => {
    let position = Infinity;
    try {
      while (!failure) {
        position = Infinity;
        const next = await orAborted(samples.next(), options.signal);
        if (next.done) return;
        position = next.value.position;
        await use(next.value.sample, position);
        report(++done);
        await pause();
      }
    } catch (error) {
      if (!failure || position < failure.position) failure = { position, error };
    }
  };
  await Promise.all(users.map(work));
  const closed = samples.return();
  // Data that never comes does not hold up whoever aborts.
  closed.catch(() => undefined);
  throwIfAborted(options.signal);
  await closed;
  // The compiler does not see that the functions above set it.
  const failed = failure as { readonly error: unknown } | undefined;
  if (failed) throw failed.error;
  return done;
}

/** A generator makes those wait who ask while it is working. */
async function* numbered(
  data: Dataset,
): AsyncGenerator<{ sample: Sample; position: number }, void, void> {
  let position = 0;
  for await (const sample of data) yield { sample, position: position++ };
}

/** The beginning of a dataset. */
export async function* firstSamples(data: Dataset, limit: number): AsyncGenerator<Sample> {
  let count = 0;
  for await (const sample of data) {
    yield sample;
    if (++count >= limit) return;
  }
}
