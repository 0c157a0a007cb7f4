import { DISPOSE } from './disposable.js';
import type { Engine, ResizeOptions } from './engine.js';
import { OctoliteError } from './errors.js';
import { SignatureRunner } from './signature_runner.js';
import type { Sample, SignatureList, TensorDetails, TensorInput, TensorValues } from './types.js';

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
   * Gives an input another shape from the next allocateTensors on; what the inputs held and what
   * variable tensors kept is gone then.
   * @param tensor Its index, or its name.
   */
  resizeInputTensor(
    tensor: number | string,
    shape: readonly number[],
    options: ResizeOptions = {},
  ): void {
    this.#engine.resizeInputTensor(this.#live, tensor, shape, options);
  }

  /** Free dimensions are -1 in `shapeSignature`, and 1 in `shape` until they are resized. */
  getInputDetails(): TensorDetails[] {
    return this.#engine.inputDetails(this.#live);
  }

  /** An output whose shape depends on data has its true shape after invoke. */
  getOutputDetails(): TensorDetails[] {
    return this.#engine.outputDetails(this.#live);
  }

  /**
   * Copies values into an input. Real numbers for a quantized input are quantized.
   * @param tensor Its index, or its name.
   * @throws OctoliteError SHAPE_MISMATCH, TYPE_MISMATCH.
   */
  setTensor(tensor: number | string, values: TensorInput): void {
    this.#engine.setTensor(this.#live, tensor, values);
  }

  /** @throws OctoliteError CUSTOM_OPERATOR, and what operators refuse of their inputs' contents. */
  invoke(): void {
    this.#engine.invoke(this.#live);
  }

  /**
   * A copy of a tensor as the last run left it. Tensors between input and output are there only
   * with the option keepAllTensors.
   * @param tensor Its index, or an output's name.
   */
  getTensor(tensor: number | string): TensorValues {
    return this.#engine.getTensor(this.#live, tensor);
  }

  /** Sets all inputs, invokes, and returns all outputs by name. */
  run(sample: Sample): Record<string, TensorValues> {
    return this.#engine.run(this.#live, sample);
  }

  /** Forgets what was kept between runs: variables, resources, tables, the state of generators. */
  resetVariableTensors(): void {
    this.#engine.resetVariableTensors(this.#live);
  }

  getSignatureList(): SignatureList {
    return this.#engine.signatureList(this.#live);
  }

  /**
   * Runs a signature of the model, with named inputs and outputs; all of them share the variables
   * and resources of this interpreter.
   * @param key May be left out where the model has one signature.
   * @throws OctoliteError INVALID_ARGUMENT, naming the signatures that there are.
   */
  getSignatureRunner(key?: string): SignatureRunner {
    return new SignatureRunner(
      this.#engine,
      () => this.#live,
      this.#engine.signatureKey(this.#live, key),
    );
  }

  dispose(): void {
    if (this.#handle !== undefined) this.#engine.dispose(this.#handle);
    this.#handle = undefined;
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
