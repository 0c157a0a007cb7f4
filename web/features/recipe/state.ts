import { computed, signal } from '@preact/signals';
import { recipe, type IoType, type ObserverName, type RecipeName, type RecipeRule } from 'octolite';

export type Granularity = 'CHANNELWISE' | 'TENSORWISE';

/** All that decides what becomes of the weights and activations. */
export interface RecipeSettings {
  readonly recipe: RecipeName;
  readonly granularity: Granularity;
  readonly observer: ObserverName;
  /** For the percentile observer, in percent. */
  readonly percentile: number;
  readonly inputType: IoType;
  readonly outputType: IoType;
}

export const settings = signal<RecipeSettings>({
  recipe: 'static_wi8_ai8',
  granularity: 'CHANNELWISE',
  observer: 'min_max',
  percentile: 99.99,
  inputType: 'float32',
  outputType: 'float32',
});

export function change(part: Partial<RecipeSettings>): void {
  settings.value = { ...settings.value, ...part };
}

/** Only static recipes look at calibration data and have types of input and output. */
export const isStatic = computed(() => settings.value.recipe === 'static_wi8_ai8');
export const hasIntegerWeights = computed(() => settings.value.recipe !== 'float16');

export function rulesOf({ recipe: name, granularity }: RecipeSettings): RecipeRule[] {
  const rules = recipe(name);
  if (name === 'float16') return rules;
  for (const rule of rules) {
    const weights = rule.op_config?.weight_tensor_config;
    if (weights) weights.granularity = granularity;
  }
  return rules;
}
