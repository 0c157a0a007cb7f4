import type { ClusterOptions, CompressionReport, PruneOptions } from './compress/types.js';
import type { Model } from './model.js';
import type { Recipe, RecipeName, RecipeRule } from './recipe.js';

/** Element types by the names of the file format. */
export type DataType =
  | 'float32'
  | 'float16'
  | 'int32'
  | 'uint8'
  | 'int64'
  | 'string'
  | 'bool'
  | 'int16'
  | 'complex64'
  | 'int8'
  | 'float64'
  | 'complex128'
  | 'uint64'
  | 'resource'
  | 'variant'
  | 'uint32'
  | 'uint16'
  | 'int4'
  | 'bfloat16'
  | 'int2'
  | 'uint4'
  | 'float8_e4m3fn'
  | 'float8_e5m2'
  | 'unknown';

/**
 * Numbers of a tensor, in row-major order. float16 and bfloat16 travel as their bits in a
 * Uint16Array, bool as 0 and 1 in a Uint8Array, complex64 as pairs (real, imaginary) in a
 * Float32Array.
 */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor's content: a typed array of its own element type; strings for a string tensor. */
export type TensorValues = TypedArray | string[];

/** A Float16Array, by its form: not every engine and not every set of types has it yet. */
export interface Float16Values extends ArrayBufferView {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly length: number;
  readonly [index: number]: number;
}

/**
 * What a tensor can be set to. Numbers are converted where the tensor's type holds them exactly;
 * real numbers for a quantized tensor are quantized, and those for a float tensor rounded. The
 * elements of a string tensor may be bytes.
 */
export type TensorInput = TypedArray | Float16Values | readonly (string | Uint8Array)[];

/** real = scale * (q - zeroPoint); scale 0 for a tensor that is not quantized. */
export interface Quantization {
  /** Of the whole tensor; of channel 0 when it is quantized per channel. */
  readonly scale: number;
  /** As `scale`. */
  readonly zeroPoint: number;
  /** One for each channel; empty for a tensor that is not quantized. */
  readonly scales: readonly number[];
  /** As `scales`; all 0 for symmetric weights. */
  readonly zeroPoints: readonly number[];
  /** The dimension whose indices are the channels. */
  readonly quantizedDimension: number;
}

/** A tensor of a model. */
export interface TensorDetails {
  /** As the model has it, or as the signature that runs calls it. */
  readonly name: string;
  /** Index in the subgraph; what setTensor and getTensor take. */
  readonly index: number;
  /** Of now, the outermost dimension first; empty for a scalar. */
  readonly shape: readonly number[];
  /** As the model declares it, with -1 for dimensions that are free. */
  readonly shapeSignature: readonly number[];
  /** Of its elements; TypedArray says in what array they come. */
  readonly dtype: DataType;
  readonly quantization: Quantization;
}

/** The signatures of a model by key, with the names of their inputs and outputs. */
export type SignatureList = Readonly<
  Record<string, { readonly inputs: readonly string[]; readonly outputs: readonly string[] }>
>;

/** A named way to call a model. Values are tensor indices in the subgraph. */
export interface SignatureDetails {
  /** Its name. */
  readonly key: string;
  readonly subgraph: number;
  /** By name: tensor indices. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
}

/**
 * How quantized arithmetic is rounded. `litert`: float32 requantization, the same bits as LiteRT's
 * default path on desktops, phones and the web. `reference`: the fixed-point arithmetic of the
 * TFLite reference kernels, the same bits as microcontrollers.
 */
export type Arithmetic = 'litert' | 'reference';

/** How numbers go into tensors. */
export interface QuantizeOption {
  /**
   * true: numbers are real values, whatever array they come in, and are quantized (or rounded to
   * float16). false: integers are given as they are in the tensor, and an array of floats for them
   * is refused. Default: a Float32Array, Float64Array or Float16Array has real values, other arrays
   * have the tensor's own.
   */
  quantize?: boolean | undefined;
}

/** How numbers come out of tensors. */
export interface DequantizeOption {
  /**
   * true: a Float32Array of real values for quantized, float16 and bfloat16 tensors; others come as
   * they are. Default false: the tensor's own elements.
   */
  dequantize?: boolean | undefined;
}

/** Both ways. */
export interface RunOptions extends QuantizeOption, DequantizeOption {}

/** How far a long task is. */
export interface Progress {
  /** What is going on; a task may have several. */
  readonly stage:
    | 'download'
    | 'calibrate'
    | 'quantize'
    | 'recover'
    | 'compare'
    | 'evaluate'
    | 'benchmark'
    | 'sensitivity'
    | 'auto';
  /** Samples, trials, runs; bytes of a download or a stream. */
  readonly done: number;
  /** Unknown for data of unknown length. */
  readonly total?: number;
  /** Milliseconds that the rest of the stage takes if it goes on as it did. */
  readonly remainingMs?: number;
  /** While calibrating: whether ranges still move. */
  readonly convergence?: Convergence;
}

/** What calls take that cannot be watched. */
export interface CallOptions {
  /** An abort rejects the promise with code ABORTED; in a worker, at once. */
  signal?: AbortSignal | undefined;
}

/** What every long task takes. The signal is looked at between samples. */
export interface TaskOptions extends CallOptions {
  /** Called after every sample or step; what it throws ends the task. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * The inputs of one run: an array for a model with one input, arrays in the order of the inputs, or
 * arrays by input name. Values for a quantized input may be given as real numbers in a Float32Array
 * or Float64Array; they are quantized with the input's own scale and zero point.
 */
export type Sample = TensorInput | readonly TensorInput[] | Readonly<Record<string, TensorInput>>;

/** Samples, streamed: at no time are more than two in memory. */
export type Dataset = Iterable<Sample> | AsyncIterable<Sample>;

/** The WebAssembly binary that runs: 128-bit SIMD, relaxed SIMD, or relaxed SIMD and threads. */
export type Variant = 'simd128' | 'relaxed' | 'threads';

/** What runs, and why. */
export interface RuntimeInfo {
  /** Version of this package. */
  readonly version: string;
  /** The binary that runs. */
  readonly variant: Variant;
  /** Why this variant was chosen, in a sentence. */
  readonly variantReason: string;
  /** Threads that share the work of a run, the calling one included. */
  readonly threads: number;
  /** How many were asked for; where it is more, variantReason says what is in the way. */
  readonly requestedThreads: number;
  /**
   * What the processor's integer dot product was found to do with its second operand: `unsigned`
   * or `signed` choose the kernel that fits, `none` means that the plain SIMD kernel runs.
   */
  readonly dotProduct: 'unsigned' | 'signed' | 'none';
  /** What it was compiled with. */
  readonly compiler: string;
  /** Size of the WebAssembly memory now, in bytes. It grows and never shrinks. */
  readonly memoryBytes: number;
  /** What of it is taken. */
  readonly allocatedBytes: number;
  /** Models, interpreters and what tasks made meanwhile that were not disposed of. */
  readonly liveHandles: number;
}

// --- inspect --------------------------------------------------------------------------------------

/** An operator as the file has it. */
export interface InspectedOperator {
  /** In its subgraph. */
  readonly index: number;
  /** "CONV_2D", or a custom operator's own code. */
  readonly name: string;
  /** Of the operator, as the file says. */
  readonly version: number;
  /** Whether this library can run it. */
  readonly supported: boolean;
  /** Whether it computes with float32. QUANTIZE and DEQUANTIZE, which only convert, do not. */
  readonly usesFloat: boolean;
  /** Tensor indices; -1 for an optional input that is not given. */
  readonly inputs: readonly number[];
  /** Tensor indices. */
  readonly outputs: readonly number[];
  /** Name of the first output tensor. */
  readonly output: string;
  /** What the regular expressions of a recipe are matched with: output names, each with a ";". */
  readonly scope: string;
  /** Bytes of its constant operands. */
  readonly weightBytes: number;
  /** Of one run; 0 when unknown. */
  readonly multiplyAdds: number;
}

/** A subgraph as the file has it; the first one is the model itself. */
export interface InspectedSubgraph {
  readonly name: string;
  readonly inputs: readonly TensorDetails[];
  readonly outputs: readonly TensorDetails[];
  readonly operators: readonly InspectedOperator[];
  /** Of one run; 0 when unknown. */
  readonly multiplyAdds: number;
}

/** What is in a model. Sizes are in bytes. */
export interface Inspection {
  /** As the file has it; often who converted it. */
  readonly description: string;
  /** In words: "float32", "dynamic range int8", "full int8", "mixed", ... */
  readonly kind: string;
  /** Whether quantize accepts it: its constants are float32 or float16 throughout. */
  readonly quantizable: boolean;
  /** Whether any tensor is quantized per channel. */
  readonly perChannel: boolean;
  readonly fileBytes: number;
  /** Constants of operators, shared ones once. */
  readonly weightBytes: number;
  /** Buffers of metadata, and what follows the model in the file. */
  readonly metadataBytes: number;
  /** The rest of the file: the graph itself. */
  readonly otherBytes: number;
  /** Bytes of constants by their element type. */
  readonly weightBytesByType: Readonly<Partial<Record<DataType, number>>>;
  /** Inputs and outputs of the first subgraph. */
  readonly inputs: readonly TensorDetails[];
  readonly outputs: readonly TensorDetails[];
  readonly signatures: readonly SignatureDetails[];
  readonly subgraphs: readonly InspectedSubgraph[];
  /** Names of the metadata entries. */
  readonly metadata: readonly string[];
  /** How often each operator occurs, most frequent first. */
  readonly operatorCounts: readonly { readonly name: string; readonly count: number }[];
  /** Operators that this library cannot run, each once. */
  readonly unsupportedOperators: readonly string[];
}

// --- calibrate and quantize -----------------------------------------------------------------------

/** What calibration saw of one activation. */
export interface TensorStatistics {
  /** Index in the subgraph of the float model. */
  readonly tensor: number;
  readonly name: string;
  /** Number of finite values, and of those that were not. */
  readonly count: number;
  /** Values that were not a number. */
  readonly nanCount: number;
  /** Infinite values. */
  readonly infiniteCount: number;
  /** Of the finite values; min > max when there were none. */
  readonly min: number;
  /** The largest finite value. */
  readonly max: number;
  /**
   * Bin i of the n bins counts values in [(i - n / 2) * width, (i - n / 2 + 1) * width), where width
   * is 2 to the power of exponent. Empty for ranges that were not observed in a run.
   */
  readonly exponent: number;
  /** Counts by bin. */
  readonly histogram: Float64Array;
  /**
   * Sums of each channel (a place along the last axis) over all rows of the samples that held no
   * mask and no NaN; `channelMeans` reads them. Four words a channel, the lowest first: two's
   * complement with 64 bits behind the point. Null for a tensor without channels: of one axis, of a
   * last axis over 8192, or of varying length. Absent when nothing was seen.
   */
  readonly channels?: { readonly rows: number; readonly sums: Uint32Array } | null;
  /**
   * Smoothed minimum and maximum of the samples, for the moving_average observer. This alone
   * depends on the order of the samples, so it is not saved unless asked for.
   */
  readonly movingRange?: { readonly updates: number; readonly min: number; readonly max: number };
}

/** Whether more samples would still change ranges; it depends on the order of the samples. */
export interface Convergence {
  readonly samples: number;
  /** No tensor's min_max range has moved by over 1 % of its span since this sample, from 1 on. */
  readonly stableAfter: number;
  /**
   * How far the last sample moved the range that it moved most, as a share of its span, 0 to 1.
   */
  readonly lastMove: number;
}

/**
 * The result of calibration. A plain value: structuredClone and postMessage take it, and it does
 * not depend on the order of the samples.
 */
export interface CalibrationStatistics {
  /** Fingerprint of the model: 16 hexadecimal digits, absent when unknown. */
  readonly model?: string;
  readonly subgraphs: readonly {
    readonly subgraph: number;
    readonly samples: number;
    readonly tensors: readonly TensorStatistics[];
  }[];
  /** Of the run that gave them; not saved, and not kept when statistics are merged. */
  readonly convergence?: Convergence;
}

/** How calibrate runs a model. */
export interface CalibrateOptions extends TaskOptions {
  /** Which subgraph to run; default the first, or the signature's. */
  subgraph?: number | undefined;
  /**
   * Run this signature; samples then also go by the names of its inputs. With '*', all signatures:
   * a sample goes by names, to each signature that has all of its inputs in it.
   */
  signature?: string | undefined;
}

/**
 * How the range of an activation is chosen from what was seen of it: all of it; smoothed minima and
 * maxima, as the LiteRT Quantizer; without the rarest values; for least squared error; for least
 * loss of information.
 */
export type ObserverName = 'min_max' | 'moving_average' | 'percentile' | 'mse' | 'entropy';

/** Element types that the inputs and outputs of a quantized model may have. */
export type IoType = 'float32' | 'int8' | 'uint8' | 'int16';

/** How quantize changes a model. */
export interface QuantizeOptions extends TaskOptions {
  /** A name, or rules of your own. */
  recipe: RecipeName | (string & Record<never, never>) | Recipe;
  /** What static recipes need: samples, or the statistics of an earlier calibration. */
  calibration?: Dataset | CalibrationStatistics | undefined;
  /** How ranges are chosen from what was seen; default min_max. */
  observer?: ObserverName | undefined;
  /**
   * With the percentile observer: the share of the values, in percent, that the range shall hold.
   * Default 99.99.
   */
  percentile?: number | undefined;
  /** With static recipes: the types of the new model's inputs and outputs; default float32. */
  inputType?: IoType | undefined;
  /** As `inputType`. */
  outputType?: IoType | undefined;
  /** Restricts the recipe to what runs there; default `litert`. What does not fit is reported. */
  target?: TargetName | undefined;
  /** Operators to keep in float: regular expressions over the names of their outputs. */
  keepFloat?: readonly (string | RegExp)[] | undefined;
  /**
   * What makes the result more accurate without training, at the same size and speed; default
   * nothing. Needs samples as `calibration`, whatever the recipe: they are gone through several
   * times. Works on the first subgraph. Rounding does not go with `prune`, whose zeros it would fill.
   */
  recover?: 'all' | readonly RecoveryPass[] | undefined;
  /** Before the model is quantized: weights of least magnitude become 0. A number is the share. */
  prune?: number | PruneOptions | undefined;
  /**
   * After it was quantized: weights take few different values, codes of their own type. A number is
   * how many; with `prune`, zeros stay zeros.
   */
  cluster?: number | ClusterOptions | undefined;
  /**
   * Writes the file for tflite-micro, with constants as indices into tables of their values where
   * that is smaller. LiteRT cannot run it; loadModel reads it as any other.
   */
  microCompression?: boolean | undefined;
}

/**
 * What a model is quantized for: any LiteRT runtime; microcontrollers; Coral's Edge TPU; accelerators
 * that take one scale for all weights of an operator.
 */
export type TargetName = 'litert' | 'tflite-micro' | 'edgetpu' | 'npu-per-tensor';

/** An operator that does not run on the target as the recipe asks, and stays float. */
export interface TargetMisfit {
  readonly subgraph: number;
  readonly index: number;
  readonly name: string;
  readonly scope: string;
  readonly reason: string;
}

/**
 * Passes that make a quantized model more accurate. Before it is quantized: `equalize` and `smooth`
 * let channels use more of the range of their tensor, between layers and behind normalization.
 * After: `rounding` rounds the weights of a layer by what it gives, not one by one; `bias` takes the
 * mean error of each channel off.
 */
export type RecoveryPass = 'equalize' | 'smooth' | 'bias' | 'rounding';

/** What equalization did to a tensor of the float model. */
export interface EqualizedTensor {
  readonly name: string;
  /** Places along its last axis. */
  readonly channels: number;
  /** Those whose factor is not 1. */
  readonly scaledChannels: number;
  /** Of all channels, at least 1. */
  readonly largestFactor: number;
  /** What is foreseen for the power of the noise that its quantization causes: after over before. */
  readonly noiseRatio: number;
}

/** What was done to a layer of the quantized model. */
export interface RecoveredLayer {
  /** The operator. */
  readonly name: string;
  /** Name of its output tensor. */
  readonly output: string;
  readonly channels: number;
  /** Those that got other weights, and those whose bias was corrected. */
  readonly roundedChannels: number;
  /** Those whose bias was corrected. */
  readonly correctedChannels: number;
  /** Why nothing was done, in plain words; else empty. */
  readonly skipped: string;
}

/** The whole model, with and without recovery, on samples that recovery did not see. */
export interface RecoveryVerdict {
  /** How many it was judged by. */
  readonly samples: number;
  /** Of the worst output, in dB. */
  readonly plainSqnrDb: number;
  /** With recovery; of the worst output, in dB. */
  readonly sqnrDb: number;
  /** Whether the recovered model was taken; else the report is of the plain one. */
  readonly kept: boolean;
}

/** What accuracy recovery did. */
export interface RecoveryReport {
  /** What equalization did. */
  readonly tensors: readonly EqualizedTensor[];
  /** What rounding and bias correction did. */
  readonly layers: readonly RecoveredLayer[];
  /** Absent where there were too few samples to keep some out. */
  readonly verdict?: RecoveryVerdict;
}

/**
 * What an operator computes with: floats; floats with float16 or integer weights; integers that are
 * made while running; integers throughout.
 */
export type OperatorMode = 'float' | 'float16' | 'weight_only' | 'dynamic' | 'static';

/** What became of one operator, and why. */
export interface QuantizedOperator {
  readonly subgraph: number;
  /** Index in the model as it came. */
  readonly index: number;
  readonly name: string;
  /** Name of the first output tensor. */
  readonly output: string;
  /** What the recipe asked for, and what it got. */
  readonly asked: OperatorMode;
  /** What it got. */
  readonly mode: OperatorMode;
  /** What it got, as recipes are called: `static_wi4_ai16`. */
  readonly scheme: string;
  /** In plain words; empty when it got what was asked. */
  readonly reason: string;
  /** Of its constants. */
  readonly weightBytesBefore: number;
  /** Of its constants. */
  readonly weightBytesAfter: number;
}

/** What became of a model. Sizes are in bytes. */
export interface QuantizeReport {
  /** Size of the two files. */
  readonly bytesBefore: number;
  /** Of the new file. */
  readonly bytesAfter: number;
  /** Of all constants. */
  readonly weightBytesBefore: number;
  /** Of all constants of the new model. */
  readonly weightBytesAfter: number;
  /** QUANTIZE and DEQUANTIZE operators that were added. */
  readonly addedQuantize: number;
  /** DEQUANTIZE operators that were added. */
  readonly addedDequantize: number;
  /** Every operator's fate, in the order of the graph. */
  readonly operators: readonly QuantizedOperator[];
  /** With a target: operators that do not run there as asked. */
  readonly misfits?: readonly TargetMisfit[];
  /** What is wrong with ranges or data, in sentences. */
  readonly warnings: readonly string[];
  /** Present when the model was pruned, clustered or packed. */
  readonly compression?: CompressionReport;
  /** Present with the option `recover`. */
  readonly recovery?: RecoveryReport;
}

/** Of Toolkit.quantizeStream. */
export interface QuantizeStreamOptions extends TaskOptions {
  /** A name, or rules of your own. Static ones need the model in memory. */
  recipe: RecipeName | Recipe;
  /** Operators to keep in float: regular expressions over the names of their outputs. */
  keepFloat?: readonly (string | RegExp)[] | undefined;
}

/** A quantized model, and what became of it. */
export interface QuantizeResult {
  /** The quantized model as a .tflite file. */
  readonly bytes: Uint8Array;
  readonly report: QuantizeReport;
  /** The statistics that were used, for the next run; absent when the recipe needs none. */
  readonly statistics?: CalibrationStatistics;
}

// --- sensitivity ----------------------------------------------------------------------------------

/** What a mixed-precision quantization must keep; one of the three numbers. */
export interface AutoBudget {
  /** Least SQNR of the worst output, in dB. */
  readonly sqnrDb?: number | undefined;
  /** Greatest loss of top-1 accuracy against the float model, 0 to 1; with `labels`. */
  readonly top1Drop?: number | undefined;
  /** The class of each sample of the data. */
  readonly labels?: ArrayLike<number> | undefined;
  /** Greatest size of the file; what it allows is spent where it helps most. */
  readonly bytes?: number | undefined;
}

/** What an operator needs. */
export interface AutoChoice {
  readonly subgraph: number;
  readonly op: number;
  readonly name: string;
  readonly scope: string;
  /** As recipes are called; `float`: as it came. */
  readonly scheme: string;
  /** Energy of the error that it alone gives the worst output, relative to the signal. */
  readonly relativeError: number;
}

/** What a search for mixed precision came to. */
export interface AutoReport {
  /** Whether the model keeps the budget, as measured on the whole model. */
  readonly reached: boolean;
  /** The model that came out, against the float model. */
  readonly measured: OutputQuality;
  /** Of the first output, where there were labels. */
  readonly top1?: number;
  /** Of the float model, 0 to 1. */
  readonly floatTop1?: number;
  /** How many samples it was measured on, and how many models. */
  readonly samples: number;
  /** How many models were made and measured. */
  readonly trials: number;
  /** In the order of the graph. */
  readonly choices: readonly AutoChoice[];
  /** Rules that make the same model again, in the form of the LiteRT Quantizer. */
  readonly recipe: readonly RecipeRule[];
}

/** Of `quantizeAuto`: as for quantize, but that a budget takes the place of the recipe. */
export interface AutoOptions extends Omit<QuantizeOptions, 'recipe'> {
  budget: AutoBudget;
  /** What the budget is measured on, as the float model takes it. */
  data: Dataset;
  /** How many samples of the data are used, and kept in memory; default 16. */
  samples?: number | undefined;
  /** Also int4 weights, where the budget allows. */
  int4?: boolean | undefined;
  arithmetic?: Arithmetic | undefined;
  signature?: string | undefined;
}

/** A model of mixed precision, and how it was found. */
export interface AutoResult extends QuantizeResult {
  /** How it was found. */
  readonly auto: AutoReport;
}

/**
 * What is quantized while an operator is looked at: the operator `only`; all others (`except`); or
 * it and all before it in the graph (`prefix`), so that errors add up.
 */
export type SensitivityMode = 'only' | 'except' | 'prefix';

/** Of `sensitivity`: what is quantized, how, and what it is measured on. */
export interface SensitivityOptions extends Omit<QuantizeOptions, 'inputType' | 'outputType'> {
  /** What the error is measured on, as the float model takes it. */
  data: Dataset;
  /** How many samples of the data are used, and kept in memory; default 16. */
  samples?: number | undefined;
  /** Default `only`. */
  mode?: SensitivityMode | undefined;
  /** Only these operators, by index in the model as it came; default all that are quantized. */
  operators?: readonly { readonly subgraph: number; readonly op: number }[] | undefined;
  arithmetic?: Arithmetic | undefined;
  /** Run this signature; samples then also go by the names of its inputs. */
  signature?: string | undefined;
}

/** How far an output is from the float model's. */
export interface OutputError {
  readonly name: string;
  /** Signal-to-quantization-noise ratio in decibels, -300 to 300; 300 for no error at all. */
  readonly sqnrDb: number;
  /** Energy of the error relative to the signal's: what SQNR is the logarithm of. */
  readonly relativeError: number;
  /** In the output's own unit. */
  readonly maxAbsError: number;
  /** In the output's own unit. */
  readonly meanAbsError: number;
  /** Values compared. */
  readonly count: number;
}

/** What the outputs are like in one trial, over all samples. */
export interface OutputQuality {
  /** In the order of the model. */
  readonly outputs: readonly OutputError[];
  /** Over the outputs. */
  readonly worstSqnrDb: number;
  /** Mean over the outputs, in dB. */
  readonly meanSqnrDb: number;
  /** Size of the model's file. */
  readonly fileBytes: number;
}

/** One operator's share in the error: the outputs of a model that was quantized for it. */
export interface OperatorSensitivity extends OutputQuality {
  readonly subgraph: number;
  /** Index in the model as it came. */
  readonly op: number;
  readonly name: string;
  /** What the regular expressions of a recipe are matched with. */
  readonly scope: string;
  /**
   * Of the error energy at the outputs (each relative to its signal), 0 to 1: what this operator
   * adds, relative to the sum of what all of them add.
   */
  readonly errorShare: number;
  /** Of its constants, in float and in the quantized model. */
  readonly bytesBefore: number;
  /** Of its constants, quantized. */
  readonly bytesAfter: number;
}

/** What each operator does to the outputs. */
export interface SensitivityReport {
  /** As it was asked for. */
  readonly mode: SensitivityMode;
  /** How many were used. */
  readonly samples: number;
  /** All of them quantized. */
  readonly whole: OutputQuality;
  /** In the order of the graph. */
  readonly operators: readonly OperatorSensitivity[];
}

// --- compare, evaluate, benchmark -----------------------------------------------------------------

/** How far a tensor of the second model is from the first model's, as real numbers. */
export interface TensorDifference {
  /** As the first model calls it. */
  readonly name: string;
  /** Tensor indices in the two models. */
  readonly tensorA: number;
  /** In the second model. */
  readonly tensorB: number;
  /** The operator of the first model that makes it; empty for an input. */
  readonly operatorName: string;
  /** Number of values compared. */
  readonly count: number;
  /** Signal-to-quantization-noise ratio in decibels, -300 to 300; 300 for no error at all. */
  readonly sqnrDb: number;
  /** Cosine similarity, -1 to 1. */
  readonly cosine: number;
  /** Largest difference, in the tensor's own unit. */
  readonly maxAbsError: number;
  /** Mean difference, in the tensor's own unit. */
  readonly meanAbsError: number;
  /** Root of the mean squared difference. */
  readonly rmse: number;
  /** Of the first model's values. */
  readonly min: number;
  /** Largest of the first model's values. */
  readonly max: number;
  /** Pairs left out because one of the two is NaN or infinite. */
  readonly nonFinite: number;
  /** Index of the operator in the first model; -1 for an input. */
  readonly operatorIndex: number;
  /** Of the second model's tensor; scale 0 where it is not quantized. */
  readonly dtype: DataType;
  /** Of the second model's tensor; 0 where it is not quantized. */
  readonly scale: number;
  /** Of the second model's tensor. */
  readonly zeroPoint: number;
  /**
   * Share of the first model's values that the second's type cannot stand for, 0 to 1: those more
   * than half a step beyond its range. 0 for a type without a range.
   */
  readonly clipped: number;
  /**
   * Kullback-Leibler divergence of the second's histogram from the first's, in nats, over 128 bins
   * of the representable range (of the first sample's, where it is not quantized).
   */
  readonly klDivergence: number;
  /**
   * Share of rows whose largest element is at the same place, 0 to 1; absent for tensors that do
   * not look like class scores.
   */
  readonly top1Agreement?: number;
}

/** A tensor inside both models, and the operator that makes it. */
export interface LayerDifference extends TensorDifference {
  /**
   * SQNR of what the operator adds by itself: when its inputs are the first model's, converted to
   * the second's types.
   */
  readonly localSqnrDb: number;
  /**
   * Energy of that error relative to the signal's, as a share of the sum over all layers, 0 to 1: an
   * estimate of the operator's share in the error of the outputs, as if relative errors travelled on
   * as they are. `sensitivity` measures it.
   */
  readonly localShare: number;
  /** Bytes of the operator's constants in the two models. */
  readonly weightBytesBefore: number;
  /** Of the operator's constants in the second model. */
  readonly weightBytesAfter: number;
  /** Of its weights, dequantized, against the first model's; absent when it has none. */
  readonly weightSqnrDb?: number;
}

/** How far two models are apart on the same samples. */
export interface CompareReport {
  /** How many were compared. */
  readonly samples: number;
  /** In the order of the first model. */
  readonly outputs: readonly TensorDifference[];
  /** In order of execution; present when asked for. */
  readonly layers?: readonly LayerDifference[];
}

/** What compare looks at. */
export interface CompareOptions extends TaskOptions {
  /** Also compare every intermediate tensor that both models have, by name. */
  perLayer?: boolean | undefined;
  arithmetic?: Arithmetic | undefined;
  /** Run this signature of both models; samples then also go by the names of its inputs. */
  signature?: string | undefined;
}

/** How evaluate runs a classifier. */
export interface EvaluateOptions extends TaskOptions {
  /**
   * A second model, a quantized one for instance, that gets the same samples. They are given as for
   * the first, and converted where its inputs have other types.
   */
  against?: Model | undefined;
  arithmetic?: Arithmetic | undefined;
  /** Which output holds the class scores; default the first. */
  output?: number | undefined;
  /** Run this signature; samples then also go by the names of its inputs. */
  signature?: string | undefined;
}

/** How often one classifier is right. */
export interface ClassifierReport {
  /** Share of samples whose label has the largest score, 0 to 1. Ties count for the lower class. */
  readonly top1: number;
  /** Share of samples whose label is among the five largest; absent below six classes. */
  readonly top5?: number;
  /** How many samples were right. */
  readonly correct: number;
  /** Elements of a sample of scores. */
  readonly classes: number;
  /** What is most often taken for what; ten at most. */
  readonly confusions: readonly {
    readonly label: number;
    readonly predicted: number;
    readonly count: number;
  }[];
  /** Labels whose samples are most often wrong; five at most, none without a mistake. */
  readonly worstClasses: readonly {
    readonly label: number;
    readonly samples: number;
    readonly correct: number;
  }[];
}

/** How often a classifier is right, and a second one beside it. */
export interface EvaluateReport extends ClassifierReport {
  /** How many were evaluated. */
  readonly samples: number;
  /** The second model, present when there is one. */
  readonly against?: ClassifierReport & {
    /** Share of samples that both put in the same class, right or wrong. */
    readonly agreement: number;
    /** Of the first model's top-1 over the second's; below 0 when the second is better. */
    readonly top1Drop: number;
  };
}

/** How benchmark runs a model. */
export interface BenchmarkOptions extends TaskOptions {
  /** Timed runs; default 30. */
  runs?: number | undefined;
  /** Untimed runs before; default 3. */
  warmup?: number | undefined;
  /** Also time every operator. */
  profile?: boolean | undefined;
  arithmetic?: Arithmetic | undefined;
  /** The input; default seeded random values. */
  sample?: Sample | undefined;
  /** Run this signature; samples then also go by the names of its inputs. */
  signature?: string | undefined;
}

/** How long an operator takes. */
export interface OperatorTime {
  readonly index: number;
  readonly name: string;
  /** Name of the first output tensor. */
  readonly output: string;
  /** Mean over the runs, in milliseconds. */
  readonly ms: number;
  /** Of the whole, 0 to 1. */
  readonly share: number;
}

/** How long runs took, and what memory holds. Times are in milliseconds, sizes in bytes. */
export interface BenchmarkReport {
  /** How many were timed. */
  readonly runs: number;
  /** Half of the runs took less. */
  readonly medianMs: number;
  /** A quarter of the runs took less than the first, a quarter more than the second. */
  readonly quartilesMs: readonly [number, number];
  /** Mean of the runs. */
  readonly meanMs: number;
  /** The quickest run. */
  readonly minMs: number;
  /** The slowest run. */
  readonly maxMs: number;
  /** Standard deviation of the runs. */
  readonly stdMs: number;
  /** Bytes of the activations' arena. */
  readonly arenaBytes: number;
  /** Bytes that the plan holds beside the file: packed weights and what was made of constants. */
  readonly weightBytes: number;
  /** Of the file, which stays in memory as it is. */
  readonly fileBytes: number;
  /** The module's WebAssembly memory, which never shrinks: the most that anything has needed. */
  readonly memoryBytes: number;
  /** Of one run; 0 when the model's shapes depend on data. */
  readonly multiplyAdds: number;
  /** In order of execution; present when asked for. */
  readonly operators?: readonly OperatorTime[];
}
