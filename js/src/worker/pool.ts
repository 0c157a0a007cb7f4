import type { Places } from '../calibration.js';
import { OctoliteError } from '../errors.js';
import type { Model } from '../model.js';
import { automaticCount } from '../processors.js';
import { allEnded } from '../tasks.js';
import type { Inspection } from '../types.js';
import { loadInto, OctoliteWorker, type WorkerLoadModelOptions } from './client.js';
import { Connection, type ConnectOptions } from './connection.js';

const MOST_WORKERS = 64;

/** Operators that keep something from one sample to the next, or do it once for all. */
const KEEPS_STATE = /LSTM|RNN|SVDF|VARIABLE|VAR_HANDLE|HASHTABLE|CALL_ONCE|RANDOM|MULTINOMIAL/;

/** How many workers there are, and how they are started. */
export interface PoolOptions extends ConnectOptions {
  /**
   * How many workers, 1 to 64, each with a copy of the models; default `auto`: as many as there are
   * processors, at most 4. `threads` are those of each worker; default 1.
   */
  workers?: number | 'auto' | undefined;
}

/**
 * Several workers that calibrate and evaluate together; what comes out is the same as from one
 * worker, to the byte. They get samples as they ask for them: two for each worker are in memory.
 * Everything else is done by the first worker alone: inference, quantizing, comparing, measuring.
 * So are calibration for a moving average and samples for a model that keeps state from one to the
 * next, as their order counts; and calibration of a model that was pruned or equalized on the way.
 * Custom operators must be functions of their inputs. When a worker stops, the pool does.
 */
export class OctolitePool extends OctoliteWorker {
  readonly #others: readonly Connection[];
  /** By the handle in the first worker: those in the others. */
  readonly #copies = new Map<number, readonly number[]>();
  /** By handle; of models that were asked about. */
  readonly #keepsState = new Map<number, boolean>();

  /** @internal Use connectPool. */
  constructor([first, ...others]: readonly [Connection, ...Connection[]], options: PoolOptions) {
    super(first, options);
    this.#others = others;
  }

  /** How many workers there are. */
  get workers(): number {
    return this.#others.length + 1;
  }

  /** @internal */
  protected override async load(
    file: Uint8Array,
    options: WorkerLoadModelOptions,
  ): Promise<number> {
    const copied = { ...options, transfer: false };
    // The first worker comes last, as it may take the memory away.
    const copies = this.#others.map((connection) => loadInto(connection, file, copied));
    const own = super.load(file, options);
    try {
      const [handle, ...handles] = await allEnded([own, ...copies]);
      this.#copies.set(handle!, handles);
      return handle!;
    } catch (error) {
      own.then((handle) => super.release(handle)).catch(() => undefined);
      this.#releaseCopies(copies);
      throw error;
    }
  }

  /** @internal */
  protected override release(handle: number): void {
    super.release(handle);
    this.#releaseCopies((this.#copies.get(handle) ?? []).map((copy) => Promise.resolve(copy)));
    this.#copies.delete(handle);
    this.#keepsState.delete(handle);
  }

  #releaseCopies(copies: readonly Promise<number>[]): void {
    for (const [i, copy] of copies.entries()) {
      copy.then((handle) => this.#others[i]!.release(handle)).catch(() => undefined);
    }
  }

  /** @internal */
  protected override async places(model: Model): Promise<Places> {
    const handle = model.handleFor(this);
    const first = { engine: this.engine, model: handle };
    if (await this.#ordered(handle)) return [first];
    const copies = this.#copies.get(handle) ?? [];
    const others = copies.map((copy, i) => ({ engine: this.#others[i]!.engine(), model: copy }));
    return [first, ...others];
  }

  /** Whether the order of its samples counts for a model. */
  async #ordered(handle: number): Promise<boolean> {
    const known = this.#keepsState.get(handle);
    if (known !== undefined) return known;
    const { operatorCounts }: Inspection = await this.engine.inspect(handle);
    const keeps = operatorCounts.some(({ name }) => KEEPS_STATE.test(name));
    this.#keepsState.set(handle, keeps);
    return keeps;
  }
}

async function workerCount(workers: PoolOptions['workers'] = 'auto'): Promise<number> {
  if (workers === 'auto') return automaticCount();
  if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return workers;
  throw new OctoliteError('INVALID_ARGUMENT', `there cannot be ${String(workers)} workers`, {
    hint: `a number from 1 to ${MOST_WORKERS}, or 'auto'`,
  });
}

/**
 * Starts several workers with the library in each.
 * @throws OctoliteError WASM_UNAVAILABLE, WORKER_STOPPED, ABORTED, INVALID_ARGUMENT.
 */
export async function connectPool(options: PoolOptions = {}): Promise<OctolitePool> {
  const connections: Connection[] = [];
  const onStop = (message: string): void => {
    for (const other of connections) other.stop(`another worker of the pool ended it: ${message}`);
  };
  const count = await workerCount(options.workers);
  const first = new Connection(onStop);
  connections.push(first);
  while (connections.length < count) connections.push(new Connection(onStop));
  // The error of the worker that failed, not of those that stopped with it.
  await Promise.all(connections.map((connection) => connection.open(options)));
  return new OctolitePool([first, ...connections.slice(1)], options);
}
