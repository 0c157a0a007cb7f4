import type { IoType, ObserverName, RecoveryPass, TargetName } from 'octolite';
import { DEFAULTS, quantizesActivations, type Method, type RecipeSettings } from './settings.js';

type Values = { readonly [Key in keyof RecipeSettings]?: readonly RecipeSettings[Key][] };

/** What there is to choose from, in the order in which it is shown. */
export const CHOICES = {
  method: ['static', 'dynamic', 'weight_only', 'float16'] satisfies Method[],
  weightBits: [8, 4, 2],
  granularity: ['CHANNELWISE', 'TENSORWISE', 'BLOCKWISE_32', 'BLOCKWISE_64', 'BLOCKWISE_128'],
  clipping: ['min_max', 'mse', 'octav'],
  activationBits: [8, 16],
  observer: ['min_max', 'moving_average', 'percentile', 'mse', 'entropy'] satisfies ObserverName[],
  inputType: ['float32', 'int8', 'uint8', 'int16'] satisfies IoType[],
  outputType: ['float32', 'int8', 'uint8', 'int16'] satisfies IoType[],
  target: ['litert', 'tflite-micro', 'edgetpu', 'npu-per-tensor'] satisfies TargetName[],
} as const satisfies Values;

export function choicesOf<Key extends keyof RecipeSettings>(
  key: Key,
): readonly RecipeSettings[Key][] {
  return (CHOICES as Values)[key] ?? [];
}

export const PASSES: readonly RecoveryPass[] = ['equalize', 'smooth', 'bias', 'rounding'];

/** Tables of tflite-micro have so many places. */
const MICRO_TABLE = 128;

/** Why something is not on offer; words.ts has the sentence. */
export type Reason =
  | 'float16Weights'
  | 'staticOnly'
  | 'twoBits'
  | 'blocks'
  | 'target8Bit'
  | 'targetOneScale'
  | 'microWeights'
  | 'targetStatic'
  | 'targetMicro'
  | 'targetNoInt16'
  | 'unsigned16'
  | 'percentileObserver'
  | 'recoverFloat16'
  | 'roundingPruned'
  | 'microTarget'
  | 'microClusters';

/** Whether it runs nothing but 8-bit integers. */
function isAccelerator(target: TargetName): boolean {
  return target === 'edgetpu' || target === 'npu-per-tensor';
}

type Obstacles = {
  readonly [Key in keyof RecipeSettings]?: (
    value: RecipeSettings[Key],
    settings: RecipeSettings,
  ) => Reason | false;
};

const ioType = (value: IoType, settings: RecipeSettings): Reason | false => {
  if (value === 'float32') return false;
  if (!quantizesActivations(settings)) return 'staticOnly';
  return value === 'int16' && isAccelerator(settings.target) && 'targetNoInt16';
};

/** What stands against a value, given what comes before it here. */
const OBSTACLES: Obstacles = {
  target: (value, { method }) => {
    if (isAccelerator(value)) return method !== 'static' && 'targetStatic';
    if (value === 'litert') return false;
    return (method === 'dynamic' || method === 'float16') && 'targetMicro';
  },
  weightBits: (value, { method, target }) => {
    if (value === 8) return false;
    if (method === 'float16') return 'float16Weights';
    if (isAccelerator(target)) return 'target8Bit';
    if (target === 'tflite-micro' && method === 'weight_only') return 'microWeights';
    return value === 2 && method !== 'weight_only' && 'twoBits';
  },
  granularity: (value, { method, target, weightBits }) => {
    if (method === 'float16') return value !== 'CHANNELWISE' && 'float16Weights';
    if (value === 'TENSORWISE') return false;
    if (target === 'npu-per-tensor') return 'targetOneScale';
    if (target === 'tflite-micro' && method === 'weight_only') return 'microWeights';
    if (value === 'CHANNELWISE') return false;
    return !(method === 'dynamic' && weightBits === 4) && 'blocks';
  },
  clipping: (value, { method }) => value !== 'min_max' && method === 'float16' && 'float16Weights',
  activationBits: (value, { method, target }) => {
    if (value === 8) return false;
    if (method !== 'static') return 'staticOnly';
    return isAccelerator(target) && 'target8Bit';
  },
  observer: (value, settings) =>
    value !== 'min_max' && !quantizesActivations(settings) && 'staticOnly',
  percentile: (value, { observer }) =>
    value !== DEFAULTS.percentile && observer !== 'percentile' && 'percentileObserver',
  inputType: ioType,
  outputType: (value, settings) =>
    value === 'uint8' && settings.method === 'static' && settings.activationBits === 16
      ? 'unsigned16'
      : ioType(value, settings),
  microCompress: (value, { target, cluster, weightBits }) => {
    if (!value) return false;
    if (target !== 'tflite-micro') return 'microTarget';
    return !(cluster > 0 && cluster <= MICRO_TABLE && weightBits === 8) && 'microClusters';
  },
};

/** Why a setting cannot have a value, or null when it can. */
export function reasonAgainst<Key extends keyof RecipeSettings>(
  settings: RecipeSettings,
  key: Key,
  value: RecipeSettings[Key],
): Reason | null {
  const reason = OBSTACLES[key]?.(value, settings);
  return reason === undefined || reason === false ? null : reason;
}

export function reasonAgainstPass(
  { method, prune }: RecipeSettings,
  pass: RecoveryPass,
): Reason | null {
  if (method === 'float16') return 'recoverFloat16';
  return pass === 'rounding' && prune > 0 ? 'roundingPruned' : null;
}

function settleOne<Key extends keyof RecipeSettings>(
  settings: RecipeSettings,
  key: Key,
): RecipeSettings {
  if (!reasonAgainst(settings, key, settings[key])) return settings;
  const values = [DEFAULTS[key], ...choicesOf(key)];
  const value = values.find((each) => !reasonAgainst(settings, key, each));
  return { ...settings, [key]: value ?? DEFAULTS[key] };
}

/** The settings with everything that does not go with what is before it brought to what does. */
export function settle(settings: RecipeSettings): RecipeSettings {
  let settled = settings;
  for (const key of Object.keys(OBSTACLES) as (keyof RecipeSettings)[]) {
    settled = settleOne(settled, key);
  }
  const recover = settled.recover.filter((pass) => !reasonAgainstPass(settled, pass));
  return recover.length === settled.recover.length ? settled : { ...settled, recover };
}
