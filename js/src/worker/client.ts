import { DISPOSE } from '../disposable.js';
import { toBytes } from '../engine.js';
import { OctoliteError, throwIfAborted } from '../errors.js';
import { isDevelopment, watch, type Owner } from '../leaks.js';
import { Model } from '../model.js';
import { onAbort, orAborted } from '../tasks.js';
import { Toolkit } from '../toolkit.js';
import type { CallOptions, Inspection, Progress, RuntimeInfo, TaskOptions } from '../types.js';
import { Connection, type AsyncEngine, type ConnectOptions } from './connection.js';
import { withAddress, type WorkerCustomOps } from './custom_ops.js';
import { WorkerInterpreter, type WorkerInterpreterOptions } from './interpreter.js';

/** As LoadModelOptions, for a worker. */
export interface WorkerLoadModelOptions extends WorkerCustomOps, CallOptions {
  /**
   * Moves the bytes into the worker instead of copying them: the caller's array is empty
   * afterwards. Only for arrays that fill their buffer.
   */
  transfer?: boolean | undefined;
}

/**
 * The library in a worker: the methods of Octolite, all of them async. Models and interpreters live
 * in the worker. Every method takes a signal: an abort rejects at once with ABORTED, and a task that
 * was going on stops behind it.
 */
export class OctoliteWorker extends Toolkit {
  readonly #connection: Connection;
  readonly #abortGraceMs: number;
  readonly #leakWarnings: boolean;
  /** Frees what was collected without dispose(). */
  readonly #owner: Owner;
  /** @internal */
  protected readonly engine: AsyncEngine;

  /** @internal Use connectWorker. */
  constructor(connection: Connection, { abortGraceMs, leakWarnings }: ConnectOptions) {
    super();
    this.#connection = connection;
    this.#abortGraceMs = abortGraceMs ?? 2000;
    this.#leakWarnings = leakWarnings ?? isDevelopment();
    this.engine = connection.engine();
    this.#owner = {
      dispose: (handle) => this.release(handle),
      get stopped() {
        return connection.stopped;
      },
    };
  }

  /** What the worker runs, and why; as it was at the start. */
  get info(): RuntimeInfo {
    return this.#connection.info;
  }

  /** Whether the worker is there no more: after terminate(), or by itself. */
  get stopped(): boolean {
    return this.#connection.stopped;
  }

  /** What runs, and why. */
  async runtimeInfo({ signal }: CallOptions = {}): Promise<RuntimeInfo> {
    return this.#connection.engine(signal).runtimeInfo();
  }

  /**
   * Reads and checks a .tflite file.
   * @throws OctoliteError INVALID_MODEL, UNSUPPORTED_MODEL, OUT_OF_MEMORY.
   */
  async loadModel(
    bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
    options: WorkerLoadModelOptions = {},
  ): Promise<Model> {
    const file = toBytes(bytes);
    const { byteLength } = file;
    if (options.transfer && byteLength !== file.buffer.byteLength) {
      throw new OctoliteError(
        'INVALID_ARGUMENT',
        'an array that is part of its buffer cannot move',
        {
          hint: 'leave transfer out, or hand in bytes.slice()',
        },
      );
    }
    const handle = await this.load(file, options);
    const model = new Model(this, handle, byteLength, () => this.release(handle));
    watch(model, 'model', this.#owner, handle, this.#leakWarnings);
    return model;
  }

  /** @internal */
  protected load(file: Uint8Array, options: WorkerLoadModelOptions): Promise<number> {
    return loadInto(this.#connection, file, options);
  }

  /** @internal */
  protected release(handle: number): void {
    this.#connection.release(handle);
  }

  /** What is in a model. */
  async inspect(model: Model, { signal }: CallOptions = {}): Promise<Inspection> {
    return this.#connection.engine(signal).inspect(model.handleFor(this));
  }

  /** Makes what runs a model, there. */
  async createInterpreter(
    model: Model,
    { signal, ...options }: WorkerInterpreterOptions & CallOptions = {},
  ): Promise<WorkerInterpreter> {
    const connection = this.#connection;
    const handle = await connection.call<number>(
      'createInterpreter',
      [model.handleFor(this), withAddress(options)],
      { signal, late: (unwanted) => connection.release(unwanted) },
    );
    const interpreter = new WorkerInterpreter(connection, handle);
    watch(interpreter, 'interpreter', this.#owner, handle, this.#leakWarnings);
    return interpreter;
  }

  /**
   * Rejects at once when the task is aborted. The task itself looks at its signal between samples; a
   * sample that does not end, ends with the worker.
   * @internal
   */
  protected override async task<O extends TaskOptions, T>(
    options: O,
    run: (options: O) => Promise<T>,
  ): Promise<T> {
    const { signal, onProgress } = options;
    throwIfAborted(signal);
    if (!signal) return super.task(options, run);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = onAbort(signal, () => {
      timer = setTimeout(
        () => this.#connection.stop('the worker did not stop when asked to, and was terminated'),
        this.#abortGraceMs,
      );
    });
    const watched = (progress: Progress): void => {
      if (!signal.aborted) onProgress?.(progress);
    };
    const task = super.task(onProgress ? { ...options, onProgress: watched } : options, run);
    const ended = (): void => {
      clearTimeout(timer);
      forget();
    };
    task.then(ended, ended);
    return orAborted(task, signal);
  }

  /** Stops the worker at once, whatever it is doing. Calls in flight reject with WORKER_STOPPED. */
  terminate(): void {
    this.#connection.stop('the worker was terminated');
  }

  /** As `terminate`, for `using`. */
  [DISPOSE](): void {
    this.terminate();
  }
}

/** Loads a model into a worker; if it was aborted, no model stays there. */
export function loadInto(
  connection: Connection,
  file: Uint8Array,
  { customOps, transfer, signal }: WorkerLoadModelOptions,
): Promise<number> {
  return connection.call('loadModel', [file, withAddress({ customOps })], {
    signal,
    transfer: transfer ? [file.buffer as ArrayBuffer] : [],
    late: (handle: number) => connection.release(handle),
  });
}

/**
 * Starts a worker with the library in it.
 * @throws OctoliteError WASM_UNAVAILABLE, WORKER_STOPPED, ABORTED.
 */
export async function connectWorker(options: ConnectOptions = {}): Promise<OctoliteWorker> {
  const connection = new Connection();
  await connection.open(options);
  return new OctoliteWorker(connection, options);
}
