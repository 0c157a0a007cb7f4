import { computed, signal } from '@preact/signals';
import { DEFAULTS, type Precision, type RecipeSettings } from './settings.js';

export const settings = signal<RecipeSettings>(DEFAULTS);

export function change(part: Partial<RecipeSettings>): void {
  settings.value = { ...settings.value, ...part };
}

/** Only static recipes look at calibration data and have types of input and output. */
export const isStatic = computed(() => settings.value.method === 'static');
export const hasIntegerWeights = computed(() => settings.value.method !== 'float16');

/** What an operator is excepted to, or null when it follows the recipe. */
export function precisionOf(scope: string): Precision | null {
  return settings.value.overrides.find((each) => each.scope === scope)?.precision ?? null;
}

/** Excepts an operator from the recipe; with null it follows the recipe again. */
export function setPrecision(scope: string, operation: string, precision: Precision | null): void {
  const others = settings.value.overrides.filter((each) => each.scope !== scope);
  change({ overrides: precision ? [...others, { scope, operation, precision }] : others });
}

/** Sets the range of an activation by hand; with null calibration decides again. */
export function setRange(tensor: string, range: readonly [min: number, max: number] | null): void {
  const ranges = { ...settings.value.ranges };
  delete ranges[tensor];
  change({ ranges: range ? { ...ranges, [tensor]: range } : ranges });
}
