import { OctoliteError, type TensorDetails } from 'octolite';
import { WorkerClient } from '../../lib/worker_client.js';
import type { Preprocessing } from './preprocess.js';
import type { DataErrorRecord, FileFacts, OpenedSet, Requests, SetRecipe } from './protocol.js';

/** Files are handed over in parts, as each takes the page a moment. */
const FILES_AT_ONCE = 250;

/** An error of a data file, with the number of the file where one is to blame. */
export class DataError extends OctoliteError {
  readonly culprit: number | undefined;

  constructor({ code, details, culprit }: DataErrorRecord) {
    const { what, ...rest } = details;
    super(code, what ?? code, rest);
    this.culprit = culprit;
  }
}

/** What the worker was given, which another one needs after it; numbered as it came. */
const handedOver: File[] = [];
const recipes: SetRecipe[] = [];
const numbers = new WeakMap<File, number>();

/** The worker that reads data files. */
export const reader = new WorkerClient<Requests, DataErrorRecord>({
  create: () => new Worker(new URL('./data_worker.js', import.meta.url), { type: 'module' }),
  purpose: 'reads data files',
  toError: (failure) => new DataError(failure),
  onStart: () => {
    // Where it stops again, whoever waits for more than this is told.
    const ignore = (): void => undefined;
    if (handedOver.length > 0) {
      reader.ask('files', { files: [...handedOver.entries()] }).catch(ignore);
    }
    recipes.forEach((recipe, set) => {
      reader.ask('recipe', { set, recipe }).catch(ignore);
    });
  },
});

/** Opens a set of samples. It can be asked for them as long as the page lives. */
export async function openSet(recipe: SetRecipe): Promise<OpenedSet> {
  const set = recipes.length;
  const known = reader.ask('recipe', { set, recipe });
  recipes.push(recipe);
  await known;
  const opened = await reader.ask('open', { set });
  const facts: FileFacts[] = [];
  const files = recipe.kind === 'files' ? recipe.files.length : 0;
  for (let from = 0; from < files; from += FILES_AT_ONCE) {
    facts.push(...(await reader.ask('facts', { set, from, to: from + FILES_AT_ONCE })));
  }
  return { ...opened, facts };
}

/** The numbers under which the worker knows files, which are handed over where they were not. */
export async function handOver(files: readonly File[]): Promise<number[]> {
  const fresh: [number, File][] = [];
  const found = files.map((file) => {
    let number = numbers.get(file);
    if (number === undefined) {
      number = handedOver.push(file) - 1;
      numbers.set(file, number);
      fresh.push([number, file]);
    }
    return number;
  });
  for (let at = 0; at < fresh.length; at += FILES_AT_ONCE) {
    await reader.ask('files', { files: fresh.slice(at, at + FILES_AT_ONCE) });
  }
  return found;
}

/**
 * Opens a file by itself.
 * @throws DataError when it is refused.
 */
export async function openFileSet(
  file: File,
  inputs: readonly TensorDetails[],
  preprocessing: Preprocessing,
): Promise<OpenedSet> {
  const opened = await openSet({
    kind: 'files',
    files: await handOver([file]),
    inputs,
    preprocessing,
    labelColumns: {},
    assigned: {},
  });
  const refusal = opened.facts[0]?.refusal;
  if (refusal) throw new DataError(refusal);
  return opened;
}
