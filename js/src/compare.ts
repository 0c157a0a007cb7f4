import { noSamples, shareSamples } from './tasks.js';
import type { AnyEngine } from './toolkit.js';
import type { CompareOptions, CompareReport, Dataset, Sample } from './types.js';

/** Feeds two models the same samples, given as for model `a`, which is the reference. */
export async function compareModels(
  engine: AnyEngine,
  a: number,
  b: number,
  data: Dataset,
  options: CompareOptions,
): Promise<CompareReport> {
  const perLayer = options.perLayer ?? false;
  const handle = await engine.createComparer(a, b, {
    arithmetic: options.arithmetic ?? 'litert',
    perLayer,
    signature: options.signature,
  });
  try {
    const use = (sample: Sample) => engine.compareSample(handle, sample);
    const samples = await shareSamples(data, 'compare', options, [use]);
    if (samples === 0) throw noSamples();
    return await engine.compareReport(handle, perLayer);
  } finally {
    await engine.dispose(handle);
  }
}
