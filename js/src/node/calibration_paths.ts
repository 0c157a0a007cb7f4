import { OBSERVER_NAMES } from '../observers.js';
import type { CalibrationStatistics, Dataset, ObserverName, TensorDetails } from '../types.js';
import { UsageError, type Context } from './command.js';
import { openPaths, type OpenedData } from './data_paths.js';
import { countStatistics, readMergedStatistics } from './statistics_files.js';

/** What ranges are learned from: samples, or what `octolite calibrate` saved. */
export interface OpenedCalibration {
  /** For the library. */
  readonly source: Dataset | CalibrationStatistics;
  /** The samples; absent for saved statistics. */
  readonly opened?: OpenedData;
  readonly samples: number;
  /** For messages: "12 samples". */
  readonly description: string;
}

/**
 * Opens the files of --calibration: statistics, known by what is in them, or samples.
 * @param warning Said when the samples are random.
 */
export async function openCalibration(
  context: Context,
  paths: readonly string[],
  inputs: readonly TensorDetails[],
  warning: string,
): Promise<OpenedCalibration> {
  const saved = await countStatistics(paths);
  if (saved === 0) {
    const opened = await openPaths(context, paths, inputs, warning);
    const { data, description } = opened;
    return { source: data, opened, samples: data.length, description };
  }
  if (saved < paths.length) {
    throw new UsageError('--calibration takes samples or saved statistics, not both');
  }
  const source = await readMergedStatistics(paths);
  const samples = Math.max(0, ...source.subgraphs.map((subgraph) => subgraph.samples));
  return { source, samples, description: `statistics of ${samples} samples` };
}

/** The options --observer and --percentile. */
export function observerOptions(context: Context): {
  observer: ObserverName | undefined;
  percentile: number | undefined;
} {
  const observer = context.choice('observer', OBSERVER_NAMES);
  const numbers = context.numbers('percentile');
  if (!numbers) return { observer, percentile: undefined };
  const [percentile = NaN] = numbers;
  if (numbers.length !== 1 || !(percentile > 50 && percentile <= 100)) {
    throw new UsageError('--percentile takes a number above 50 and up to 100');
  }
  if (observer !== 'percentile') {
    throw new UsageError('--percentile goes with --observer percentile');
  }
  return { observer, percentile };
}
