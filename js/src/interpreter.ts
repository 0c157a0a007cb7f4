import { DISPOSE } from './disposable.js';
import type { Engine, ResizeOptions } from './engine.js';
import { OctoliteError } from './errors.js';
import { unwatch } from './leaks.js';
import { SignatureRunner } from './signature_runner.js';
import type {
  DequantizeOption,
  QuantizeOption,
  RunOptions,
  Sample,
  SignatureList,
  TensorDetails,
  TensorInput,
  TensorValues,
  TypedArray,
} from './types.js';

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
   * @param options Whether `values` are real, where that is not to be told from the array's type.
   * @throws OctoliteError SHAPE_MISMATCH, TYPE_MISMATCH.
   */
  setTensor(tensor: number | string, values: TensorInput, options: QuantizeOption = {}): void {
    this.#engine.setTensor(this.#live, tensor, values, options);
  }

  /** @throws OctoliteError CUSTOM_OPERATOR, and what operators refuse of their inputs' contents. */
  invoke(): void {
    this.#engine.invoke(this.#live);
  }

  /**
   * A copy of a tensor as the last run left it. Tensors between input and output are there only
   * with the option keepAllTensors.
   * @param tensor Its index, or an output's name.
   * @param options `dequantize: true` for real values.
   */
  getTensor(tensor: number | string, options: DequantizeOption = {}): TensorValues {
    return this.#engine.getTensor(this.#live, tensor, options);
  }

  /**
   * Of any tensor of the subgraph, constants and those between input and output too; its shape is
   * that of now. Allocates tensors where that was not done.
   * @param tensor Its index, or an output's name.
   */
  getTensorDetails(tensor: number | string): TensorDetails {
    return this.#engine.tensorDetails(this.#live, tensor);
  }

  /**
   * Lends the memory of a tensor, without a copy: an input's to be written to, an output's to be
   * read. The view has the tensor's own elements (see TypedArray) and is good until `use` returns;
   * what is kept of it later has other content, or none.
   *
   *     interpreter.withView('image', (pixels: Uint8Array) => pixels.set(frame));
   *
   * @param tensor Its index, or its name.
   * @param use Is synchronous, and does not call this library.
   * @returns What `use` returns.
   * @throws OctoliteError INVALID_ARGUMENT, TYPE_MISMATCH for strings and types without an array.
   */
  withView<T, V extends TypedArray = TypedArray>(
    tensor: number | string,
    use: (view: V, details: TensorDetails) => T,
  ): T {
    return this.#engine.withView(this.#live, tensor, use);
  }

  /** Sets all inputs, invokes, and returns all outputs by name. */
  run(sample: Sample, options: RunOptions = {}): Record<string, TensorValues> {
    return this.#engine.run(this.#live, sample, undefined, options);
  }

  /**
   * Runs sample after sample.
   * @returns What run returns of each, in their order. All of it is in memory at once.
   */
  runBatch(samples: Iterable<Sample>, options: RunOptions = {}): Record<string, TensorValues>[] {
    return this.#engine.runBatch(this.#live, samples, undefined, options);
  }

  /**
   * Runs on zeros, so that the first run that matters is as quick as those after it, and then
   * resets the variable tensors. What inputs were set to is gone.
   */
  warmUp(runs = 1): void {
    this.#engine.warmUp(this.#live, runs);
  }

  /** Forgets what was kept between runs: variables, resources, tables, the state of generators. */
  resetVariableTensors(): void {
    this.#engine.resetVariableTensors(this.#live);
  }

  /** The signatures of the model, with the names of their inputs and outputs. */
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

  /** Gives the memory back. */
  dispose(): void {
    unwatch(this);
    if (this.#handle !== undefined) this.#engine.dispose(this.#handle);
    this.#handle = undefined;
  }

  /** As `dispose`, for `using`. */
  [DISPOSE](): void {
    this.dispose();
  }
}
