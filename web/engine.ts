import { signal } from '@preact/signals';
import { isOctoliteError, type Model, type RuntimeInfo } from 'octolite';
import { connectWorker, type OctoliteWorker } from 'octolite/worker';
import { copyOf } from './lib/pieces.js';

/** How long a cancelled task may take to stop by itself before its worker is stopped. */
const PATIENCE_MS = 200;

/** Whether what went wrong leaves the worker's memory in an unknown state. */
function isFatal(error: unknown): boolean {
  return !isOctoliteError(error) || error.code === 'INTERNAL' || error.code === 'OUT_OF_MEMORY';
}

/** Loads a model into a worker; the bytes stay here too. */
export async function loadModel(
  worker: OctoliteWorker,
  bytes: Uint8Array,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Model> {
  return worker.loadModel(await copyOf(bytes), { transfer: true, signal });
}

function connect(): Promise<OctoliteWorker> {
  return connectWorker({
    threads: 'auto',
    createWorker: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  });
}

/** One for trying models and one for looking into layers, beside the one that quantizes. */
const SPARES = 2;
/** Workers that wait to be taken; null where another one can be started at any time. */
let spares: OctoliteWorker[] | null = null;
let filling: Promise<void> | null = null;

async function fill(into: OctoliteWorker[]): Promise<void> {
  while (into.length < SPARES) into.push(await connect());
}

/**
 * Has workers wait from now on, for a page that no service worker keeps: once the network is gone,
 * none can be started. Resolves when they are there.
 */
export async function keepSpares(): Promise<void> {
  const into = (spares ??= []);
  filling ??= fill(into).finally(() => (filling = null));
  await filling;
}

/** A worker that waits, or a new one. */
async function takeWorker(): Promise<OctoliteWorker> {
  if (!spares) return connect();
  const spare = spares.shift();
  // Without a network there will be one less.
  void keepSpares().catch(() => undefined);
  if (!spare) return connect();
  return spare.stopped ? takeWorker() : spare;
}

/**
 * The library in a worker of its own: started when first asked for, and again when it has stopped.
 * What was loaded into a worker is gone with it.
 */
export class EngineSlot {
  /** What runs, and why; null until the worker has started. */
  readonly runtime = signal<RuntimeInfo | null>(null);
  #connected: Promise<OctoliteWorker> | null = null;
  /** Settles when the last of the tasks that run alone has ended. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #yielding = new Set<AbortController>();

  async worker(): Promise<OctoliteWorker> {
    const mine = (this.#connected ??= this.#connect());
    try {
      const worker = await mine;
      if (!worker.stopped) return worker;
    } catch (error) {
      if (this.#connected === mine) this.#connected = null;
      throw error;
    }
    if (this.#connected === mine) this.#connected = null;
    return this.worker();
  }

  async #connect(): Promise<OctoliteWorker> {
    const worker = await takeWorker();
    this.runtime.value = worker.info;
    return worker;
  }

  /** Stops the worker with all that it holds, at once. */
  stop(): void {
    const stopped = this.#connected;
    this.#connected = null;
    stopped?.then(
      (worker) => worker.terminate(),
      () => undefined,
    );
  }

  /**
   * Gives memory back when there is nothing to do for a while: what was loaded is to be disposed of
   * by whoever loaded it, as the worker stays where it might be the last.
   */
  rest(): void {
    if (!spares) this.stop();
  }

  /**
   * Runs a task, beside others, that ends soon after `abort` is aborted, come what may: a task that
   * is in the middle of a long step loses its worker.
   */
  async run<Result>(
    abort: AbortSignal,
    task: (worker: OctoliteWorker) => Promise<Result>,
  ): Promise<Result> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => this.stop(), PATIENCE_MS);
    };
    abort.throwIfAborted();
    abort.addEventListener('abort', onAbort);
    try {
      return await task(await this.worker());
    } catch (error) {
      if (isFatal(error)) this.stop();
      throw error;
    } finally {
      clearTimeout(timer);
      abort.removeEventListener('abort', onAbort);
    }
  }

  /** As `run`, but after the tasks that run alone; those that yield are aborted for it. */
  async runAlone<Result>(
    abort: AbortSignal,
    task: (worker: OctoliteWorker) => Promise<Result>,
  ): Promise<Result> {
    for (const each of this.#yielding) each.abort();
    return this.#enqueue(() => this.run(abort, task));
  }

  /**
   * As `runAlone`, for a task that gives way: it is aborted, and rejects with an AbortError, when a
   * task comes that does not. `task` gets the signal to hand on.
   */
  async runYielding<Result>(
    abort: AbortSignal,
    task: (worker: OctoliteWorker, abort: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const own = new AbortController();
    const onAbort = (): void => own.abort(abort.reason);
    abort.addEventListener('abort', onAbort);
    this.#yielding.add(own);
    try {
      return await this.#enqueue(() => this.run(own.signal, (worker) => task(worker, own.signal)));
    } finally {
      this.#yielding.delete(own);
      abort.removeEventListener('abort', onAbort);
    }
  }

  #enqueue<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(run);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

/** Reads, quantizes and measures models. */
export const engine = new EngineSlot();
