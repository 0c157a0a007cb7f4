import type { Engine, ResizeOptions } from './engine.js';
import type { RunOptions, Sample, TensorDetails, TensorValues } from './types.js';

/**
 * Runs one signature of a model, by the names of its inputs and outputs:
 *
 *     const runner = interpreter.getSignatureRunner('encode');
 *     const { embedding } = runner.run({ text: ['hello'] });
 *
 * Lives as long as its interpreter. Single tensors, and views of their memory, are had of an
 * interpreter that was made for the signature: `createInterpreter(model, { signature: 'encode' })`.
 */
export class SignatureRunner {
  readonly key: string;
  readonly #engine: Engine;
  readonly #interpreter: () => number;

  /** @internal Use getSignatureRunner. */
  constructor(engine: Engine, interpreter: () => number, key: string) {
    this.#engine = engine;
    this.#interpreter = interpreter;
    this.key = key;
  }

  /** The inputs by name. */
  getInputDetails(): Record<string, TensorDetails> {
    return this.#engine.signatureInputDetails(this.#interpreter(), this.key);
  }

  /** An output whose shape depends on data has its true shape after run. */
  getOutputDetails(): Record<string, TensorDetails> {
    return this.#engine.signatureOutputDetails(this.#interpreter(), this.key);
  }

  /** Gives an input another shape from the next run on; see Interpreter.resizeInputTensor. */
  resizeInputTensor(name: string, shape: readonly number[], options: ResizeOptions = {}): void {
    this.#engine.resizeInputTensor(this.#interpreter(), name, shape, options, this.key);
  }

  /** Prepares the signature for the input shapes as they stand; run does it when it was not done. */
  allocateTensors(): void {
    this.#engine.allocateTensors(this.#interpreter(), this.key);
  }

  /** Sets all inputs, invokes, and returns all outputs by name. */
  run(inputs: Sample, options: RunOptions = {}): Record<string, TensorValues> {
    return this.#engine.run(this.#interpreter(), inputs, this.key, options);
  }

  /** Runs sample after sample; what run returns of each, in their order. */
  runBatch(samples: Iterable<Sample>, options: RunOptions = {}): Record<string, TensorValues>[] {
    return this.#engine.runBatch(this.#interpreter(), samples, this.key, options);
  }

  /** Runs on zeros, then resets the variable tensors of the whole interpreter. */
  warmUp(runs = 1): void {
    this.#engine.warmUp(this.#interpreter(), runs, this.key);
  }
}
