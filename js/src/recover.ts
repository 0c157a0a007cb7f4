import { OctoliteError, throwIfAborted } from './errors.js';
import { looksLikeStatistics } from './statistics.js';
import { eachSample, noSamples, pauser } from './tasks.js';
import type { AnyEngine } from './toolkit.js';
import type {
  Dataset,
  EqualizedTensor,
  QuantizeOptions,
  QuantizeReport,
  RecoveryPass,
  Sample,
  TaskOptions,
} from './types.js';

export const RECOVERY_PASSES: readonly RecoveryPass[] = ['equalize', 'smooth', 'bias', 'rounding'];

interface Quantized {
  readonly bytes: Uint8Array;
  readonly report: QuantizeReport;
}

type Passes = Readonly<Record<RecoveryPass, boolean>>;

/** Which passes an option asks for; null for none. */
export function recoveryPasses(
  recover: 'all' | readonly RecoveryPass[] | undefined,
): Passes | null {
  if (recover === undefined || recover.length === 0) return null;
  const asked: readonly string[] = recover === 'all' ? RECOVERY_PASSES : recover;
  for (const name of asked) {
    if (!RECOVERY_PASSES.some((pass) => pass === name)) {
      throw new OctoliteError('INVALID_ARGUMENT', `there is no recovery pass ${name}`, {
        hint: `the passes are ${RECOVERY_PASSES.join(', ')}`,
      });
    }
  }
  const has = (pass: RecoveryPass) => asked.includes(pass);
  return {
    equalize: has('equalize'),
    smooth: has('smooth'),
    bias: has('bias'),
    rounding: has('rounding'),
  };
}

/** Equalizes a float model: a model of the same function, to be quantized in its place. */
export async function equalizeModel(
  engine: AnyEngine,
  model: number,
  passes: Passes,
  data: Dataset,
  options: TaskOptions,
): Promise<{ model: number; tensors: readonly EqualizedTensor[] }> {
  const handle = await engine.createEqualizer(model, passes);
  try {
    const samples = await eachSample(data, 'recover', options, (sample) =>
      engine.equalizerSample(handle, sample),
    );
    if (samples === 0) throw noSamples();
    return await engine.finishEqualizer(handle);
  } finally {
    await engine.dispose(handle);
  }
}

/** Every fourth sample is kept out, to judge the result by. */
const HELD_OUT = 4;

/** Of many samples, those that the passes work with, or those kept out. */
export async function* splitSamples(data: Dataset, heldOut: boolean): AsyncGenerator<Sample> {
  let index = 0;
  for await (const sample of data) {
    if ((index++ % HELD_OUT === HELD_OUT - 1) === heldOut) yield sample;
  }
}

/** What goes on after equalization. */
export interface Recovery {
  readonly passes: Passes;
  readonly data: Dataset;
  readonly tensors: readonly EqualizedTensor[];
}

/** The samples that the passes work with. */
export function recoveryData(
  options: Pick<QuantizeOptions, 'calibration' | 'prune'>,
  passes: Passes,
): Dataset {
  const { calibration, prune } = options;
  if (prune !== undefined && passes.rounding) {
    throw new OctoliteError('INVALID_ARGUMENT', 'rounding would fill the zeros of pruned weights', {
      hint: 'choose other recovery passes, or do not prune',
    });
  }
  if (!calibration || looksLikeStatistics(calibration)) {
    throw new OctoliteError('INVALID_ARGUMENT', 'recovery needs samples', {
      hint: 'give them as calibration, instead of statistics, whatever the recipe',
    });
  }
  return calibration;
}

/** Improves the integers of a quantized model, layer by layer. */
export async function reconstruct(
  engine: AnyEngine,
  model: number,
  quantized: Quantized,
  { passes, data, tensors }: Recovery,
  options: TaskOptions,
): Promise<Quantized> {
  const { bytes: before, report } = quantized;
  if (!passes.bias && !passes.rounding) {
    return { bytes: before, report: { ...report, recovery: { tensors, layers: [] } } };
  }
  const candidate = await engine.loadModelLike(model, before);
  let work: number | undefined;
  try {
    const handle = await engine.createReconstructor(model, candidate, passes);
    work = handle;
    const samples = await eachSample(data, 'recover', options, (sample) =>
      engine.reconstructorSample(handle, sample),
    );
    if (samples === 0) throw noSamples();
    const total = await engine.reconstructorLayers(handle);
    const pause = pauser();
    for (let done = 0; done < total; ++done) {
      throwIfAborted(options.signal);
      options.onProgress?.({ stage: 'recover', done, total });
      await engine.reconstructLayer(handle);
      await pause();
    }
    options.onProgress?.({ stage: 'recover', done: total, total });
    const { bytes, layers } = await engine.finishReconstructor(handle);
    return {
      bytes,
      report: { ...report, bytesAfter: bytes.byteLength, recovery: { tensors, layers } },
    };
  } finally {
    if (work !== undefined) await engine.dispose(work);
    await engine.dispose(candidate);
  }
}
