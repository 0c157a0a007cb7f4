import { openDataset, type FileDataset } from '../data/dataset.js';
import { randomSamples } from '../data/random.js';
import type { Dataset, TensorDetails } from '../types.js';
import { UsageError, type Context } from './command.js';
import { dataFiles } from './files.js';

export interface OpenedData {
  data: Dataset & { readonly length: number };
  /** For messages: "12 samples". */
  description: string;
}

const RANDOM = /^random:(\d+)$/;

/**
 * Opens what the command line calls PATHs.
 * @param warning Said when the samples are random.
 */
export async function openPaths(
  context: Context,
  paths: readonly string[],
  inputs: readonly TensorDetails[],
  warning: string,
): Promise<OpenedData> {
  const random = paths.map((path) => RANDOM.exec(path)).find((match) => match !== null);
  if (random) {
    if (paths.length > 1) throw new UsageError('random:N does not go together with files');
    const count = Number(random[1]);
    if (count < 1) throw new UsageError('random:N takes a number from 1');
    context.note(`WARNING: ${warning}`);
    return { data: randomSamples(inputs, count), description: `${count} random samples` };
  }
  const data: FileDataset = await openDataset(
    await dataFiles(paths),
    inputs,
    context.datasetOptions(),
  );
  context.noteWithResult(data.notes);
  const { length } = data;
  return { data, description: `${length} ${length === 1 ? 'sample' : 'samples'}` };
}
