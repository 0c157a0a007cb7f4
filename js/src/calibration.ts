import { OctoliteError } from './errors.js';
import { mergeStatistics } from './statistics.js';
import { allEnded, noSamples, shareSamples } from './tasks.js';
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

/** A model in an engine. The same one in several engines shares the samples out among them. */
export interface Place {
  readonly engine: AnyEngine;
  readonly model: number;
}

/** One or more. */
export type Places = readonly [Place, ...Place[]];

/** Runs one subgraph, or all signatures, on all samples. */
export async function calibrateModel(
  places: Places,
  data: Dataset,
  options: CalibrateOptions,
): Promise<CalibrationStatistics> {
  const run = options.signature === '*' ? calibrateSignatures : calibrateOne;
  return run(places, data, options);
}

interface Run {
  readonly engine: AnyEngine;
  readonly handle: number;
  /** By name; of a signature. */
  readonly inputs: readonly string[];
}

async function disposeOf(runs: readonly Run[]): Promise<void> {
  await allEnded(runs.map(async ({ engine, handle }) => engine.dispose(handle)));
}

async function statisticsOf(runs: readonly Run[]): Promise<CalibrationStatistics> {
  const parts = await allEnded(
    runs.map(async ({ engine, handle }) => engine.calibrationStatistics(handle)),
  );
  return parts.length === 1 ? parts[0]! : mergeStatistics(...parts);
}

async function calibrateOne(
  places: Places,
  data: Dataset,
  options: CalibrateOptions,
): Promise<CalibrationStatistics> {
  const { subgraph, signature } = options;
  const runs: Run[] = [];
  try {
    await allEnded(
      places.map(async ({ engine, model }) => {
        const handle = await engine.createCalibrator(model, { subgraph, signature });
        runs.push({ engine, handle, inputs: [] });
      }),
    );
    // What several engines see of it says nothing: it depends on the order of the samples.
    const alone = places.length === 1;
    let convergence: Convergence | undefined;
    const onProgress = (progress: Progress) =>
      options.onProgress?.({ ...progress, ...(convergence && { convergence }) });
    const users = runs.map(({ engine, handle }) => async (sample: Sample) => {
      const seen = await engine.calibrateSample(handle, sample);
      if (alone) convergence = seen;
    });
    const samples = await shareSamples(data, 'calibrate', { ...options, onProgress }, users);
    if (samples === 0) throw noSamples();
    return await statisticsOf(runs);
  } finally {
    await disposeOf(runs);
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
  places: Places,
  data: Dataset,
  options: CalibrateOptions,
): Promise<CalibrationStatistics> {
  const [{ engine: first, model }] = places;
  const { signatures } = await first.inspect(model);
  if (signatures.length === 0) {
    throw new OctoliteError('INVALID_ARGUMENT', 'the model has no signatures');
  }
  const runs: Run[] = [];
  try {
    const users = await allEnded(
      places.map(async ({ engine, model }) => {
        const own: Run[] = [];
        for (const { key, inputs } of signatures) {
          const handle = await engine.createCalibrator(model, { signature: key });
          const run = { engine, handle, inputs: Object.keys(inputs) };
          own.push(run);
          runs.push(run);
        }
        return (sample: Sample) => calibrateFitting(own, sample);
      }),
    );
    const samples = await shareSamples(data, 'calibrate', options, users);
    if (samples === 0) throw noSamples();
    return mergeStatistics(await statisticsOf(runs));
  } finally {
    await disposeOf(runs);
  }
}

/** Gives a sample to each signature that has all of its inputs in it. */
async function calibrateFitting(runs: readonly Run[], sample: Sample): Promise<void> {
  const given = namedTensors(sample);
  const fitting = runs.filter(({ inputs }) => inputs.every((name) => Object.hasOwn(given, name)));
  if (fitting.length === 0) {
    const names = runs.map(({ inputs }) => inputs.join(', ')).join('; ');
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `a sample has the inputs of no signature; they are: ${names}`,
    );
  }
  for (const { engine, handle, inputs } of fitting) {
    const own = Object.fromEntries(inputs.map((name) => [name, given[name]!]));
    await engine.calibrateSample(handle, own);
  }
}
