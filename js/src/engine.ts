import { OBSERVER_NAMES } from './observers.js';
import {
  clusterConfig,
  compandingConfig,
  compandingReport,
  pruneConfig,
} from './compress/stages.js';
import type {
  ClusteredWeights,
  ClusterOptions,
  CompandingName,
  CompandingOptions,
  CompandingReport,
  PackedConstant,
  PrunedWeights,
  PruneOptions,
} from './compress/types.js';
import { CustomOpHost, type CustomOps } from './custom_ops.js';
import { messageOf, OctoliteError, type ErrorCode } from './errors.js';
import type { LoadedModule } from './load.js';
import type {
  PlanFacts,
  RawBytes,
  RawCalibrator,
  RawComparer,
  RawEqualizer,
  RawError,
  RawHandle,
  RawInspection,
  RawInterpreter,
  RawModel,
  RawModule,
  RawQuantizeConfig,
  RawRemoteFile,
  RawRemoteModel,
  RawReconstructor,
  RawResult,
  RawStepper,
} from './raw.js';
import type { OperatorPlan } from './recipe.js';
import { memoryReader, toByteSource, type ByteSource } from './remote.js';
import {
  arrayOver,
  elementCount,
  hasRealValues,
  isTypedArray,
  toReal,
  toTensorBytes,
  valuesByInput,
  valuesOfBytes,
} from './tensor_data.js';
import type {
  Arithmetic,
  CalibrationStatistics,
  Convergence,
  CompareReport,
  DequantizeOption,
  EqualizedTensor,
  Inspection,
  IoType,
  ObserverName,
  OperatorMode,
  QuantizeOption,
  QuantizeReport,
  RecoveredLayer,
  RunOptions,
  RuntimeInfo,
  Sample,
  SignatureDetails,
  SignatureList,
  TensorDetails,
  TensorInput,
  TensorValues,
  TypedArray,
} from './types.js';
import { VERSION } from './version.js';

/** What a model needs beside its file. */
export interface LoadModelOptions {
  /** Custom operators of your own, for everything that is done with the model. */
  customOps?: CustomOps | undefined;
}

/** How a model is run. */
export interface InterpreterOptions {
  /** How quantized arithmetic is rounded; default `litert`. */
  arithmetic?: Arithmetic | undefined;
  /** Which subgraph to run; default the first, or the signature's. */
  subgraph?: number | undefined;
  /** Run a signature: inputs and outputs then also answer to its names. */
  signature?: string | undefined;
  /** Every tensor keeps its memory, so that getTensor reads intermediate results too. */
  keepAllTensors?: boolean | undefined;
  /** Custom operators for this interpreter, tried before those that the model was loaded with. */
  customOps?: CustomOps | undefined;
}

/** How strictly a new shape is taken. */
export interface ResizeOptions {
  /** Only dimensions that the model leaves free (-1 in shapeSignature) may change. */
  strict?: boolean | undefined;
}

/** What Engine.quantize takes: a recipe that was applied to the model. */
export interface QuantizePlan {
  operators: readonly (readonly OperatorPlan[])[];
  inputType: IoType;
  outputType: IoType;
  /** Of operators whose rule does not say. */
  observer: ObserverName;
  percentile: number;
}

export interface OperatorMilliseconds {
  index: number;
  name: string;
  output: string;
  ms: number;
}

/** A subgraph of an interpreter. */
interface Part {
  readonly raw: RawInterpreter;
  allocated: boolean;
}

interface InterpreterEntry {
  /** What it was made to run. */
  readonly subgraph: number;
  readonly signature: SignatureDetails | undefined;
  readonly signatures: readonly SignatureDetails[];
  /** By subgraph: its own, and those whose signatures were used. They share resources. */
  readonly parts: Map<number, Part>;
}

/** What a call is about: a subgraph, and the names that its inputs and outputs go by. */
interface Target {
  readonly part: Part;
  readonly raw: RawInterpreter;
  readonly signature: SignatureDetails | undefined;
}

/** A calibration or comparison, and the names that its inputs go by. */
interface Stepping<T extends RawStepper> {
  readonly raw: T;
  readonly signature: SignatureDetails | undefined;
}

/** In the order of the enumerations of src/quantize/config.h. */
const MODES: readonly OperatorMode[] = ['float', 'float16', 'weight_only', 'dynamic', 'static'];
const GRANULARITIES: readonly string[] = ['tensor', 'channel', 'block'];
const CLIPPINGS: readonly string[] = ['min_max', 'mse', 'octav'];
function planNumbers(plan: QuantizePlan, { mode, weights, activations }: OperatorPlan): number[] {
  return [
    MODES.indexOf(mode),
    weights.bits,
    GRANULARITIES.indexOf(weights.granularity),
    weights.blockSize,
    Number(weights.symmetric),
    Number(weights.narrowRange),
    CLIPPINGS.indexOf(weights.clipping),
    weights.minElements,
    activations.bits,
    Number(activations.symmetric),
    OBSERVER_NAMES.indexOf(activations.observer ?? plan.observer),
    activations.percentile ?? plan.percentile,
  ];
}

function rawConfig(plan: QuantizePlan): RawQuantizeConfig {
  return {
    operators: plan.operators.map((list) =>
      Float64Array.from(list.flatMap((operator) => planNumbers(plan, operator))),
    ),
    inputType: plan.inputType,
    outputType: plan.outputType,
  };
}

function inspectionOf({ subgraphs, ...rest }: RawInspection): Inspection {
  const counts = new Map<string, number>();
  for (const { operators } of subgraphs) {
    for (const { name } of operators) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
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

/**
 * The calls of the library as flat functions over plain values and numbered handles, so that they
 * can be made across a worker's boundary as they are. One call for each stage or sample.
 */
export class Engine {
  readonly #module: RawModule;
  readonly #loaded: LoadedModule;
  readonly #customOps: CustomOpHost;
  readonly #models = new Map<number, RawModel>();
  readonly #interpreters = new Map<number, InterpreterEntry>();
  readonly #calibrators = new Map<number, Stepping<RawCalibrator>>();
  readonly #comparers = new Map<number, Stepping<RawComparer>>();
  readonly #remoteModels = new Map<number, RawRemoteModel>();
  readonly #remoteFiles = new Map<number, RawRemoteFile>();
  readonly #equalizers = new Map<number, Stepping<RawEqualizer>>();
  readonly #reconstructors = new Map<number, Stepping<RawReconstructor>>();
  #nextHandle = 1;
  /** What a source of bytes threw in the call that is going on. */
  #sourceFailure: { readonly error: unknown } | undefined;
  /** A function of the caller that is being called; it must not call back. */
  #busy: 'a source of bytes' | 'the callback of withView' | undefined;
  /** What made the module unusable. */
  #crash: OctoliteError | undefined;

  constructor(loaded: LoadedModule) {
    this.#loaded = loaded;
    this.#module = loaded.module;
    this.#customOps = new CustomOpHost(() => loaded.module.HEAPU8);
  }

  runtimeInfo(): RuntimeInfo {
    const { dotProduct, compiler, allocatedBytes } = this.#guard(() => this.#module.runtimeFacts());
    return {
      version: VERSION,
      variant: this.#loaded.variant,
      variantReason: this.#loaded.reason,
      threads: this.#loaded.threads,
      requestedThreads: this.#loaded.requestedThreads,
      dotProduct,
      compiler,
      memoryBytes: this.#module.HEAPU8.byteLength,
      allocatedBytes,
      liveHandles: this.#handles().reduce((sum, handles) => sum + handles.size, 0),
    };
  }

  /** Frees what the handle stands for; a handle that is gone is no error. */
  dispose(handle: number): void {
    this.#refuseInside();
    for (const handles of this.#handles()) {
      const found = handles.get(handle);
      handles.delete(handle);
      if (found) this.#rawsOf(found).forEach((raw) => this.#free(raw));
    }
  }

  /** All that handles stand for. */
  #handles(): readonly Map<number, RawHandle | Stepping<RawStepper> | InterpreterEntry>[] {
    return [
      this.#models,
      this.#interpreters,
      this.#calibrators,
      this.#comparers,
      this.#remoteModels,
      this.#remoteFiles,
      this.#equalizers,
      this.#reconstructors,
    ];
  }

  #rawsOf(found: RawHandle | Stepping<RawStepper> | InterpreterEntry): readonly RawHandle[] {
    if ('parts' in found) return [...found.parts.values()].map(({ raw }) => raw);
    return ['raw' in found ? found.raw : found];
  }

  // --- Models -------------------------------------------------------------------------------------

  /** `bytes` are copied into WebAssembly memory, once. */
  loadModel(bytes: Uint8Array, options: LoadModelOptions = {}): number {
    const customOps = this.#customOps.wrap(options.customOps);
    return this.#load(bytes, (buffer) => this.#module.loadModel(buffer, customOps));
  }

  /** For what was made of a model: knows the same custom operators. */
  loadModelLike(model: number, bytes: Uint8Array): number {
    const other = this.#model(model);
    return this.#load(bytes, (buffer) => this.#module.loadModelLike(other, buffer));
  }

  #load(bytes: Uint8Array, read: (buffer: RawBytes) => RawResult<RawModel>): number {
    const buffer = this.#call(() => this.#module.allocateBytes(bytes.byteLength));
    try {
      buffer.view().set(bytes);
      return this.#keep(
        this.#models,
        this.#call(() => read(buffer)),
      );
    } finally {
      this.#free(buffer);
    }
  }

  inspect(model: number): Inspection {
    return inspectionOf(this.#guard(() => this.#model(model).inspect()));
  }

  // --- Interpreters -------------------------------------------------------------------------------

  createInterpreter(model: number, options: InterpreterOptions = {}): number {
    const raw = this.#model(model);
    const customOps = this.#customOps.wrap(options.customOps);
    const signatures = this.#guard(() => raw.signatures());
    const signature = this.#signatureOf(raw, options.signature);
    const subgraph = signature?.subgraph ?? options.subgraph ?? 0;
    const interpreter = this.#call(() =>
      this.#module.createInterpreter(raw, {
        subgraph,
        reference: options.arithmetic === 'reference',
        keepAllTensors: options.keepAllTensors ?? false,
        customOps,
      }),
    );
    const parts = new Map([[subgraph, { raw: interpreter, allocated: false }]]);
    return this.#keep(this.#interpreters, { subgraph, signature, signatures, parts });
  }

  signatureList(interpreter: number): SignatureList {
    const { signatures } = this.#interpreter(interpreter);
    return Object.fromEntries(
      signatures.map(({ key, inputs, outputs }) => [
        key,
        { inputs: Object.keys(inputs), outputs: Object.keys(outputs) },
      ]),
    );
  }

  /** The key of a signature, checked; the only one where none is asked for. */
  signatureKey(interpreter: number, key?: string): string {
    const { signatures } = this.#interpreter(interpreter);
    if (key !== undefined || signatures.length !== 1) return signatureOf(signatures, key).key;
    return signatures[0]!.key;
  }

  // Of the calls below, those with a `signature` work on its subgraph and know its names.

  allocateTensors(interpreter: number, signature?: string): void {
    const { part, raw } = this.#target(interpreter, signature);
    if (part.allocated) return;
    this.#call(() => raw.allocate());
    part.allocated = true;
  }

  resizeInputTensor(
    interpreter: number,
    tensor: number | string,
    shape: readonly number[],
    { strict = false }: ResizeOptions = {},
    signature?: string,
  ): void {
    const target = this.#target(interpreter, signature);
    const position = this.#inputPosition(target, tensor);
    const details = this.#guard(() => target.raw.inputs())[position]!;
    // What is no number would stop the module where it is converted.
    if (!Array.from(shape).every(Number.isInteger)) {
      throw new OctoliteError('INVALID_ARGUMENT', 'a shape is a list of whole numbers', {
        tensor: details.index,
        tensorName: details.name,
      });
    }
    if (strict && !fitsSignature(shape, details.shapeSignature)) {
      throw new OctoliteError(
        'SHAPE_MISMATCH',
        `the shape [${shape.join(', ')}] is not a case of [${details.shapeSignature.join(', ')}]`,
        { tensor: details.index, tensorName: details.name },
      );
    }
    const { length } = details.shape;
    if (shape.length === length && details.shape.every((size, i) => size === shape[i])) return;
    this.#call(() => target.raw.resizeInput(position, [...shape]));
    target.part.allocated = false;
  }

  inputDetails(interpreter: number, signature?: string): TensorDetails[] {
    const { raw } = this.#target(interpreter, signature);
    return this.#guard(() => raw.inputs());
  }

  outputDetails(interpreter: number, signature?: string): TensorDetails[] {
    const { raw } = this.#target(interpreter, signature);
    return this.#guard(() => raw.outputs());
  }

  /** By the names of the signature, in its order. */
  signatureInputDetails(interpreter: number, key: string): Record<string, TensorDetails> {
    const { raw, signature } = this.#target(interpreter, key);
    return detailsByName(
      signature!.inputs,
      this.#guard(() => raw.inputs()),
    );
  }

  signatureOutputDetails(interpreter: number, key: string): Record<string, TensorDetails> {
    const { raw, signature } = this.#target(interpreter, key);
    return detailsByName(
      signature!.outputs,
      this.#guard(() => raw.outputs()),
    );
  }

  setTensor(
    interpreter: number,
    tensor: number | string,
    values: TensorInput,
    { quantize }: QuantizeOption = {},
  ): void {
    const target = this.#allocated(interpreter);
    const position = this.#inputPosition(target, tensor);
    const details = this.#guard(() => target.raw.inputs())[position]!;
    this.#write(target.raw, position, values, details, quantize);
  }

  invoke(interpreter: number): void {
    const { raw } = this.#allocated(interpreter);
    this.#call(() => raw.invoke());
  }

  /** A copy. */
  getTensor(
    interpreter: number,
    tensor: number | string,
    { dequantize }: DequantizeOption = {},
  ): TensorValues {
    const target = this.#allocated(interpreter);
    const index = typeof tensor === 'number' ? tensor : this.#tensorIndex(target, tensor);
    const values = this.#read(target.raw, index);
    return dequantize
      ? realValues(
          values,
          this.#call(() => target.raw.details(index)),
        )
      : values;
  }

  /** Of any tensor. */
  tensorDetails(interpreter: number, tensor: number | string): TensorDetails {
    const target = this.#allocated(interpreter);
    const index = typeof tensor === 'number' ? tensor : this.#tensorIndex(target, tensor);
    return this.#call(() => target.raw.details(index));
  }

  /** Lends `use` the memory of an input or output. */
  withView<T, V extends TypedArray>(
    interpreter: number,
    tensor: number | string,
    use: (view: V, details: TensorDetails) => T,
  ): T {
    const target = this.#allocated(interpreter);
    const { bytes, details } = this.#viewOf(target, tensor);
    const view = arrayOver(bytes, details.dtype);
    this.#busy = 'the callback of withView';
    try {
      const result = use(view as V, details);
      if (!isPromise(result)) return result;
      // What becomes of it is of no interest beside the refusal.
      result.then(undefined, () => undefined);
    } finally {
      this.#busy = undefined;
    }
    throw new OctoliteError('INVALID_ARGUMENT', 'the callback of withView is not synchronous', {
      hint: 'copy with getTensor what is needed later',
    });
  }

  /** Sets all inputs, invokes, and copies all outputs, by name. */
  run(
    interpreter: number,
    sample: Sample,
    signature?: string,
    options: RunOptions = {},
  ): Record<string, TensorValues> {
    const target = this.#allocated(interpreter, signature);
    this.#invokeOn(target, sample, options.quantize);
    return this.#readOutputs(target, options);
  }

  /** As run, of each sample. */
  runBatch(
    interpreter: number,
    samples: Iterable<Sample>,
    signature?: string,
    options: RunOptions = {},
  ): Record<string, TensorValues>[] {
    const target = this.#allocated(interpreter, signature);
    return Array.from(checkedBatch(samples), (sample, i) => {
      try {
        this.#invokeOn(target, sample, options.quantize);
        return this.#readOutputs(target, options);
      } catch (error) {
        throw atSample(error, i);
      }
    });
  }

  /** Runs on zeros, and forgets what the runs left behind. */
  warmUp(interpreter: number, runs = 1, signature?: string): void {
    if (!Number.isSafeInteger(runs) || runs < 1) {
      throw new OctoliteError('INVALID_ARGUMENT', `'runs' is not a count of 1 or more`);
    }
    const { raw } = this.#allocated(interpreter, signature);
    this.#guard(() => raw.inputs()).forEach((details, i) => {
      if (details.dtype === 'string') {
        const none = Array.from({ length: elementCount(details.shape) }, () => '');
        this.#write(raw, i, none, details);
      } else {
        this.#call(() => raw.inputView(i)).fill(0);
      }
    });
    try {
      for (let i = 0; i < runs; ++i) this.#call(() => raw.invoke());
    } finally {
      this.resetVariableTensors(interpreter);
    }
  }

  /** As run, with the outputs in the order of outputDetails. */
  runInOrder(interpreter: number, sample: Sample): TensorValues[] {
    const target = this.#allocated(interpreter);
    this.#invokeOn(target, sample);
    return this.#guard(() => target.raw.outputs()).map(({ index }) =>
      this.#read(target.raw, index),
    );
  }

  /** Variables and all other state, of every subgraph, as if nothing had run. */
  resetVariableTensors(interpreter: number): void {
    this.#allocated(interpreter);
    for (const { raw, allocated } of this.#interpreter(interpreter).parts.values()) {
      if (allocated) this.#guard(() => raw.resetState());
    }
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

  planFacts(interpreter: number): PlanFacts {
    const { raw } = this.#allocated(interpreter);
    return this.#guard(() => raw.facts());
  }

  // --- Calibrate, quantize, compare ---------------------------------------------------------------

  createCalibrator(
    model: number,
    options: { subgraph?: number | undefined; signature?: string | undefined },
  ): number {
    const raw = this.#model(model);
    const signature = this.#signatureOf(raw, options.signature);
    const subgraph = signature?.subgraph ?? options.subgraph ?? 0;
    const calibrator = this.#call(() => this.#module.createCalibrator(raw, subgraph));
    return this.#keep(this.#calibrators, { raw: calibrator, signature });
  }

  /** What statistics of this model say that they are of. */
  modelFingerprint(model: number): string {
    const raw = this.#model(model);
    return this.#guard(() => this.#module.modelFingerprint(raw));
  }

  calibrateSample(calibrator: number, sample: Sample): Convergence {
    const entry = this.#get(this.#calibrators, calibrator, 'calibration');
    this.#step(entry, sample);
    return this.#guard(() => entry.raw.convergence());
  }

  calibrationStatistics(calibrator: number): CalibrationStatistics {
    const { raw } = this.#get(this.#calibrators, calibrator, 'calibration');
    return this.#guard(() => ({ ...raw.statistics(), convergence: raw.convergence() }));
  }

  quantize(
    model: number,
    plan: QuantizePlan,
    statistics: CalibrationStatistics | null,
  ): { bytes: Uint8Array; report: QuantizeReport } {
    const raw = this.#model(model);
    const { bytes: buffer, ...result } = this.#call(() =>
      this.#module.quantize(raw, rawConfig(plan), statistics),
    );
    const bytes = buffer.view().slice();
    this.#free(buffer);
    const bytesBefore = this.#guard(() => raw.fileBytes());
    return { bytes, report: { bytesBefore, bytesAfter: bytes.byteLength, ...result } };
  }

  // --- Pruning, clustering, packing ---------------------------------------------------------------

  /** `model` of the result is a new one, to be disposed of. */
  prune(
    model: number,
    options: PruneOptions,
  ): { model: number; tensors: readonly PrunedWeights[] } {
    const config = pruneConfig(options, this.inspect(model));
    const changed = this.#call(() => this.#module.prune(this.#model(model), config));
    return { model: this.#keep(this.#models, changed.model), tensors: changed.tensors };
  }

  /** `model` of the result is a new one, to be disposed of. */
  cluster(
    model: number,
    options: ClusterOptions,
  ): { model: number; tensors: readonly ClusteredWeights[] } {
    const config = clusterConfig(options, this.inspect(model));
    const changed = this.#call(() => this.#module.cluster(this.#model(model), config));
    return { model: this.#keep(this.#models, changed.model), tensors: changed.tensors };
  }

  writeModel(model: number): Uint8Array {
    return this.#take(this.#call(() => this.#module.writeModel(this.#model(model))));
  }

  compressForMicro(model: number): { bytes: Uint8Array; tensors: readonly PackedConstant[] } {
    const { bytes, tensors } = this.#call(() => this.#module.compressForMicro(this.#model(model)));
    return { bytes: this.#take(bytes), tensors };
  }

  analyzeCompanding(model: number, options: CompandingOptions): CompandingReport {
    const config = compandingConfig(options);
    const raw = this.#call(() => this.#module.analyzeCompanding(this.#model(model), config));
    return compandingReport(config.bits, raw);
  }

  compandingLevels(name: CompandingName, bits: number, parameter: number): number[] {
    return this.#call(() => this.#module.compandingLevels(name, bits, parameter));
  }

  codebook(values: ArrayLike<number>, clusters: number): number[] {
    return this.#call(() => this.#module.codebook(Float64Array.from(values), clusters));
  }

  #take(buffer: RawBytes): Uint8Array {
    const bytes = buffer.view().slice();
    this.#free(buffer);
    return bytes;
  }

  /** With a signature: that of both models. */
  createComparer(
    a: number,
    b: number,
    options: { arithmetic: Arithmetic; perLayer: boolean; signature?: string | undefined },
  ): number {
    const [rawA, rawB] = [this.#model(a), this.#model(b)];
    const signature = this.#signatureOf(rawA, options.signature);
    const other = this.#signatureOf(rawB, options.signature);
    const comparer = this.#call(() =>
      this.#module.createComparer(rawA, rawB, {
        reference: options.arithmetic === 'reference',
        perLayer: options.perLayer,
        subgraphA: signature?.subgraph ?? 0,
        subgraphB: other?.subgraph ?? 0,
      }),
    );
    return this.#keep(this.#comparers, { raw: comparer, signature });
  }

  compareSample(comparer: number, sample: Sample): void {
    this.#step(this.#get(this.#comparers, comparer, 'comparison'), sample);
  }

  compareReport(comparer: number, perLayer: boolean): CompareReport {
    const { raw } = this.#get(this.#comparers, comparer, 'comparison');
    const { layers, ...report } = this.#guard(() => raw.report());
    return perLayer ? { ...report, layers } : report;
  }

  // --- Files larger than the memory ---------------------------------------------------------------

  /** Reads all of the file but its large constants. */
  openRemoteModel(given: Blob | ByteSource): number {
    const source = toByteSource(given);
    const read = memoryReader(
      source,
      () => this.#module.HEAPU8,
      (error) => (this.#sourceFailure = { error }),
    );
    const guarded: typeof read = (offset, address, length) => {
      this.#busy = 'a source of bytes';
      try {
        return read(offset, address, length);
      } finally {
        this.#busy = undefined;
      }
    };
    return this.#keep(
      this.#remoteModels,
      this.#callRemote(() => this.#module.openRemoteModel(source.size, guarded)),
    );
  }

  inspectRemote(model: number): Inspection {
    const raw = this.#get(this.#remoteModels, model, 'model');
    return inspectionOf(this.#guard(() => raw.inspect()));
  }

  /** Reads the constants once, to choose scales; what is returned reads them once more. */
  quantizeRemote(
    model: number,
    plan: QuantizePlan,
  ): { file: number; byteLength: number; report: QuantizeReport } {
    const raw = this.#get(this.#remoteModels, model, 'model');
    const { file, ...result } = this.#callRemote(() => raw.quantize(rawConfig(plan)));
    const bytesAfter = this.#guard(() => file.size());
    const bytesBefore = this.#guard(() => raw.fileBytes());
    return {
      file: this.#keep(this.#remoteFiles, file),
      byteLength: bytesAfter,
      report: { bytesBefore, bytesAfter, ...result },
    };
  }

  /** A copy of a part of the file, which is made as it is read. */
  readRemote(file: number, offset: number, length: number): Uint8Array {
    const raw = this.#get(this.#remoteFiles, file, 'file');
    return this.#callRemote(() => raw.read(offset, length)).slice();
  }

  createEqualizer(model: number, options: { equalize: boolean; smooth: boolean }): number {
    const raw = this.#call(() => this.#module.createEqualizer(this.#model(model), options));
    return this.#keep(this.#equalizers, { raw, signature: undefined });
  }

  equalizerSample(equalizer: number, sample: Sample): void {
    this.#step(this.#get(this.#equalizers, equalizer, 'equalization'), sample);
  }

  finishEqualizer(equalizer: number): { model: number; tensors: readonly EqualizedTensor[] } {
    const { raw } = this.#get(this.#equalizers, equalizer, 'equalization');
    const changed = this.#call(() => raw.finish());
    return { model: this.#keep(this.#models, changed.model), tensors: changed.tensors };
  }

  createReconstructor(
    model: number,
    quantized: number,
    options: { bias: boolean; rounding: boolean },
  ): number {
    const [from, to] = [this.#model(model), this.#model(quantized)];
    const raw = this.#call(() => this.#module.createReconstructor(from, to, options));
    return this.#keep(this.#reconstructors, { raw, signature: undefined });
  }

  reconstructorSample(reconstructor: number, sample: Sample): void {
    this.#step(this.#get(this.#reconstructors, reconstructor, 'reconstruction'), sample);
  }

  reconstructorLayers(reconstructor: number): number {
    const { raw } = this.#get(this.#reconstructors, reconstructor, 'reconstruction');
    return this.#guard(() => raw.layers());
  }

  reconstructLayer(reconstructor: number): void {
    const { raw } = this.#get(this.#reconstructors, reconstructor, 'reconstruction');
    this.#call(() => raw.next());
  }

  finishReconstructor(reconstructor: number): {
    bytes: Uint8Array;
    layers: readonly RecoveredLayer[];
  } {
    const { raw } = this.#get(this.#reconstructors, reconstructor, 'reconstruction');
    const { bytes: buffer, layers } = this.#call(() => raw.finish());
    const bytes = buffer.view().slice();
    this.#free(buffer);
    return { bytes, layers };
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

  #signatureOf(raw: RawModel, key: string | undefined): SignatureDetails | undefined {
    return key === undefined
      ? undefined
      : signatureOf(
          this.#guard(() => raw.signatures()),
          key,
        );
  }

  #target(handle: number, key?: string): Target {
    const entry = this.#interpreter(handle);
    const signature = key === undefined ? entry.signature : signatureOf(entry.signatures, key);
    const subgraph = signature?.subgraph ?? entry.subgraph;
    let part = entry.parts.get(subgraph);
    if (!part) {
      const own = entry.parts.get(entry.subgraph)!.raw;
      part = { raw: this.#call(() => own.sibling(subgraph)), allocated: false };
      entry.parts.set(subgraph, part);
    }
    return { part, raw: part.raw, signature };
  }

  #allocated(handle: number, key?: string): Target {
    this.allocateTensors(handle, key);
    return this.#target(handle, key);
  }

  #inputNames({ raw, signature }: Stepping<RawStepper> | Target): string[] {
    return signature
      ? namesOf(
          signature.inputs,
          this.#guard(() => raw.inputs()),
        )
      : [];
  }

  /** What a run returns. */
  #outputs({ raw, signature }: Target): { name: string; index: number }[] {
    if (signature) {
      return Object.entries(signature.outputs).map(([name, index]) => ({ name, index }));
    }
    const outputs = this.#guard(() => raw.outputs());
    const names = outputs.map(({ name }) => name);
    // Two outputs of one name would hide each other.
    return outputs.map(({ name, index }, i) => ({
      name: names.indexOf(name) < i ? `${name}#${i}` : name,
      index,
    }));
  }

  /** The position of an input; -1 when there is none of that name or index. */
  #findInput(target: Target, tensor: number | string): number {
    const byOwnName = this.#inputNames(target).indexOf(String(tensor));
    if (typeof tensor === 'string' && byOwnName >= 0) return byOwnName;
    return this.#guard(() => target.raw.inputs()).findIndex(
      ({ index, name }) => index === tensor || name === tensor,
    );
  }

  #inputPosition(target: Target, tensor: number | string): number {
    const position = this.#findInput(target, tensor);
    if (position >= 0) return position;
    const inputs = this.#guard(() => target.raw.inputs());
    const names = this.#inputNames(target);
    const list = inputs.map(({ index, name }, i) => `${index} '${names[i] ?? name}'`).join(', ');
    throw new OctoliteError('INVALID_ARGUMENT', `the model has no input ${quote(tensor)}`, {
      hint: `the inputs are ${list}`,
    });
  }

  #tensorIndex(target: Target, name: string): number {
    const named = this.#outputs(target);
    const outputs = this.#guard(() => target.raw.outputs());
    const found =
      named.find((output) => output.name === name) ??
      outputs.find((output) => output.name === name);
    if (found) return found.index;
    throw new OctoliteError('INVALID_ARGUMENT', `the model has no output '${name}'`, {
      hint: `the outputs are ${named.map((output) => output.name).join(', ')}`,
    });
  }

  #viewOf(target: Target, tensor: number | string): { bytes: Uint8Array; details: TensorDetails } {
    const position = this.#findInput(target, tensor);
    if (position >= 0) {
      const details = this.#guard(() => target.raw.inputs())[position]!;
      return { bytes: this.#call(() => target.raw.inputView(position)), details };
    }
    const outputs = this.#guard(() => target.raw.outputs());
    const index = typeof tensor === 'number' ? tensor : this.#tensorIndex(target, tensor);
    const details = outputs.find((output) => output.index === index);
    if (details) return { bytes: this.#call(() => target.raw.tensor(index)).bytes, details };
    throw new OctoliteError('INVALID_ARGUMENT', 'only inputs and outputs have a view', {
      tensor: index,
      hint: 'getTensor copies other tensors',
    });
  }

  #readOutputs(target: Target, { dequantize }: DequantizeOption): Record<string, TensorValues> {
    const details = dequantize ? this.#guard(() => target.raw.outputs()) : [];
    return Object.fromEntries(
      this.#outputs(target).map(({ name, index }) => {
        const values = this.#read(target.raw, index);
        const known = details.find((output) => output.index === index);
        return [name, known ? realValues(values, known) : values];
      }),
    );
  }

  #read(raw: RawInterpreter, index: number): TensorValues {
    const { bytes, dtype } = this.#call(() => raw.tensor(index));
    return valuesOfBytes(bytes, dtype);
  }

  #invokeOn(target: Target, sample: Sample, quantize?: boolean): void {
    this.#writeSample(target.raw, sample, this.#inputNames(target), quantize);
    this.#call(() => target.raw.invoke());
  }

  #step(stepping: Stepping<RawStepper>, sample: Sample): void {
    this.#writeSample(stepping.raw, sample, this.#inputNames(stepping));
    this.#call(() => stepping.raw.step());
  }

  #writeSample(
    target: Pick<RawStepper, 'inputs' | 'inputView' | 'setInput'>,
    sample: Sample,
    names: readonly string[],
    quantize?: boolean,
  ): void {
    const inputs = this.#guard(() => target.inputs());
    valuesByInput(sample, inputs, names).forEach((values, i) => {
      this.#write(target, i, values, inputs[i]!, quantize);
    });
  }

  #write(
    target: Pick<RawStepper, 'inputView' | 'setInput'>,
    position: number,
    values: TensorInput,
    details: TensorDetails,
    quantize?: boolean,
  ): void {
    const bytes = toTensorBytes(values, details, quantize);
    if (details.dtype === 'string') this.#call(() => target.setInput(position, bytes));
    else this.#call(() => target.inputView(position)).set(bytes);
  }

  #free(raw: RawHandle): void {
    if (!this.#crash) this.#guard(() => raw.delete());
  }

  #callRemote<T>(function_: () => RawResult<T>): T {
    this.#sourceFailure = undefined;
    const result = this.#guard(function_);
    if (!result.error) return result.value;
    // Flow analysis does not see that the call may have set it.
    const failure = this.#sourceFailure as { readonly error: unknown } | undefined;
    this.#sourceFailure = undefined;
    if (failure?.error instanceof OctoliteError) throw failure.error;
    const error = errorOfRaw(result.error, undefined);
    if (!failure) throw error;
    const { what = error.message, ...details } = error.details;
    throw new OctoliteError(error.code, what, details, { cause: failure.error });
  }

  #call<T>(function_: () => RawResult<T>): T {
    const result = this.#guard(function_);
    if (!result.error) return result.value;
    throw errorOfRaw(result.error, this.#customOps.takeFailure());
  }

  #refuseInside(): void {
    const caller = this.#customOps.running ? 'a custom operator' : this.#busy;
    if (caller === undefined) return;
    throw new OctoliteError('INVALID_ARGUMENT', `${caller} called the library that runs it`, {
      hint: 'load a second one for that',
    });
  }

  /**
   * Nothing may be called in a module that stopped in the middle of something, so a trap ends the
   * engine's life.
   */
  #guard<T>(function_: () => T): T {
    if (this.#crash) throw this.#crash;
    this.#refuseInside();
    try {
      return function_();
    } catch (error) {
      if (error instanceof OctoliteError) throw error;
      const message = messageOf(error);
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

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

function realValues(values: TensorValues, details: TensorDetails): TensorValues {
  return hasRealValues(details) ? toReal(values, details) : values;
}

function checkedBatch(samples: Iterable<Sample>): Iterable<Sample> {
  const isList = typeof samples === 'object' && samples !== null && Symbol.iterator in samples;
  if (isList && !isTypedArray(samples)) return samples;
  throw new OctoliteError('INVALID_ARGUMENT', 'the batch is not a list of samples', {
    hint: 'one sample goes into an array of its own: [sample]',
  });
}

/** An error with the sample that it is about. */
function atSample(error: unknown, sample: number): unknown {
  if (!(error instanceof OctoliteError)) return error;
  const { what = error.message, ...details } = error.details;
  return new OctoliteError(error.code, `sample ${sample}: ${what}`, details, {
    cause: error.cause ?? error,
  });
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

function detailsByName(
  map: Readonly<Record<string, number>>,
  tensors: readonly TensorDetails[],
): Record<string, TensorDetails> {
  const byIndex = new Map(tensors.map((details) => [details.index, details]));
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, index]) => {
      const details = byIndex.get(index);
      return details ? [[name, details]] : [];
    }),
  );
}

function signatureOf(
  signatures: readonly SignatureDetails[],
  key: string | undefined,
): SignatureDetails {
  const found = signatures.find((signature) => signature.key === key);
  if (found) return found;
  const keys = signatures.map((signature) => signature.key).join(', ');
  throw new OctoliteError(
    'INVALID_ARGUMENT',
    key === undefined ? 'which signature is not said' : `the model has no signature '${key}'`,
    { hint: keys === '' ? 'it has none at all' : `it has ${keys}` },
  );
}

function fitsSignature(shape: readonly number[], signature: readonly number[]): boolean {
  return (
    shape.length === signature.length && signature.every((size, i) => size < 0 || size === shape[i])
  );
}

/** @param failure What a custom operator threw, if that is what the error is about. */
function errorOfRaw(
  { code, message, hint, where }: RawError,
  failure: { readonly cause: unknown } | undefined,
): OctoliteError {
  const name: ErrorCode = code === 'OK' ? 'INTERNAL' : code === 'CANCELLED' ? 'ABORTED' : code;
  return new OctoliteError(
    failure ? 'CUSTOM_OPERATOR' : name,
    message,
    {
      ...(where.subgraph >= 0 && { subgraph: where.subgraph }),
      ...(where.operator >= 0 && { operator: where.operator, operatorName: where.operatorName }),
      ...(where.tensor >= 0 && { tensor: where.tensor, tensorName: where.tensorName }),
      ...(where.byteOffset >= 0 && { byteOffset: where.byteOffset }),
      ...(hint !== '' && { hint }),
    },
    failure,
  );
}

/** The bytes of a file, from anything that holds bytes. */
export function toBytes(bytes: Uint8Array | ArrayBufferLike | ArrayBufferView): Uint8Array {
  try {
    if (isTypedArray(bytes) || ArrayBuffer.isView(bytes)) {
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const tag = Object.prototype.toString.call(bytes);
    if (tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]') {
      return new Uint8Array(bytes);
    }
  } catch (error) {
    // The only thing that fails here.
    const what = 'the bytes of the model were moved to another worker';
    throw new OctoliteError('INVALID_ARGUMENT', what, {}, { cause: error });
  }
  throw new OctoliteError('INVALID_ARGUMENT', 'the model is not given as bytes', {
    hint: 'pass an ArrayBuffer or a Uint8Array',
  });
}
