import { DISPOSE } from '../disposable.js';
import type { InterpreterOptions, ResizeOptions } from '../engine.js';
import { OctoliteError } from '../errors.js';
import type { Sample, SignatureList, TensorDetails, TensorInput, TensorValues } from '../types.js';
import { release, type AsyncEngine } from './connection.js';
import type { WorkerCustomOps } from './custom_ops.js';

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
