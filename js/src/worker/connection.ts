import type { Engine } from '../engine.js';
import { OctoliteError } from '../errors.js';
import type { LoadOptions } from '../load.js';
import { importNode, IS_NODE } from '../node_import.js';
import type { RuntimeInfo } from '../types.js';
import { errorOfRecord, type EngineCall, type Request, type Response } from './protocol.js';

export interface ConnectOptions extends LoadOptions {
  /**
   * Makes the worker, for set-ups whose bundler does not find the worker's script by itself. It must
   * run 'octolite/worker/host'. In Node.js a worker_threads Worker will do too.
   */
  createWorker?: (() => Worker | NodeWorker) | undefined;
  /**
   * An aborted task ends when the sample that the worker is at is done. If that takes longer than
   * this many milliseconds, the worker is stopped; default 2000.
   */
  abortGraceMs?: number | undefined;
}

/** The part of worker_threads.Worker that is used. */
export interface NodeWorker {
  postMessage(value: unknown, transfer?: readonly unknown[]): void;
  on(event: 'message', listener: (value: unknown) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (status: number) => void): unknown;
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

/** Sends calls and hands each answer to whom it belongs. */
export class Connection {
  readonly #calls = new Map<number, Call>();
  #nextId = 1;
  #link: Link | undefined;
  #stopped: OctoliteError | undefined;

  async open(options: ConnectOptions): Promise<RuntimeInfo> {
    const { createWorker, wasmBinary, wasmModule, baseUrl, variant, threads } = options;
    this.#link = await openLink(createWorker, {
      receive: (response) => this.#settle(response),
      fail: (message) => this.stop(message),
    });
    // A URL object cannot be cloned.
    const base = baseUrl === undefined ? undefined : String(baseUrl);
    const start = { wasmBinary, wasmModule, baseUrl: base, variant, threads };
    return (await this.#send((id) => ({ id, start }), [])) as RuntimeInfo;
  }

  call(name: EngineCall, args: readonly unknown[], transfer: ArrayBuffer[] = []): Promise<unknown> {
    return this.#send((id) => ({ id, call: name, args }), transfer);
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
  }

  #send(request: (id: number) => Request, transfer: ArrayBuffer[]): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      try {
        this.#link!.post(request(id), transfer);
      } catch (error) {
        this.#calls.delete(id);
        const message = error instanceof Error ? error.message : String(error);
        reject(new OctoliteError('INVALID_ARGUMENT', `cannot be sent to a worker: ${message}`));
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
  const worker = createWorker ? createWorker() : await defaultWorker();
  if ('on' in worker) {
    worker.on('message', (value) => handler.receive(value as Response));
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

/** A worker that has stopped has freed everything already. */
export function release(engine: AsyncEngine, handle: number): void {
  engine.dispose(handle).catch(() => undefined);
}
