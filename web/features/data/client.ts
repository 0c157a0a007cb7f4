import { OctoliteError, type TensorDetails } from 'octolite';
import type { Preprocessing } from './preprocess.js';
import type {
  ErrorRecord,
  FileFacts,
  OpenedSet,
  RequestName,
  Requests,
  Response,
  SetRecipe,
} from './protocol.js';

/** Files are handed over in parts, as each takes the page a moment. */
const FILES_AT_ONCE = 250;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** An error of a data file, with the number of the file where one is to blame. */
export class DataError extends OctoliteError {
  readonly culprit: number | undefined;

  constructor({ code, details, culprit }: ErrorRecord) {
    const { what, ...rest } = details;
    super(code, what ?? code, rest);
    this.culprit = culprit;
  }
}

let worker: Worker | null = null;
let nextId = 0;
const waiting = new Map<number, Waiting>();
/** What the worker was given, which another one needs after it; numbered as it came. */
const handedOver: File[] = [];
const recipes: SetRecipe[] = [];
const numbers = new WeakMap<File, number>();

function settle({ data }: MessageEvent<Response>): void {
  const promise = waiting.get(data.id);
  waiting.delete(data.id);
  if ('error' in data) promise?.reject(new DataError(data.error));
  else promise?.resolve(data.result);
}

/** Everything that waits is told; the next request starts another worker. */
function onCrash(): void {
  worker?.terminate();
  worker = null;
  const error = new OctoliteError('WORKER_STOPPED', 'the worker that reads data files stopped');
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}

function start(): Worker {
  const started = new Worker(new URL('./data_worker.js', import.meta.url), { type: 'module' });
  started.addEventListener('message', settle);
  started.addEventListener('error', onCrash);
  started.addEventListener('messageerror', onCrash);
  worker = started;
  if (handedOver.length > 0) void ask('files', { files: [...handedOver.entries()] });
  recipes.forEach((recipe, set) => void ask('recipe', { set, recipe }));
  return started;
}

/** Asks the worker that reads data files; what is moved to it is gone here. */
export function ask<Name extends RequestName>(
  name: Name,
  args: Requests[Name]['args'],
  moved: Transferable[] = [],
): Promise<Requests[Name]['result']> {
  const to = worker ?? start();
  const id = nextId++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
    to.postMessage({ id, name, args }, moved);
  });
}

/** Opens a set of samples. It can be asked for them as long as the page lives. */
export async function openSet(recipe: SetRecipe): Promise<OpenedSet> {
  const set = recipes.length;
  const known = ask('recipe', { set, recipe });
  recipes.push(recipe);
  await known;
  const opened = await ask('open', { set });
  const facts: FileFacts[] = [];
  const files = recipe.kind === 'files' ? recipe.files.length : 0;
  for (let from = 0; from < files; from += FILES_AT_ONCE) {
    facts.push(...(await ask('facts', { set, from, to: from + FILES_AT_ONCE })));
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
    await ask('files', { files: fresh.slice(at, at + FILES_AT_ONCE) });
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

// So that no request is needed once the page is there.
if (typeof requestIdleCallback === 'function') requestIdleCallback(() => worker ?? start());
else setTimeout(() => worker ?? start(), 1000);
