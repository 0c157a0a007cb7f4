import { DEFAULTS, type RecipeSettings } from './settings.js';

/** Those that learn ranges from samples, then those that need no data. */
export type PresetName =
  'balanced' | 'smallest' | 'accurate' | 'int16' | 'micro' | 'dynamic' | 'weight_only' | 'float16';

/**
 * Of the candidates that were measured (the sample, an MNIST convolution, ResNet-8 on CIFAR-10),
 * those that were best or near it on all three.
 */
export const PRESETS: Readonly<Record<PresetName, RecipeSettings>> = {
  balanced: DEFAULTS,
  smallest: {
    ...DEFAULTS,
    weightBits: 4,
    clipping: 'mse',
    observer: 'percentile',
    recover: ['equalize', 'smooth', 'bias', 'rounding'],
  },
  accurate: {
    ...DEFAULTS,
    observer: 'percentile',
    recover: ['equalize', 'smooth', 'bias', 'rounding'],
  },
  int16: { ...DEFAULTS, activationBits: 16 },
  micro: { ...DEFAULTS, target: 'tflite-micro', inputType: 'int8', outputType: 'int8' },
  dynamic: { ...DEFAULTS, method: 'dynamic' },
  weight_only: { ...DEFAULTS, method: 'weight_only' },
  float16: { ...DEFAULTS, method: 'float16' },
};

export const WITH_DATA = ['balanced', 'smallest', 'accurate', 'int16', 'micro'] as const;
export const WITHOUT_DATA = ['dynamic', 'weight_only', 'float16'] as const;

function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((each) => b.includes(each));
}

/** Of single operators and tensors: kept whatever is chosen. */
const OF_THE_MODEL: readonly (keyof RecipeSettings)[] = ['overrides', 'ranges'];
const COMPARED = (Object.keys(DEFAULTS) as (keyof RecipeSettings)[]).filter(
  (key) => !OF_THE_MODEL.includes(key),
);

/** The preset that the settings are, exceptions apart; null when they are none. */
export function presetOf(settings: RecipeSettings): PresetName | null {
  const names = Object.keys(PRESETS) as PresetName[];
  const isIt = (name: PresetName): boolean =>
    COMPARED.every((key) => isSame(settings[key], PRESETS[name][key]));
  return names.find(isIt) ?? null;
}
