import { OctoliteError } from './errors.js';
import { mergeStatistics } from './statistics.js';
import { eachSample, noSamples } from './tasks.js';
import { isTypedArray } from './tensor_data.js';
import type { AnyEngine } from './toolkit.js';
import type {
  CalibrateOptions,
  CalibrationStatistics,
  Convergence,
  Dataset,
  Progress,
  Sample,
  TensorInput,
} from './types.js';

/** Runs one subgraph, or all signatures, on all samples. */
export async function calibrateModel(
  engine: AnyEngine,
  model: number,
  data: Dataset,
  options: CalibrateOptions,
): Promise<CalibrationStatistics> {
  const run = options.signature === '*' ? calibrateSignatures : calibrateOne;
  return run(engine, model, data, options);
}

async function calibrateOne(
  engine: AnyEngine,
  model: number,
  data: Dataset,
  options: CalibrateOptions,
): Promise<CalibrationStatistics> {
  const { subgraph, signature } = options;
  const handle = await engine.createCalibrator(model, { subgraph, signature });
  try {
    let convergence: Convergence | undefined;
    const onProgress = (progress: Progress) =>
      options.onProgress?.({ ...progress, ...(convergence && { convergence }) });
    const watched = { ...options, onProgress };
    const samples = await eachSample(data, 'calibrate', watched, async (sample) => {
      convergence = await engine.calibrateSample(handle, sample);
    });
    if (samples === 0) throw noSamples();
    return await engine.calibrationStatistics(handle);
  } finally {
    await engine.dispose(handle);
  }
}

function namedTensors(sample: Sample): Readonly<Record<string, TensorInput>> {
  if (typeof sample === 'object' && !Array.isArray(sample) && !isTypedArray(sample)) {
    return sample as Readonly<Record<string, TensorInput>>;
  }
  throw new OctoliteError(
    'INVALID_ARGUMENT',
    'samples for all signatures must have names: { input: values, ... }',
  );
}

/** Calibrates all signatures, each with the samples that have its inputs. */
async function calibrateSignatures(
  engine: AnyEngine,
  model: number,
  data: Dataset,
  options: CalibrateOptions,
): Promise<CalibrationStatistics> {
  const { signatures } = await engine.inspect(model);
  if (signatures.length === 0) {
    throw new OctoliteError('INVALID_ARGUMENT', 'the model has no signatures');
  }
  const runs: { handle: number; inputs: readonly string[] }[] = [];
  try {
    for (const { key, inputs } of signatures) {
      const handle = await engine.createCalibrator(model, { signature: key });
      runs.push({ handle, inputs: Object.keys(inputs) });
    }
    const samples = await eachSample(data, 'calibrate', options, async (sample) => {
      const given = namedTensors(sample);
      const fitting = runs.filter(({ inputs }) =>
        inputs.every((name) => Object.hasOwn(given, name)),
      );
      if (fitting.length === 0) {
        const names = runs.map(({ inputs }) => inputs.join(', ')).join('; ');
        throw new OctoliteError(
          'INVALID_ARGUMENT',
          `a sample has the inputs of no signature; they are: ${names}`,
        );
      }
      for (const { handle, inputs } of fitting) {
        const own = Object.fromEntries(inputs.map((name) => [name, given[name]!]));
        await engine.calibrateSample(handle, own);
      }
    });
    if (samples === 0) throw noSamples();
    const parts: CalibrationStatistics[] = [];
    for (const { handle } of runs) parts.push(await engine.calibrationStatistics(handle));
    return mergeStatistics(...parts);
  } finally {
    for (const { handle } of runs) await engine.dispose(handle);
  }
}
