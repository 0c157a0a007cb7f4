import { OctoliteError, throwIfAborted } from './errors.js';
import { isTypedArray } from './tensor_data.js';
import type { Dataset, Progress, Sample, TaskOptions } from './types.js';

export function noSamples(): OctoliteError {
  return new OctoliteError('INVALID_ARGUMENT', 'there are no samples');
}

/** Lets events through when some time has passed, so that a page stays alive and signals arrive. */
export function pauser(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 16) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

/** Hands over sample by sample; how many there were. */
export async function eachSample(
  data: Dataset,
  stage: Progress['stage'],
  options: TaskOptions & { total?: number | undefined },
  use: (sample: Sample) => void | Promise<void>,
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
  let done = 0;
  report(0);
  for await (const sample of data) {
    throwIfAborted(options.signal);
    await use(sample);
    report(++done);
    await pause();
  }
  throwIfAborted(options.signal);
  return done;
}

/** The beginning of a dataset. */
export async function* firstSamples(data: Dataset, limit: number): AsyncGenerator<Sample> {
  let count = 0;
  for await (const sample of data) {
    yield sample;
    if (++count >= limit) return;
  }
}
