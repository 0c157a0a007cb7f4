import { DISPOSE } from '../disposable.js';
import type { InterpreterOptions, ResizeOptions } from '../engine.js';
import { OctoliteError } from '../errors.js';
import type { Sample, SignatureList, TensorDetails, TensorInput, TensorValues } from '../types.js';
import type { CallOptions } from '../toolkit.js';
import type { Connection } from './connection.js';
import type { WorkerCustomOps } from './custom_ops.js';

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

  async getInputDetails({ signal }: CallOptions = {}): Promise<Record<string, TensorDetails>> {
    return this.#connection.engine(signal).signatureInputDetails(this.#interpreter(), this.key);
  }

  async getOutputDetails({ signal }: CallOptions = {}): Promise<Record<string, TensorDetails>> {
    return this.#connection.engine(signal).signatureOutputDetails(this.#interpreter(), this.key);
  }

  async resizeInputTensor(
    name: string,
    shape: readonly number[],
    { strict, signal }: ResizeOptions & CallOptions = {},
  ): Promise<void> {
    await this.#connection
      .engine(signal)
      .resizeInputTensor(this.#interpreter(), name, shape, { strict }, this.key);
  }

  async allocateTensors({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).allocateTensors(this.#interpreter(), this.key);
  }

  async run(inputs: Sample, { signal }: CallOptions = {}): Promise<Record<string, TensorValues>> {
    return this.#connection.engine(signal).run(this.#interpreter(), inputs, this.key);
  }
}

/** As Interpreter, in a worker. */
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

  async allocateTensors({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).allocateTensors(this.#live);
  }

  async resizeInputTensor(
    tensor: number | string,
    shape: readonly number[],
    { strict, signal }: ResizeOptions & CallOptions = {},
  ): Promise<void> {
    await this.#connection.engine(signal).resizeInputTensor(this.#live, tensor, shape, { strict });
  }

  async getInputDetails({ signal }: CallOptions = {}): Promise<TensorDetails[]> {
    return this.#connection.engine(signal).inputDetails(this.#live);
  }

  async getOutputDetails({ signal }: CallOptions = {}): Promise<TensorDetails[]> {
    return this.#connection.engine(signal).outputDetails(this.#live);
  }

  async setTensor(
    tensor: number | string,
    values: TensorInput,
    { signal }: CallOptions = {},
  ): Promise<void> {
    await this.#connection.engine(signal).setTensor(this.#live, tensor, values);
  }

  async invoke({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).invoke(this.#live);
  }

  async getTensor(tensor: number | string, { signal }: CallOptions = {}): Promise<TensorValues> {
    return this.#connection.engine(signal).getTensor(this.#live, tensor);
  }

  async run(sample: Sample, { signal }: CallOptions = {}): Promise<Record<string, TensorValues>> {
    return this.#connection.engine(signal).run(this.#live, sample);
  }

  async resetVariableTensors({ signal }: CallOptions = {}): Promise<void> {
    await this.#connection.engine(signal).resetVariableTensors(this.#live);
  }

  async getSignatureList({ signal }: CallOptions = {}): Promise<SignatureList> {
    return this.#connection.engine(signal).signatureList(this.#live);
  }

  async getSignatureRunner(
    key?: string,
    { signal }: CallOptions = {},
  ): Promise<WorkerSignatureRunner> {
    const found = await this.#connection.engine(signal).signatureKey(this.#live, key);
    return new WorkerSignatureRunner(this.#connection, () => this.#live, found);
  }

  dispose(): void {
    if (this.#handle !== undefined) this.#connection.release(this.#handle);
    this.#handle = undefined;
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
