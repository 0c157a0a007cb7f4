/**
 * What the WebAssembly module exports (wasm/bindings_*.cc). Used by engine.ts alone: these objects
 * live in WebAssembly memory until delete(), and the views they return are gone with the next call.
 */
import type {
  RawClusterConfig,
  RawCompandedWeights,
  RawCompandingConfig,
  RawPruneConfig,
} from './compress/stages.js';
import type { ClusteredWeights, PackedConstant, PrunedWeights } from './compress/types.js';
import type { ErrorCode } from './errors.js';
import type { MemoryReader } from './remote.js';
import type {
  BenchmarkReport,
  CalibrationStatistics,
  Convergence,
  DataType,
  InspectedOperator,
  Inspection,
  LayerDifference,
  Quantization,
  QuantizedOperator,
  SignatureDetails,
  TensorDetails,
  TensorDifference,
  EqualizedTensor,
  RecoveredLayer,
} from './types.js';

export interface RawError {
  /** 'OK' when nothing went wrong. */
  code: Exclude<ErrorCode, 'CUSTOM_OPERATOR'> | 'OK' | 'CANCELLED';
  message: string;
  hint: string;
  /** Negative numbers and empty names: does not apply. */
  where: {
    subgraph: number;
    operator: number;
    operatorName: string;
    tensor: number;
    tensorName: string;
    byteOffset: number;
  };
}

/** `value` is there when `error` is absent. */
export type RawResult<T> = { error: RawError } | { error?: undefined; value: T };

export interface RawHandle {
  delete(): void;
}

export interface RawBytes extends RawHandle {
  view(): Uint8Array;
}

export interface RawSubgraph {
  name: string;
  inputs: TensorDetails[];
  outputs: TensorDetails[];
  operators: InspectedOperator[];
  multiplyAdds: number;
}

export interface RawInspection extends Omit<
  Inspection,
  'subgraphs' | 'inputs' | 'outputs' | 'operatorCounts'
> {
  subgraphs: RawSubgraph[];
}

export interface RawModel extends RawHandle {
  fileBytes(): number;
  inspect(): RawInspection;
  signatures(): SignatureDetails[];
}

/** A tensor's memory at run time; a view of it is gone when the WebAssembly memory grows. */
export interface RawMemory {
  shape: number[];
  address: number;
  bytes: number;
}

/** A tensor that a custom operator is prepared for; the memory is that of a constant. */
export interface RawCustomTensor extends RawMemory {
  index: number;
  name: string;
  dtype: DataType;
  quantization: Quantization;
  isVariable: boolean;
  isConstant: boolean;
}

/** A custom operator as the module calls it. Nothing is thrown: what fails is an `error`. */
export interface RawCustomOp {
  name: string;
  /** The memory is that of the options. A shape of null: known only to invoke. */
  prepare(node: {
    inputs: (RawCustomTensor | null)[];
    outputs: RawCustomTensor[];
    address: number;
    bytes: number;
  }): { error: string } | { error?: undefined; node: unknown; shapes: (number[] | null)[] };
  /** Outputs without memory come with the results. */
  invoke(
    node: unknown,
    inputs: (RawMemory | null)[],
    outputs: (RawMemory | null)[],
  ):
    | { error: string }
    | { error?: undefined; results: ({ shape: number[]; bytes: Uint8Array } | null)[] };
}

export interface RawTensor {
  dtype: DataType;
  shape: number[];
  /** A live view. */
  bytes: Uint8Array;
}

/** What an interpreter's plan takes and does. */
export type PlanFacts = Pick<BenchmarkReport, 'arenaBytes' | 'weightBytes' | 'multiplyAdds'>;

export interface RawInterpreter extends RawHandle {
  /** Of another subgraph of the model, with the same resources. */
  sibling(subgraph: number): RawResult<RawInterpreter>;
  /** Compiles the plan for the shapes as they stand. */
  allocate(): RawResult<null>;
  resizeInput(input: number, shape: number[]): RawResult<null>;
  /** As of now: after allocate() the shapes are those of the plan. */
  inputs(): TensorDetails[];
  outputs(): TensorDetails[];
  /** A live view of an input's bytes, to be written to. */
  inputView(input: number): RawResult<Uint8Array>;
  /** Copies a string input, packed as in the file. */
  setInput(input: number, bytes: Uint8Array): RawResult<null>;
  tensor(index: number): RawResult<RawTensor>;
  /** Of any tensor, as of now. */
  details(index: number): RawResult<TensorDetails>;
  invoke(): RawResult<null>;
  /** Forgets variables and resources, as if nothing had run. */
  resetState(): void;
  setProfiling(on: boolean): void;
  /** Milliseconds since profiling was set, by node. */
  profile(): { index: number; name: string; output: string; ms: number }[];
  facts(): PlanFacts;
}

/** Where the inputs of a calibration or comparison are written; they are the first model's. */
export interface RawStepper extends RawHandle {
  inputs(): TensorDetails[];
  inputView(input: number): RawResult<Uint8Array>;
  setInput(input: number, bytes: Uint8Array): RawResult<null>;
  step(): RawResult<null>;
}

export interface RawCalibrator extends RawStepper {
  convergence(): Convergence;
  statistics(): CalibrationStatistics;
}

export interface RawComparer extends RawStepper {
  report(): { samples: number; outputs: TensorDifference[]; layers: LayerDifference[] };
}

export interface RawEqualizer extends RawStepper {
  finish(): RawResult<RawChanged<EqualizedTensor>>;
}

/** step() keeps a sample, next() works on a layer. */
export interface RawReconstructor extends RawStepper {
  layers(): number;
  next(): RawResult<null>;
  finish(): RawResult<{ bytes: RawBytes; layers: RecoveredLayer[] }>;
}

/** Numbers as ConfigFromNumbers of wasm/bindings_quantize.cc has them. */
export interface RawQuantizeConfig {
  /** By subgraph: for each operator twelve numbers. */
  operators: Float64Array[];
  inputType: string;
  outputType: string;
}

export interface RawQuantizeReport {
  addedQuantize: number;
  addedDequantize: number;
  weightBytesBefore: number;
  weightBytesAfter: number;
  operators: QuantizedOperator[];
  warnings: string[];
}

/** A changed copy of a model. */
export interface RawChanged<T> {
  model: RawModel;
  tensors: T[];
}

export interface RawQuantized extends RawQuantizeReport {
  bytes: RawBytes;
}

/** A file that is made as it is read. */
export interface RawRemoteFile extends RawHandle {
  size(): number;
  /** A live view of at most 16 MB. */
  read(offset: number, length: number): RawResult<Uint8Array>;
}

/** A model whose large constants are not in memory. */
export interface RawRemoteModel extends RawHandle {
  fileBytes(): number;
  inspect(): RawInspection;
  quantize(config: RawQuantizeConfig): RawResult<RawQuantizeReport & { file: RawRemoteFile }>;
}

export interface RawModule {
  allocateBytes(size: number): RawResult<RawBytes>;
  /** Takes the bytes over; the handle is empty afterwards. */
  loadModel(bytes: RawBytes, customOps: RawCustomOp[]): RawResult<RawModel>;
  /** As loadModel, with the custom operators of another model. */
  loadModelLike(other: RawModel, bytes: RawBytes): RawResult<RawModel>;
  createInterpreter(
    model: RawModel,
    options: {
      subgraph: number;
      reference: boolean;
      keepAllTensors: boolean;
      /** Before those of the model. */
      customOps: RawCustomOp[];
    },
  ): RawResult<RawInterpreter>;
  modelFingerprint(model: RawModel): string;
  createCalibrator(model: RawModel, subgraph: number): RawResult<RawCalibrator>;
  createComparer(
    a: RawModel,
    b: RawModel,
    options: { reference: boolean; perLayer: boolean; subgraphA: number; subgraphB: number },
  ): RawResult<RawComparer>;
  createEqualizer(
    model: RawModel,
    options: { equalize: boolean; smooth: boolean },
  ): RawResult<RawEqualizer>;
  createReconstructor(
    model: RawModel,
    quantized: RawModel,
    options: { bias: boolean; rounding: boolean },
  ): RawResult<RawReconstructor>;
  quantize(
    model: RawModel,
    config: RawQuantizeConfig,
    statistics: CalibrationStatistics | null,
  ): RawResult<RawQuantized>;
  prune(model: RawModel, config: RawPruneConfig): RawResult<RawChanged<PrunedWeights>>;
  cluster(model: RawModel, config: RawClusterConfig): RawResult<RawChanged<ClusteredWeights>>;
  writeModel(model: RawModel): RawResult<RawBytes>;
  compressForMicro(model: RawModel): RawResult<{ bytes: RawBytes; tensors: PackedConstant[] }>;
  analyzeCompanding(model: RawModel, config: RawCompandingConfig): RawResult<RawCompandedWeights[]>;
  compandingLevels(name: string, bits: number, parameter: number): RawResult<number[]>;
  codebook(values: Float64Array, clusters: number): RawResult<number[]>;
  /** `read` must stay good as long as the model and all that was made of it. */
  openRemoteModel(size: number, read: MemoryReader): RawResult<RawRemoteModel>;
  runtimeFacts(): {
    dotProduct: 'unsigned' | 'signed' | 'none';
    compiler: string;
    allocatedBytes: number;
  };
  /**
   * Makes ready for threads, once; js/src/threads has what becomes of the numbers, which are
   * addresses and places in the table of functions.
   */
  startThreads(
    threads: number,
    callerMayWait: boolean,
  ): RawResult<{ stacks: number[]; restoreStack: number; work: number; fail: number }>;
  HEAPU8: Uint8Array;
}
