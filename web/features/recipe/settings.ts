import type {
  IoType,
  ObserverName,
  QuantizeOptions,
  RecipeRule,
  RecoveryPass,
  TargetName,
} from 'octolite';
import { rulesOf } from './rules.js';

/** What is quantized: weights and activations ahead of time; weights, with or without integers. */
export type Method = 'static' | 'dynamic' | 'weight_only' | 'float16';

/** What an operator computes with instead of what the recipe says for all. */
export type Precision = 'float' | 'int16';

/** An exception from the recipe, of one operator. */
export interface OperatorOverride {
  /** Of the operator: the names of its outputs, each with a ";". */
  readonly scope: string;
  /** Its name: "CONV_2D". */
  readonly operation: string;
  readonly precision: Precision;
}

/** All that decides what becomes of weights and activations. A plain value: JSON and addresses hold it. */
export interface RecipeSettings {
  readonly method: Method;
  readonly weightBits: 8 | 4 | 2;
  readonly granularity:
    'CHANNELWISE' | 'TENSORWISE' | 'BLOCKWISE_32' | 'BLOCKWISE_64' | 'BLOCKWISE_128';
  /** How the range of weights is chosen. */
  readonly clipping: 'min_max' | 'mse' | 'octav';
  readonly activationBits: 8 | 16;
  readonly observer: ObserverName;
  /** For the percentile observer, in percent. */
  readonly percentile: number;
  readonly inputType: IoType;
  readonly outputType: IoType;
  readonly target: TargetName;
  readonly recover: readonly RecoveryPass[];
  /** Share of the weights that become 0, from 0 (none) to below 1. */
  readonly prune: number;
  /** How many different values weights take; 0 for as many as they like. */
  readonly cluster: number;
  /** Whether weights are written as tables, which tflite-micro alone can run. */
  readonly microCompress: boolean;
  /** Rules that came with a pasted recipe; they follow the one for all operators. */
  readonly rules: readonly RecipeRule[];
  readonly overrides: readonly OperatorOverride[];
  /** Ranges of activations set by hand, by the name of the tensor. */
  readonly ranges: Readonly<Record<string, readonly [min: number, max: number]>>;
}

export const DEFAULTS: RecipeSettings = {
  method: 'static',
  weightBits: 8,
  granularity: 'CHANNELWISE',
  clipping: 'min_max',
  activationBits: 8,
  observer: 'min_max',
  percentile: 99.99,
  inputType: 'float32',
  outputType: 'float32',
  target: 'litert',
  recover: [],
  prune: 0,
  cluster: 0,
  microCompress: false,
  rules: [],
  overrides: [],
  ranges: {},
};

/** Whether activations are quantized ahead of time, of all operators or of some. */
export function quantizesActivations({ method, rules, overrides }: RecipeSettings): boolean {
  return (
    method === 'static' ||
    rules.some(({ op_config }) => op_config?.activation_tensor_config) ||
    overrides.some(({ precision }) => precision === 'int16')
  );
}

/** Whether samples are needed: for ranges of activations, or to recover accuracy with. */
export function needsCalibration(settings: RecipeSettings): boolean {
  return quantizesActivations(settings) || settings.recover.length > 0;
}

/** Whether the library calibrates as it goes, so that ranges set by hand do not count. */
export function calibratesItself({ recover, prune, method }: RecipeSettings): boolean {
  return recover.length > 0 || (prune > 0 && method === 'static');
}

/** What the library is asked for; the caller adds calibration, signal and progress. */
export function toQuantizeOptions(
  settings: RecipeSettings,
): Omit<QuantizeOptions, 'calibration' | 'signal' | 'onProgress'> {
  const { observer, percentile, inputType, outputType } = settings;
  const { target, recover, prune, cluster, microCompress } = settings;
  return {
    recipe: rulesOf(settings),
    ...(quantizesActivations(settings) && {
      observer,
      ...(observer === 'percentile' && { percentile }),
      inputType,
      outputType,
    }),
    ...(target !== 'litert' && { target }),
    ...(recover.length > 0 && { recover }),
    ...(prune > 0 && { prune }),
    ...(cluster > 0 && { cluster }),
    ...(microCompress && { microCompression: true }),
  };
}
