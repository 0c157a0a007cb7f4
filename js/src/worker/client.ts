import { DISPOSE } from '../disposable.js';
import { toBytes } from '../engine.js';
import { throwIfAborted } from '../errors.js';
import { Model } from '../model.js';
import type { DebugOptions, DebugReport } from '../report/types.js';
import type { ByteSink, ByteSource } from '../remote.js';
import { Toolkit } from '../toolkit.js';
import type {
  AutoOptions,
  AutoResult,
  BenchmarkOptions,
  BenchmarkReport,
  CalibrateOptions,
  CalibrationStatistics,
  CompareOptions,
  CompareReport,
  Dataset,
  EvaluateOptions,
  EvaluateReport,
  Inspection,
  QuantizeOptions,
  QuantizeReport,
  QuantizeResult,
  QuantizeStreamOptions,
  RuntimeInfo,
  SensitivityOptions,
  SensitivityReport,
  TaskOptions,
} from '../types.js';
import { Connection, release, type AsyncEngine, type ConnectOptions } from './connection.js';
import { withAddress, type WorkerCustomOps } from './custom_ops.js';
import { WorkerInterpreter, type WorkerInterpreterOptions } from './interpreter.js';
import type { EngineCall } from './protocol.js';

export interface WorkerLoadModelOptions extends WorkerCustomOps {
  /**
   * Moves the bytes into the worker instead of copying them: the caller's array is empty
   * afterwards. Only for arrays that fill their buffer.
   */
  transfer?: boolean | undefined;
}

/**
 * The library in a worker: the methods of Octolite, all of them async. Models and interpreters live
 * in the worker.
 */
export class OctoliteWorker extends Toolkit {
  readonly #connection: Connection;
  readonly #info: RuntimeInfo;
  readonly #abortGraceMs: number;
  /** @internal */
  protected readonly engine: AsyncEngine;

  /** @internal Use connectWorker. */
  constructor(connection: Connection, info: RuntimeInfo, abortGraceMs: number) {
    super();
    this.#connection = connection;
    this.#info = info;
    this.#abortGraceMs = abortGraceMs;
    this.engine = new Proxy({} as AsyncEngine, {
      get:
        (_target, name) =>
        (...args: unknown[]) =>
          connection.call(name as EngineCall, args),
    });
  }

  /** What the worker runs, and why; as it was at the start. */
  get info(): RuntimeInfo {
    return this.#info;
  }

  /** Whether the worker is there no more: after terminate(), or by itself. */
  get stopped(): boolean {
    return this.#connection.stopped;
  }

  runtimeInfo(): Promise<RuntimeInfo> {
    return this.engine.runtimeInfo();
  }

  /** Reads and checks a .tflite file. */
  async loadModel(
    bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
    options: WorkerLoadModelOptions = {},
  ): Promise<Model> {
    const file = toBytes(bytes);
    const byteLength = file.byteLength;
    const handle = (await this.#connection.call(
      'loadModel',
      [file, withAddress({ customOps: options.customOps })],
      options.transfer ? [file.buffer as ArrayBuffer] : [],
    )) as number;
    return new Model(this, handle, byteLength, () => release(this.engine, handle));
  }

  async inspect(model: Model): Promise<Inspection> {
    return this.engine.inspect(model.handleFor(this));
  }

  async createInterpreter(
    model: Model,
    options: WorkerInterpreterOptions = {},
  ): Promise<WorkerInterpreter> {
    const handle = (await this.#connection.call('createInterpreter', [
      model.handleFor(this),
      withAddress(options),
    ])) as number;
    return new WorkerInterpreter(this.engine, handle);
  }

  override calibrate(
    model: Model,
    data: Dataset,
    options: CalibrateOptions = {},
  ): Promise<CalibrationStatistics> {
    return this.#abortable(options, () => super.calibrate(model, data, options));
  }

  override quantize(model: Model, options: QuantizeOptions): Promise<QuantizeResult> {
    return this.#abortable(options, () => super.quantize(model, options));
  }

  override quantizeAuto(model: Model, options: AutoOptions): Promise<AutoResult> {
    return this.#abortable(options, () => super.quantizeAuto(model, options));
  }

  override sensitivity(model: Model, options: SensitivityOptions): Promise<SensitivityReport> {
    return this.#abortable(options, () => super.sensitivity(model, options));
  }

  override debug(model: Model, options: DebugOptions): Promise<DebugReport> {
    return this.#abortable(options, () => super.debug(model, options));
  }

  override quantizeStream(
    source: Blob | ByteSource,
    sink: WritableStream<Uint8Array> | ByteSink,
    options: QuantizeStreamOptions,
  ): Promise<QuantizeReport> {
    return this.#abortable(options, () => super.quantizeStream(source, sink, options));
  }

  override compare(
    a: Model,
    b: Model,
    data: Dataset,
    options: CompareOptions = {},
  ): Promise<CompareReport> {
    return this.#abortable(options, () => super.compare(a, b, data, options));
  }

  override evaluate(
    model: Model,
    data: Dataset,
    labels: ArrayLike<number>,
    options: EvaluateOptions = {},
  ): Promise<EvaluateReport> {
    return this.#abortable(options, () => super.evaluate(model, data, labels, options));
  }

  override benchmark(model: Model, options: BenchmarkOptions = {}): Promise<BenchmarkReport> {
    return this.#abortable(options, () => super.benchmark(model, options));
  }

  /** A task looks at its signal between samples; this one looks after samples that do not end. */
  async #abortable<T>({ signal }: TaskOptions, task: () => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      timer = setTimeout(
        () => this.#connection.stop('the worker did not stop when asked to, and was terminated'),
        this.#abortGraceMs,
      );
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await task();
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Stops the worker at once, whatever it is doing. Calls in flight reject with WORKER_STOPPED. */
  terminate(): void {
    this.#connection.stop('the worker was terminated');
  }

  [DISPOSE](): void {
    this.terminate();
  }
}

/**
 * Starts a worker with the library in it.
 * @throws OctoliteError WASM_UNAVAILABLE, WORKER_STOPPED.
 */
export async function connectWorker(options: ConnectOptions = {}): Promise<OctoliteWorker> {
  const connection = new Connection();
  try {
    const info = await connection.open(options);
    return new OctoliteWorker(connection, info, options.abortGraceMs ?? 2000);
  } catch (error) {
    connection.stop('the worker did not start');
    throw error;
  }
}
