import { DISPOSE } from '../disposable.js';
import { toBytes, type Engine, type InterpreterOptions, type ResizeOptions } from '../engine.js';
import { OctoliteError, throwIfAborted } from '../errors.js';
import type { LoadOptions } from '../load.js';
import { Model } from '../model.js';
import { importNode, IS_NODE } from '../node_import.js';
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
  Sample,
  SensitivityOptions,
  SensitivityReport,
  SignatureList,
  TaskOptions,
  TensorDetails,
  TensorInput,
  TensorValues,
} from '../types.js';
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

type AsyncEngine = {
  [K in EngineCall]: (...args: Parameters<Engine[K]>) => Promise<ReturnType<Engine[K]>>;
};

/** Sends calls and hands each answer to whom it belongs. */
class Connection {
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
    return new ThreadWorker(new URL('./host.js', import.meta.url));
  }
  // Bundlers find the worker's script by this literal.
  return new Worker(new URL('./host.js', import.meta.url), { type: 'module' });
}

/** Custom operators cannot be sent to a worker; it imports them. */
export interface WorkerCustomOps {
  /**
   * The address of a module whose default export are the custom operators, as CustomOps has them:
   * `new URL('./operators.js', import.meta.url)`.
   */
  customOps?: string | URL | undefined;
}

export interface WorkerLoadModelOptions extends WorkerCustomOps {
  /**
   * Moves the bytes into the worker instead of copying them: the caller's array is empty
   * afterwards. Only for arrays that fill their buffer.
   */
  transfer?: boolean | undefined;
}

export interface WorkerInterpreterOptions
  extends Omit<InterpreterOptions, 'customOps'>, WorkerCustomOps {}

/** As SignatureRunner, in a worker. */
export class WorkerSignatureRunner {
  readonly key: string;
  readonly #engine: AsyncEngine;
  readonly #interpreter: () => number;

  /** @internal Use getSignatureRunner. */
  constructor(engine: AsyncEngine, interpreter: () => number, key: string) {
    this.#engine = engine;
    this.#interpreter = interpreter;
    this.key = key;
  }

  async getInputDetails(): Promise<Record<string, TensorDetails>> {
    return this.#engine.signatureInputDetails(this.#interpreter(), this.key);
  }

  async getOutputDetails(): Promise<Record<string, TensorDetails>> {
    return this.#engine.signatureOutputDetails(this.#interpreter(), this.key);
  }

  async resizeInputTensor(
    name: string,
    shape: readonly number[],
    options: ResizeOptions = {},
  ): Promise<void> {
    await this.#engine.resizeInputTensor(this.#interpreter(), name, shape, options, this.key);
  }

  async allocateTensors(): Promise<void> {
    await this.#engine.allocateTensors(this.#interpreter(), this.key);
  }

  async run(inputs: Sample): Promise<Record<string, TensorValues>> {
    return this.#engine.run(this.#interpreter(), inputs, this.key);
  }
}

/** As Interpreter, in a worker. */
export class WorkerInterpreter {
  readonly #engine: AsyncEngine;
  #handle: number | undefined;

  /** @internal Use createInterpreter. */
  constructor(engine: AsyncEngine, handle: number) {
    this.#engine = engine;
    this.#handle = handle;
  }

  get #live(): number {
    if (this.#handle !== undefined) return this.#handle;
    throw new OctoliteError('DISPOSED', 'the interpreter was disposed of');
  }

  async allocateTensors(): Promise<void> {
    await this.#engine.allocateTensors(this.#live);
  }

  async resizeInputTensor(
    tensor: number | string,
    shape: readonly number[],
    options: ResizeOptions = {},
  ): Promise<void> {
    await this.#engine.resizeInputTensor(this.#live, tensor, shape, options);
  }

  async getInputDetails(): Promise<TensorDetails[]> {
    return this.#engine.inputDetails(this.#live);
  }

  async getOutputDetails(): Promise<TensorDetails[]> {
    return this.#engine.outputDetails(this.#live);
  }

  async setTensor(tensor: number | string, values: TensorInput): Promise<void> {
    await this.#engine.setTensor(this.#live, tensor, values);
  }

  async invoke(): Promise<void> {
    await this.#engine.invoke(this.#live);
  }

  async getTensor(tensor: number | string): Promise<TensorValues> {
    return this.#engine.getTensor(this.#live, tensor);
  }

  async run(sample: Sample): Promise<Record<string, TensorValues>> {
    return this.#engine.run(this.#live, sample);
  }

  async resetVariableTensors(): Promise<void> {
    await this.#engine.resetVariableTensors(this.#live);
  }

  async getSignatureList(): Promise<SignatureList> {
    return this.#engine.signatureList(this.#live);
  }

  async getSignatureRunner(key?: string): Promise<WorkerSignatureRunner> {
    const found = await this.#engine.signatureKey(this.#live, key);
    return new WorkerSignatureRunner(this.#engine, () => this.#live, found);
  }

  dispose(): void {
    if (this.#handle !== undefined) release(this.#engine, this.#handle);
    this.#handle = undefined;
  }

  [DISPOSE](): void {
    this.dispose();
  }
}

/** A URL object cannot be cloned, and the worker has another place in the file tree. */
function withAddress<T extends WorkerCustomOps>(options: T): T {
  const { customOps } = options;
  if (customOps === undefined) return options;
  const address = String(customOps);
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  if (URL.canParse(address, base)) return { ...options, customOps: new URL(address, base).href };
  throw new OctoliteError('INVALID_ARGUMENT', `customOps is not the address of a module`, {
    hint: "a worker imports custom operators: give new URL('./operators.js', import.meta.url)",
  });
}

/** A worker that has stopped has freed everything already. */
function release(engine: AsyncEngine, handle: number): void {
  engine.dispose(handle).catch(() => undefined);
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
