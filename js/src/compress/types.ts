import type { DataType } from '../types.js';

/** Weights that are left as they are. */
interface WeightSelection {
  /** Weights with fewer elements stay as they are. */
  minElements?: number | undefined;
  /** Operators whose weights stay as they are: regular expressions over the names of their outputs. */
  keep?: readonly (string | RegExp)[] | undefined;
}

/** Which weights become 0. */
export interface PruneOptions extends WeightSelection {
  /** Stops the task. */
  signal?: AbortSignal | undefined;
  /** Share of the weights that become 0, those of least magnitude: 0 up to, but not, 1. */
  share: number;
  /** Of all weights of the model together, instead of each tensor's; default false. */
  global?: boolean | undefined;
  /** Default 1024: small layers lose most and give least. */
  minElements?: number | undefined;
}

/** How weights are clustered. */
export interface ClusterOptions extends WeightSelection {
  /** Stops the task. */
  signal?: AbortSignal | undefined;
  /** How many different values are left, 2 to 4096. */
  clusters: number;
  /** A codebook for every channel, instead of one for the tensor; default false. */
  perChannel?: boolean | undefined;
  /** Zeros stay zeros, as after pruning; default false. */
  keepZeros?: boolean | undefined;
  /** Default 256. */
  minElements?: number | undefined;
}

/** A tensor of weights, and where it is. */
export interface WeightsOf {
  readonly subgraph: number;
  /** Index in the subgraph. */
  readonly tensor: number;
  readonly name: string;
  /** The operator that multiplies with it. */
  readonly operatorName: string;
}

/** How far changed weights are from those that they replace, as real numbers. */
export interface ChangedWeights extends WeightsOf {
  /** Of its elements. */
  readonly dtype: DataType;
  /** How many there are. */
  readonly elements: number;
  /** In decibels, -300 to 300; 300 for no error at all. */
  readonly sqnrDb: number;
  /** As real numbers. */
  readonly maxAbsError: number;
}

/** What pruning did to the weights of one tensor. */
export interface PrunedWeights extends ChangedWeights {
  /** They stay as they are. */
  readonly kept: boolean;
  /** Elements that were 0 as it came. */
  readonly zerosBefore: number;
  /** Elements that are 0 now. */
  readonly zerosAfter: number;
}

/** What clustering did to the weights of one tensor. */
export interface ClusteredWeights extends ChangedWeights {
  /** 1, or as many as channels; 0 when they stay as they are. */
  readonly codebooks: number;
  /** Different values, in the codebook that has most. */
  readonly valuesBefore: number;
  /** Different values that are left. */
  readonly valuesAfter: number;
}

/** A constant in a file for tflite-micro. */
export interface PackedConstant extends WeightsOf {
  /** As an ordinary constant. */
  readonly bytesBefore: number;
  /** Indices and the tables of values. */
  readonly bytesAfter: number;
  /** Of an index, 1 to 7; 0 when it stays as it is. */
  readonly bits: number;
  /** Why it stays, in plain words. */
  readonly reason: string;
}

/** A model with other weights, and what changed. */
export interface CompressResult<T> {
  /** The changed model as a .tflite file. */
  readonly bytes: Uint8Array;
  /** All weights of the model. */
  readonly tensors: readonly T[];
}

/** What was done to the weights besides quantizing them. */
export interface CompressionReport {
  /** With the option `prune`. */
  readonly pruned?: readonly PrunedWeights[];
  /** With the option `cluster`. */
  readonly clustered?: readonly ClusteredWeights[];
  /** With the option `microCompression`. */
  readonly packed?: readonly PackedConstant[];
}

/** Grids by name: linear over all values, linear and clipped, powers of two, two curves, free levels. */
export type CompandingName =
  'linear' | 'clipped' | 'power_of_two' | 'mu_law' | 'sigmoid' | 'kmeans';

/** What grids are compared with. */
export interface CompandingOptions {
  /** Stops the task. */
  signal?: AbortSignal | undefined;
  /** 2 to 8; default 4. */
  bits?: number | undefined;
  /** Scales for every channel; default true. */
  perChannel?: boolean | undefined;
  /** Weights with fewer elements are left out; default 256. */
  minElements?: number | undefined;
}

/** A grid of levels, and what it costs a tensor. */
export interface CompandingGrid {
  /** In decibels, -300 to 300; 300 for no error at all. */
  readonly sqnrDb: number;
  /** Of mu_law and sigmoid: mu and the slope, fitted. */
  readonly parameter: number;
  /** The largest level, as a share of the largest magnitude, fitted (linear: 1). */
  readonly clip: number;
}

/** What ways to lay the levels cost one tensor of weights. */
export interface CompandedWeights extends WeightsOf {
  /** How many there are. */
  readonly elements: number;
  /**
   * linear: equal steps up to the largest magnitude, what the format stores; clipped: up to the
   * share of it with least error; power_of_two, mu_law, sigmoid; kmeans: a free table, the bound.
   */
  readonly grids: Readonly<Record<CompandingName, CompandingGrid>>;
  /** The best grid with a formula that is not linear, kmeans aside. */
  readonly best: Exclude<CompandingName, 'linear' | 'clipped' | 'kmeans'>;
  /** How much better it is than the better of linear and clipped, in dB; below 0: it is worse. */
  readonly gainDb: number;
}

/** What each grid costs each tensor of weights. */
export interface CompandingReport {
  /** Of an index into the levels. */
  readonly bits: number;
  readonly tensors: readonly CompandedWeights[];
  /** Names of the tensors where a nonlinear grid is better by half a decibel or more. */
  readonly nonlinearWins: readonly string[];
}

/** Bytes of a file as it is and as servers send it. */
export interface WireSize {
  /** Bytes as it is. */
  readonly raw: number;
  /** Bytes with gzip. */
  readonly gzip: number;
  /** In Node.js. */
  readonly brotli?: number;
}
