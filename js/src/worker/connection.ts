import type { Engine } from '../engine.js';
import { messageOf, OctoliteError, throwIfAborted } from '../errors.js';
import type { LoadOptions } from '../load.js';
import { importNode, IS_NODE } from '../node_import.js';
import { orAborted } from '../tasks.js';
import type { CallOptions, RuntimeInfo } from '../types.js';
import { errorOfRecord, type EngineCall, type Request, type Response } from './protocol.js';
import { copyStatistics } from './statistics_copy.js';

/** How the worker is started; the rest is for `load` in it. */
export interface ConnectOptions extends LoadOptions {
  /**
   * Makes the worker, for set-ups whose bundler does not find the worker's script by itself. It must
   * run 'octolite/worker/host'. In Node.js a worker_threads Worker will do too.
   */
  createWorker?: (() => Worker | NodeWorker) | undefined;
  /**
   * A task that was aborted rejects at once; in the worker, it ends when the sample that it is at is
   * done. If that takes longer than this many milliseconds, the worker is stopped; default 2000.
   */
  abortGraceMs?: number | undefined;
}

/** The part of worker_threads.Worker that is used. */
export interface NodeWorker {
  /** Sends a message; blocks of memory in `transfer` move. */
  postMessage(value: unknown, transfer?: readonly unknown[]): void;
  /** Called for each message. */
  on(event: 'message', listener: (value: unknown) => void): unknown;
  /** Called when the worker throws. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Called for a message that cannot be read. */
  on(event: 'messageerror', listener: (error: Error) => void): unknown;
  /** Called at its end. */
  on(event: 'exit', listener: (status: number) => void): unknown;
  /** Ends the worker. */
  terminate(): unknown;
}

interface Link {
  post(request: Request, transfer: ArrayBuffer[]): void;
  terminate(): void;
}

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: OctoliteError) => void;
}

export type AsyncEngine = {
  [K in EngineCall]: (...args: Parameters<Engine[K]>) => Promise<ReturnType<Engine[K]>>;
};

/** How a call is made. */
export interface CallSettings<T = unknown> extends CallOptions {
  /** Memory that the worker gets instead of a copy. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Gets what comes although the call was aborted. */
  readonly late?: (value: T) => void;
}

/** Sends calls and hands each answer to whom it belongs. */
export class Connection {
  readonly #calls = new Map<number, Call>();
  readonly #onStop: (message: string) => void;
  #nextId = 1;
  #link: Link | undefined;
  #info: RuntimeInfo | undefined;
  #stopped: OctoliteError | undefined;

  constructor(onStop: (message: string) => void = () => undefined) {
    this.#onStop = onStop;
  }

  /** @throws OctoliteError WORKER_STOPPED, ABORTED, and what load throws. */
  async open(options: ConnectOptions): Promise<void> {
    try {
      throwIfAborted(options.signal);
      await orAborted(this.#start(options), options.signal);
    } catch (error) {
      this.stop('the worker did not start');
      throw error;
    }
  }

  async #start(options: ConnectOptions): Promise<void> {
    const { createWorker, wasmBinary, wasmModule, baseUrl, variant, threads } = options;
    this.#link = await openLink(createWorker, {
      receive: (response) => this.#settle(response),
      fail: (message) => this.stop(message),
    });
    // It may have taken so long that nobody wants it any more.
    if (this.#stopped) this.#link.terminate();
    // A URL object cannot be cloned.
    const base = baseUrl === undefined ? undefined : String(baseUrl);
    const start = { wasmBinary, wasmModule, baseUrl: base, variant, threads };
    this.#info = (await this.#send((id) => ({ id, start }), [])) as RuntimeInfo;
  }

  /** What the worker runs; as it was at the start. */
  get info(): RuntimeInfo {
    return this.#info!;
  }

  /** The calls of an engine; each rejects as soon as the signal says so. */
  engine(signal?: AbortSignal): AsyncEngine {
    return new Proxy({} as AsyncEngine, {
      get:
        (_target, name) =>
        (...args: unknown[]) =>
          name === 'quantize'
            ? this.#quantize(args as Parameters<Engine['quantize']>, signal)
            : this.call(name as EngineCall, args, { signal }),
    });
  }

  /** Statistics are copied first: cloning those of a large model would hold this thread up. */
  async #quantize(
    [model, plan, statistics]: Parameters<Engine['quantize']>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const { copy, transfer } = statistics
      ? await copyStatistics(statistics)
      : { copy: null, transfer: [] };
    return this.call('quantize', [model, plan, copy], { signal, transfer });
  }

  /** @throws OctoliteError ABORTED, before anything is sent where it can be. */
  async call<T>(
    name: EngineCall,
    args: readonly unknown[],
    { signal, transfer = [], late }: CallSettings<T> = {},
  ): Promise<T> {
    throwIfAborted(signal);
    const answer = this.#send((id) => ({ id, call: name, args }), transfer);
    return orAborted(answer as Promise<T>, signal, late);
  }

  /** A worker that has stopped has freed everything already. */
  release(handle: number): void {
    this.call('dispose', [handle]).catch(() => undefined);
  }

  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Ends the worker; calls in flight and later ones are refused. */
  stop(message: string): void {
    if (this.#stopped) return;
    this.#stopped = new OctoliteError('WORKER_STOPPED', message, { hint: 'connect again' });
    this.#link?.terminate();
    for (const { reject } of this.#calls.values()) reject(this.#stopped);
    this.#calls.clear();
    this.#onStop(message);
  }

  #send(request: (id: number) => Request, transfer: readonly ArrayBuffer[]): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      try {
        this.#link!.post(request(id), [...transfer]);
      } catch (error) {
        this.#calls.delete(id);
        reject(
          new OctoliteError(
            'INVALID_ARGUMENT',
            `cannot be sent to a worker: ${messageOf(error)}`,
            {},
            { cause: error },
          ),
        );
      }
    });
  }

  #settle(response: Response): void {
    const call = this.#calls.get(response.id);
    this.#calls.delete(response.id);
    if ('error' in response) call?.reject(errorOfRecord(response.error));
    else call?.resolve(response.value);
  }
}

async function openLink(
  createWorker: ConnectOptions['createWorker'],
  handler: { receive(response: Response): void; fail(message: string): void },
): Promise<Link> {
  let worker: Worker | NodeWorker;
  try {
    worker = createWorker ? createWorker() : await defaultWorker();
  } catch (error) {
    const what = `the worker cannot be made: ${messageOf(error)}`;
    throw new OctoliteError('WORKER_STOPPED', what, {}, { cause: error });
  }
  if ('on' in worker) {
    worker.on('message', (value) => handler.receive(value as Response));
    worker.on('messageerror', () => handler.fail('a message could not be read'));
    worker.on('error', ({ message }) => handler.fail(`the worker stopped: ${message}`));
    worker.on('exit', (status) => handler.fail(`the worker ended with status ${status}`));
  } else {
    worker.addEventListener('message', ({ data }) => handler.receive(data as Response));
    worker.addEventListener('messageerror', () => handler.fail('a message could not be read'));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      handler.fail(`the worker stopped: ${event.message || 'its script could not be loaded'}`);
    });
  }
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    terminate: () => void worker.terminate(),
  };
}

async function defaultWorker(): Promise<Worker | NodeWorker> {
  if (IS_NODE) {
    const { Worker: ThreadWorker } =
      await importNode<typeof import('node:worker_threads')>('node:worker_threads');
    // Bundlers for browsers would copy the file as it is, for nobody.
    const script = new URL(
      /* @vite-ignore */ /* webpackIgnore: true */ './host.js',
      import.meta.url,
    );
    return new ThreadWorker(script);
  }
  // Bundlers find the worker's script by this literal.
  return new Worker(new URL('./host.js', import.meta.url), { type: 'module' });
}
