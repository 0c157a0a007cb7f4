import { DISPOSE } from '../disposable.js';
import type { InterpreterOptions, ResizeOptions } from '../engine.js';
import { OctoliteError } from '../errors.js';
import { unwatch } from '../leaks.js';
import type {
  CallOptions,
  DequantizeOption,
  QuantizeOption,
  RunOptions,
  Sample,
  SignatureList,
  TensorDetails,
  TensorInput,
  TensorValues,
} from '../types.js';
import type { Connection } from './connection.js';
import type { WorkerCustomOps } from './custom_ops.js';

/** As InterpreterOptions, for a worker. */
export interface WorkerInterpreterOptions
  extends Omit<InterpreterOptions, 'customOps'>, WorkerCustomOps {}

/** As SignatureRunner, in a worker. */
export class WorkerSignatureRunner {
  readonly key: string;
  readonly #connection: Connection;
  readonly #interpreter: () => number;

  /** @internal Use getSignatureRunner. */
  constructor(connection: Connection, interpreter: () => number, key: string) {
    this.#connection = connection;
    this.#interpreter = interpreter;
    this.key = key;
  }

  /** See Interpreter.getInputDetails. */
  async getInputDetails({ signal }: CallOptions = {}): Promise<Record<string, TensorDetails>> {
    return this.#connection.engine(signal).signatureInputDetails(this.#interpreter(), this.key);
  }

  /** See Interpreter.getOutputDetails. */
  async getOutputDetails({ signal }: CallOptions = {}): Promise<Record<string, TensorDetails>> {
    return this.#connection.engine(signal).signatureOutputDetails(this.#interpreter(), this.key);
  }

  /** See Interpreter.resizeInputTensor. */
  async resizeInputTensor(
    name: string,
    shape: readonly number[],
    { strict, signal }: ResizeOptions & CallOptions = {},
  ): Promise<void> {
    await this.#connection
      .engine(signal)
      .resizeInputTensor(this.#interpreter(), name, shape, { strict }, this.key);
  }

  /** See Interpreter.allocateTensors. */
  async allocateTensors({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).allocateTensors(this.#interpreter(), this.key);
  }

  /** Sets all inputs, invokes, and returns all outputs by name. */
  async run(
    inputs: Sample,
    { signal, ...options }: RunOptions & CallOptions = {},
  ): Promise<Record<string, TensorValues>> {
    return this.#connection.engine(signal).run(this.#interpreter(), inputs, this.key, options);
  }

  /** Runs sample after sample, in one call to the worker. What run returns of each, in their order. */
  async runBatch(
    samples: Iterable<Sample>,
    { signal, ...options }: RunOptions & CallOptions = {},
  ): Promise<Record<string, TensorValues>[]> {
    const batch = listOf(samples);
    return this.#connection.engine(signal).runBatch(this.#interpreter(), batch, this.key, options);
  }

  /** Runs on zeros, then resets the variable tensors. */
  async warmUp(runs = 1, { signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).warmUp(this.#interpreter(), runs, this.key);
  }
}

/** What is no list is the engine's to refuse. */
function listOf(samples: Iterable<Sample>): Iterable<Sample> {
  const isList = typeof samples === 'object' && samples !== null && Symbol.iterator in samples;
  return isList && !ArrayBuffer.isView(samples) ? [...samples] : samples;
}

/**
 * As Interpreter, in a worker. But there is no withView, as its callback would be here and the
 * memory there.
 */
export class WorkerInterpreter {
  readonly #connection: Connection;
  #handle: number | undefined;

  /** @internal Use createInterpreter. */
  constructor(connection: Connection, handle: number) {
    this.#connection = connection;
    this.#handle = handle;
  }

  get #live(): number {
    if (this.#handle !== undefined) return this.#handle;
    throw new OctoliteError('DISPOSED', 'the interpreter was disposed of');
  }

  /** See Interpreter.allocateTensors. */
  async allocateTensors({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).allocateTensors(this.#live);
  }

  /** See Interpreter.resizeInputTensor. */
  async resizeInputTensor(
    tensor: number | string,
    shape: readonly number[],
    { strict, signal }: ResizeOptions & CallOptions = {},
  ): Promise<void> {
    await this.#connection.engine(signal).resizeInputTensor(this.#live, tensor, shape, { strict });
  }

  /** See Interpreter.getInputDetails. */
  async getInputDetails({ signal }: CallOptions = {}): Promise<TensorDetails[]> {
    return this.#connection.engine(signal).inputDetails(this.#live);
  }

  /** See Interpreter.getOutputDetails. */
  async getOutputDetails({ signal }: CallOptions = {}): Promise<TensorDetails[]> {
    return this.#connection.engine(signal).outputDetails(this.#live);
  }

  /** Copies values into an input; see Interpreter.setTensor. */
  async setTensor(
    tensor: number | string,
    values: TensorInput,
    { signal, ...options }: QuantizeOption & CallOptions = {},
  ): Promise<void> {
    await this.#connection.engine(signal).setTensor(this.#live, tensor, values, options);
  }

  /** See Interpreter.invoke. */
  async invoke({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).invoke(this.#live);
  }

  /** A copy of a tensor as the last run left it; see Interpreter.getTensor. */
  async getTensor(
    tensor: number | string,
    { signal, ...options }: DequantizeOption & CallOptions = {},
  ): Promise<TensorValues> {
    return this.#connection.engine(signal).getTensor(this.#live, tensor, options);
  }

  /** Of any tensor of the subgraph; see Interpreter.getTensorDetails. */
  async getTensorDetails(
    tensor: number | string,
    { signal }: CallOptions = {},
  ): Promise<TensorDetails> {
    return this.#connection.engine(signal).tensorDetails(this.#live, tensor);
  }

  /** Sets all inputs, invokes, and returns all outputs by name. */
  async run(
    sample: Sample,
    { signal, ...options }: RunOptions & CallOptions = {},
  ): Promise<Record<string, TensorValues>> {
    return this.#connection.engine(signal).run(this.#live, sample, undefined, options);
  }

  /** Runs sample after sample, in one call to the worker. What run returns of each, in their order. */
  async runBatch(
    samples: Iterable<Sample>,
    { signal, ...options }: RunOptions & CallOptions = {},
  ): Promise<Record<string, TensorValues>[]> {
    const batch = listOf(samples);
    return this.#connection.engine(signal).runBatch(this.#live, batch, undefined, options);
  }

  /** Runs on zeros, then resets the variable tensors. */
  async warmUp(runs = 1, { signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).warmUp(this.#live, runs);
  }

  /** See Interpreter.resetVariableTensors. */
  async resetVariableTensors({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).resetVariableTensors(this.#live);
  }

  /** See Interpreter.getSignatureList. */
  async getSignatureList({ signal }: CallOptions = {}): Promise<SignatureList> {
    return this.#connection.engine(signal).signatureList(this.#live);
  }

  /** See Interpreter.getSignatureRunner. */
  async getSignatureRunner(
    key?: string,
    { signal }: CallOptions = {},
  ): Promise<WorkerSignatureRunner> {
    const found = await this.#connection.engine(signal).signatureKey(this.#live, key);
    return new WorkerSignatureRunner(this.#connection, () => this.#live, found);
  }

  /** Gives the memory back. */
  dispose(): void {
    unwatch(this);
    if (this.#handle !== undefined) this.#connection.release(this.#handle);
    this.#handle = undefined;
  }

  /** As `dispose`, for `using`. */
  [DISPOSE](): void {
    this.dispose();
  }
}
