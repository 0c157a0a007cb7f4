import { OctoliteError, type ErrorCode } from './errors.js';
import type { LoadedModule } from './load.js';
import type {
  RawCalibrator,
  RawComparer,
  RawError,
  RawHandle,
  RawInterpreter,
  RawModel,
  RawModule,
  RawQuantizeConfig,
  RawResult,
  RawStepper,
} from './raw.js';
import type { OperatorPlan } from './recipe.js';
import { arrayOfBytes, isTypedArray, toTensorElements, valuesByInput } from './tensor_data.js';
import type {
  Arithmetic,
  CalibrationStatistics,
  CompareReport,
  Inspection,
  IoType,
  OperatorMode,
  QuantizeReport,
  RuntimeInfo,
  Sample,
  SignatureDetails,
  TensorDetails,
  TypedArray,
} from './types.js';
import { VERSION } from './version.js';

export interface InterpreterOptions {
  /** How quantized arithmetic is rounded; default `litert`. */
  arithmetic?: Arithmetic | undefined;
  /** Which subgraph to run; default the first, or the signature's. */
  subgraph?: number | undefined;
  /** Run a signature: inputs and outputs then also answer to its names. */
  signature?: string | undefined;
  /** Every tensor keeps its memory, so that getTensor reads intermediate results too. */
  keepAllTensors?: boolean | undefined;
}

/** What Engine.quantize takes: a recipe that was applied to the model. */
export interface QuantizePlan {
  operators: readonly (readonly OperatorPlan[])[];
  inputType: IoType;
  outputType: IoType;
  /** Null: the min_max observer. */
  percentile: number | null;
}

export interface OperatorMilliseconds {
  index: number;
  name: string;
  output: string;
  ms: number;
}

interface InterpreterEntry {
  raw: RawInterpreter;
  signature: SignatureDetails | undefined;
  allocated: boolean;
}

const MODES: readonly OperatorMode[] = [
  'float',
  'float16',
  'weight_only_int8',
  'dynamic_int8',
  'static_int8',
];

/**
 * The calls of the library as flat functions over plain values and numbered handles, so that they
 * can be made across a worker's boundary as they are. One call for each stage or sample.
 */
export class Engine {
  readonly #module: RawModule;
  readonly #loaded: LoadedModule;
  readonly #models = new Map<number, RawModel>();
  readonly #interpreters = new Map<number, InterpreterEntry>();
  readonly #calibrators = new Map<number, RawCalibrator>();
  readonly #comparers = new Map<number, RawComparer>();
  #nextHandle = 1;
  /** What made the module unusable. */
  #crash: OctoliteError | undefined;

  constructor(loaded: LoadedModule) {
    this.#loaded = loaded;
    this.#module = loaded.module;
  }

  runtimeInfo(): RuntimeInfo {
    const facts = this.#guard(() => this.#module.runtimeFacts());
    return {
      version: VERSION,
      variant: this.#loaded.variant,
      variantReason: this.#loaded.reason,
      dotProduct: facts.dotProduct,
      compiler: facts.compiler,
      memoryBytes: this.#module.HEAPU8.byteLength,
      liveHandles:
        this.#models.size + this.#interpreters.size + this.#calibrators.size + this.#comparers.size,
    };
  }

  /** Frees what the handle stands for; a handle that is gone is no error. */
  dispose(handle: number): void {
    for (const map of [this.#models, this.#calibrators, this.#comparers]) {
      const raw = map.get(handle);
      if (raw) {
        map.delete(handle);
        this.#free(raw);
      }
    }
    const entry = this.#interpreters.get(handle);
    if (entry) {
      this.#interpreters.delete(handle);
      this.#free(entry.raw);
    }
  }

  // --- Models -------------------------------------------------------------------------------------

  /** `bytes` are copied into WebAssembly memory, once. */
  loadModel(bytes: Uint8Array): number {
    const buffer = this.#call(() => this.#module.allocateBytes(bytes.byteLength));
    try {
      buffer.view().set(bytes);
      return this.#keep(
        this.#models,
        this.#call(() => this.#module.loadModel(buffer)),
      );
    } finally {
      this.#free(buffer);
    }
  }

  inspect(model: number): Inspection {
    const raw = this.#guard(() => this.#model(model).inspect());
    const counts = new Map<string, number>();
    for (const { operators } of raw.subgraphs) {
      for (const { name } of operators) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const { subgraphs, ...rest } = raw;
    return {
      ...rest,
      inputs: subgraphs[0]?.inputs ?? [],
      outputs: subgraphs[0]?.outputs ?? [],
      subgraphs,
      operatorCounts: [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    };
  }

  // --- Interpreters -------------------------------------------------------------------------------

  createInterpreter(model: number, options: InterpreterOptions = {}): number {
    const raw = this.#model(model);
    let signature: SignatureDetails | undefined;
    if (options.signature !== undefined) {
      const { signatures } = this.#guard(() => raw.inspect());
      signature = signatures.find(({ key }) => key === options.signature);
      if (!signature) {
        const keys = signatures.map(({ key }) => key).join(', ');
        throw new OctoliteError(
          'INVALID_ARGUMENT',
          `the model has no signature '${options.signature}'`,
          { hint: keys === '' ? 'it has none at all' : `it has ${keys}` },
        );
      }
    }
    const interpreter = this.#call(() =>
      this.#module.createInterpreter(raw, {
        subgraph: signature?.subgraph ?? options.subgraph ?? 0,
        reference: options.arithmetic === 'reference',
        keepAllTensors: options.keepAllTensors ?? false,
      }),
    );
    return this.#keep(this.#interpreters, { raw: interpreter, signature, allocated: false });
  }

  allocateTensors(interpreter: number): void {
    const entry = this.#interpreter(interpreter);
    this.#call(() => entry.raw.allocate());
    entry.allocated = true;
  }

  resizeInputTensor(interpreter: number, tensor: number | string, shape: readonly number[]): void {
    const entry = this.#interpreter(interpreter);
    const position = this.#inputPosition(entry, tensor);
    this.#call(() => entry.raw.resizeInput(position, [...shape]));
    entry.allocated = false;
  }

  inputDetails(interpreter: number): TensorDetails[] {
    const { raw } = this.#interpreter(interpreter);
    return this.#guard(() => raw.inputs());
  }

  outputDetails(interpreter: number): TensorDetails[] {
    const { raw } = this.#interpreter(interpreter);
    return this.#guard(() => raw.outputs());
  }

  setTensor(interpreter: number, tensor: number | string, values: TypedArray): void {
    const entry = this.#allocated(interpreter);
    this.#writeInput(entry.raw, this.#inputPosition(entry, tensor), values);
  }

  invoke(interpreter: number): void {
    const entry = this.#allocated(interpreter);
    this.#call(() => entry.raw.invoke());
  }

  /** A copy. */
  getTensor(interpreter: number, tensor: number | string): TypedArray {
    const entry = this.#allocated(interpreter);
    const index = typeof tensor === 'number' ? tensor : this.#tensorIndex(entry, tensor);
    const { bytes, dtype } = this.#call(() => entry.raw.tensor(index));
    return arrayOfBytes(bytes.slice(), dtype);
  }

  /** Sets all inputs, invokes, and copies all outputs, by name. */
  run(interpreter: number, sample: Sample): Record<string, TypedArray> {
    const entry = this.#allocated(interpreter);
    this.#writeSample(entry.raw, sample, this.#inputNames(entry));
    this.#call(() => entry.raw.invoke());
    const names = this.#outputNames(entry);
    return Object.fromEntries(
      this.#guard(() => entry.raw.outputs()).map(({ index, name }, i): [string, TypedArray] => {
        const { bytes, dtype } = this.#call(() => entry.raw.tensor(index));
        return [names[i] ?? name, arrayOfBytes(bytes.slice(), dtype)];
      }),
    );
  }

  /** Milliseconds of one more run on the inputs as they stand. */
  timeInvoke(interpreter: number): number {
    const { raw } = this.#allocated(interpreter);
    const start = performance.now();
    this.#call(() => raw.invoke());
    return performance.now() - start;
  }

  setProfiling(interpreter: number, on: boolean): void {
    const { raw } = this.#allocated(interpreter);
    this.#guard(() => raw.setProfiling(on));
  }

  /** Milliseconds of each operator, summed over the runs since profiling was set. */
  profile(interpreter: number): OperatorMilliseconds[] {
    const { raw } = this.#allocated(interpreter);
    return this.#guard(() => raw.profile());
  }

  planFacts(interpreter: number): { arenaBytes: number; multiplyAdds: number } {
    const { raw } = this.#allocated(interpreter);
    return this.#guard(() => raw.facts());
  }

  // --- Calibrate, quantize, compare ---------------------------------------------------------------

  createCalibrator(model: number, subgraph: number): number {
    const raw = this.#model(model);
    return this.#keep(
      this.#calibrators,
      this.#call(() => this.#module.createCalibrator(raw, subgraph)),
    );
  }

  calibrateSample(calibrator: number, sample: Sample): void {
    this.#step(this.#get(this.#calibrators, calibrator, 'calibration'), sample);
  }

  calibrationStatistics(calibrator: number): CalibrationStatistics {
    const raw = this.#get(this.#calibrators, calibrator, 'calibration');
    return this.#guard(() => raw.statistics());
  }

  quantize(
    model: number,
    plan: QuantizePlan,
    statistics: CalibrationStatistics | null,
  ): { bytes: Uint8Array; report: QuantizeReport } {
    const raw = this.#model(model);
    const config: RawQuantizeConfig = {
      operators: plan.operators.map((list) =>
        Float64Array.from(
          list.flatMap((operator) => [
            MODES.indexOf(operator.mode),
            Number(operator.perChannel),
            Number(operator.symmetricWeights),
            Number(operator.symmetricActivations),
            operator.minWeightElements,
          ]),
        ),
      ),
      inputType: plan.inputType,
      outputType: plan.outputType,
      percentile: plan.percentile ?? 0,
      usePercentile: plan.percentile !== null,
    };
    const { bytes: buffer, ...result } = this.#call(() =>
      this.#module.quantize(raw, config, statistics),
    );
    const bytes = buffer.view().slice();
    this.#free(buffer);
    const bytesBefore = this.#guard(() => raw.fileBytes());
    return { bytes, report: { bytesBefore, bytesAfter: bytes.byteLength, ...result } };
  }

  createComparer(
    a: number,
    b: number,
    options: { arithmetic: Arithmetic; perLayer: boolean },
  ): number {
    const [rawA, rawB] = [this.#model(a), this.#model(b)];
    return this.#keep(
      this.#comparers,
      this.#call(() =>
        this.#module.createComparer(rawA, rawB, {
          reference: options.arithmetic === 'reference',
          perLayer: options.perLayer,
        }),
      ),
    );
  }

  compareSample(comparer: number, sample: Sample): void {
    this.#step(this.#get(this.#comparers, comparer, 'comparison'), sample);
  }

  compareReport(comparer: number, perLayer: boolean): CompareReport {
    const raw = this.#get(this.#comparers, comparer, 'comparison');
    const { layers, ...report } = this.#guard(() => raw.report());
    return perLayer ? { ...report, layers } : report;
  }

  // --- Inside -------------------------------------------------------------------------------------

  #keep<T>(map: Map<number, T>, value: T): number {
    const handle = this.#nextHandle++;
    map.set(handle, value);
    return handle;
  }

  #get<T>(map: ReadonlyMap<number, T>, handle: number, what: string): T {
    const value = map.get(handle);
    if (value !== undefined) return value;
    throw new OctoliteError('DISPOSED', `the ${what} was disposed of`);
  }

  #model(handle: number): RawModel {
    return this.#get(this.#models, handle, 'model');
  }

  #interpreter(handle: number): InterpreterEntry {
    return this.#get(this.#interpreters, handle, 'interpreter');
  }

  #allocated(handle: number): InterpreterEntry {
    const entry = this.#interpreter(handle);
    if (!entry.allocated) this.allocateTensors(handle);
    return entry;
  }

  #inputNames({ raw, signature }: InterpreterEntry): string[] {
    return signature ? namesOf(signature.inputs, raw.inputs()) : [];
  }

  #outputNames({ raw, signature }: InterpreterEntry): string[] {
    const outputs = raw.outputs();
    const names = signature ? namesOf(signature.outputs, outputs) : outputs.map(({ name }) => name);
    // Two outputs of one name would hide each other.
    return names.map((name, i) => (names.indexOf(name) < i ? `${name}#${i}` : name));
  }

  #inputPosition(entry: InterpreterEntry, tensor: number | string): number {
    const inputs = this.#guard(() => entry.raw.inputs());
    const names = this.#inputNames(entry);
    const byOwnName = names.indexOf(String(tensor));
    const position =
      typeof tensor === 'string' && byOwnName >= 0
        ? byOwnName
        : inputs.findIndex(({ index, name }) => index === tensor || name === tensor);
    if (position >= 0) return position;
    const list = inputs.map(({ index, name }, i) => `${index} '${names[i] ?? name}'`).join(', ');
    throw new OctoliteError('INVALID_ARGUMENT', `the model has no input ${quote(tensor)}`, {
      hint: `the inputs are ${list}`,
    });
  }

  #tensorIndex(entry: InterpreterEntry, name: string): number {
    const outputs = this.#guard(() => entry.raw.outputs());
    const position = this.#outputNames(entry).indexOf(name);
    const found = outputs[position] ?? outputs.find((output) => output.name === name);
    if (found) return found.index;
    throw new OctoliteError('INVALID_ARGUMENT', `the model has no output '${name}'`, {
      hint: `the outputs are ${outputs.map((output) => output.name).join(', ')}`,
    });
  }

  #step(stepper: RawStepper, sample: Sample): void {
    this.#writeSample(stepper, sample, []);
    this.#call(() => stepper.step());
  }

  #writeSample(
    target: Pick<RawStepper, 'inputs' | 'inputView'>,
    sample: Sample,
    names: readonly string[],
  ): void {
    const inputs = this.#guard(() => target.inputs());
    valuesByInput(sample, inputs, names).forEach((values, i) => {
      this.#write(target, i, values, inputs[i]!);
    });
  }

  #writeInput(target: RawInterpreter, position: number, values: TypedArray): void {
    const details = this.#guard(() => target.inputs())[position]!;
    this.#write(target, position, values, details);
  }

  #write(
    target: Pick<RawStepper, 'inputView'>,
    position: number,
    values: TypedArray,
    details: TensorDetails,
  ): void {
    const elements = toTensorElements(values, details);
    const view = this.#call(() => target.inputView(position));
    view.set(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
  }

  #free(raw: RawHandle): void {
    if (!this.#crash) this.#guard(() => raw.delete());
  }

  #call<T>(function_: () => RawResult<T>): T {
    const result = this.#guard(function_);
    if (result.error) throw errorOfRaw(result.error);
    return result.value;
  }

  /**
   * Nothing may be called in a module that stopped in the middle of something, so a trap ends the
   * engine's life.
   */
  #guard<T>(function_: () => T): T {
    if (this.#crash) throw this.#crash;
    try {
      return function_();
    } catch (error) {
      if (error instanceof OctoliteError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      const outOfMemory = /memory|OOM|allocat/i.test(message);
      this.#crash = new OctoliteError(
        outOfMemory ? 'OUT_OF_MEMORY' : 'INTERNAL',
        `the WebAssembly module stopped: ${message}`,
        { hint: 'this engine cannot be used any more; load another one' },
        { cause: error },
      );
      throw this.#crash;
    }
  }
}

function quote(tensor: number | string): string {
  return typeof tensor === 'number' ? String(tensor) : `'${tensor}'`;
}

function namesOf(
  map: Readonly<Record<string, number>>,
  tensors: readonly TensorDetails[],
): string[] {
  const names = new Map(Object.entries(map).map(([name, index]) => [index, name]));
  return tensors.map(({ index, name }) => names.get(index) ?? name);
}

function errorOfRaw({ code, message, hint, where }: RawError): OctoliteError {
  const name: ErrorCode = code === 'OK' ? 'INTERNAL' : code === 'CANCELLED' ? 'ABORTED' : code;
  return new OctoliteError(name, message, {
    ...(where.subgraph >= 0 && { subgraph: where.subgraph }),
    ...(where.operator >= 0 && { operator: where.operator, operatorName: where.operatorName }),
    ...(where.tensor >= 0 && { tensor: where.tensor, tensorName: where.tensorName }),
    ...(where.byteOffset >= 0 && { byteOffset: where.byteOffset }),
    ...(hint !== '' && { hint }),
  });
}

/** The bytes of a file, from anything that holds bytes. */
export function toBytes(bytes: Uint8Array | ArrayBufferLike | ArrayBufferView): Uint8Array {
  if (isTypedArray(bytes) || ArrayBuffer.isView(bytes)) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const tag = Object.prototype.toString.call(bytes);
  if (tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]') {
    return new Uint8Array(bytes);
  }
  throw new OctoliteError('INVALID_ARGUMENT', 'the model is not given as bytes', {
    hint: 'pass an ArrayBuffer or a Uint8Array',
  });
}
