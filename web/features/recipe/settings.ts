import {
  recipe,
  type IoType,
  type ObserverName,
  type QuantizeOptions,
  type RecipeRule,
  type RecoveryPass,
  type TargetName,
} from 'octolite';

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
  overrides: [],
  ranges: {},
};

/** The library's name for what the settings ask of all operators: "static_wi8_ai8". */
export function recipeName({ method, weightBits, activationBits }: RecipeSettings): string {
  switch (method) {
    case 'static':
      return `static_wi${weightBits}_ai${activationBits}`;
    case 'float16':
      return 'float16';
    default:
      return `${method}_wi${weightBits}_afp32`;
  }
}

/** The rules for all operators, then the exceptions, as the later rule wins. */
export function rulesOf(settings: RecipeSettings): RecipeRule[] {
  const rules = recipe(recipeName(settings));
  if (settings.method === 'float16') return rules;
  for (const { op_config } of rules) {
    const weights = op_config?.weight_tensor_config;
    if (weights) weights.granularity = settings.granularity;
  }
  return rules;
}

/** Whether ranges of activations are needed, and with them samples to calibrate with. */
export function needsCalibration({ method, recover }: RecipeSettings): boolean {
  return method === 'static' || recover.length > 0;
}

/** What the library is asked for; the caller adds calibration, signal and progress. */
export function toQuantizeOptions(
  settings: RecipeSettings,
): Omit<QuantizeOptions, 'calibration' | 'signal' | 'onProgress'> {
  const isStatic = settings.method === 'static';
  return {
    recipe: rulesOf(settings),
    observer: settings.observer,
    percentile: settings.percentile,
    ...(isStatic && { inputType: settings.inputType, outputType: settings.outputType }),
  };
}
