import { DISPOSE } from './disposable.js';
import type { Engine } from './engine.js';
import { OctoliteError } from './errors.js';
import type { Sample, TensorDetails, TypedArray } from './types.js';

/**
 * Runs a model, with the names that TensorFlow Lite users know:
 *
 *     const interpreter = octolite.createInterpreter(model);
 *     interpreter.allocateTensors();
 *     const [input] = interpreter.getInputDetails();
 *     const [output] = interpreter.getOutputDetails();
 *     interpreter.setTensor(input.index, pixels);
 *     interpreter.invoke();
 *     const scores = interpreter.getTensor(output.index);
 */
export class Interpreter {
  readonly #engine: Engine;
  #handle: number | undefined;

  /** @internal Use createInterpreter. */
  constructor(engine: Engine, handle: number) {
    this.#engine = engine;
    this.#handle = handle;
  }

  get #live(): number {
    if (this.#handle !== undefined) return this.#handle;
    throw new OctoliteError('DISPOSED', 'the interpreter was disposed of');
  }

  /**
   * Prepares the model for the input shapes as they stand. setTensor, invoke and run do it when it
   * was not done.
   * @throws OctoliteError UNSUPPORTED_OPERATOR naming every operator that cannot run.
   */
  allocateTensors(): void {
    this.#engine.allocateTensors(this.#live);
  }

  /**
   * Gives an input another shape from the next allocateTensors on.
   * @param tensor Its index, or its name.
   */
  resizeInputTensor(tensor: number | string, shape: readonly number[]): void {
    this.#engine.resizeInputTensor(this.#live, tensor, shape);
  }

  getInputDetails(): TensorDetails[] {
    return this.#engine.inputDetails(this.#live);
  }

  getOutputDetails(): TensorDetails[] {
    return this.#engine.outputDetails(this.#live);
  }

  /**
   * Copies values into an input. Real numbers for a quantized input are quantized.
   * @param tensor Its index, or its name.
   * @throws OctoliteError SHAPE_MISMATCH, TYPE_MISMATCH.
   */
  setTensor(tensor: number | string, values: TypedArray): void {
    this.#engine.setTensor(this.#live, tensor, values);
  }

  invoke(): void {
    this.#engine.invoke(this.#live);
  }

  /**
   * A copy of a tensor as the last run left it. Tensors between input and output are there only
   * with the option keepAllTensors.
   * @param tensor Its index, or an output's name.
   */
  getTensor(tensor: number | string): TypedArray {
    return this.#engine.getTensor(this.#live, tensor);
  }

  /** Sets all inputs, invokes, and returns all outputs by name. */
  run(sample: Sample): Record<string, TypedArray> {
    return this.#engine.run(this.#live, sample);
  }

  dispose(): void {
    if (this.#handle !== undefined) this.#engine.dispose(this.#handle);
    this.#handle = undefined;
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
