import { computed, signal } from '@preact/signals';
import { settle } from './limits.js';
import { PRESETS, type PresetName } from './presets.js';
import {
  DEFAULTS,
  needsCalibration,
  type OperatorOverride,
  type Precision,
  type RecipeSettings,
} from './settings.js';

export const settings = signal<RecipeSettings>(DEFAULTS);

/** Changes a part; what does not go with it any more follows. */
export function change(part: Partial<RecipeSettings>): void {
  settings.value = settle({ ...settings.value, ...part });
}

/** Exceptions and ranges are of the model, and stay. */
export function choosePreset(name: PresetName): void {
  const { overrides, ranges } = settings.value;
  change({ ...PRESETS[name], overrides, ranges });
}

/** Whether samples are needed to calibrate with, or to recover accuracy. */
export const calibrates = computed(() => needsCalibration(settings.value));

const overrideByScope = computed(
  () =>
    new Map<string, OperatorOverride>(settings.value.overrides.map((each) => [each.scope, each])),
);

/** What an operator is excepted to, or null when it follows the recipe. */
export function precisionOf(scope: string): Precision | null {
  return overrideByScope.value.get(scope)?.precision ?? null;
}

/** Excepts an operator from the recipe; with null it follows the recipe again. */
export function setPrecision(scope: string, operation: string, precision: Precision | null): void {
  const others = settings.value.overrides.filter((each) => each.scope !== scope);
  change({ overrides: precision ? [...others, { scope, operation, precision }] : others });
}

/** Sets the range of an activation by hand; with null calibration decides again. */
export function setRange(tensor: string, range: readonly [min: number, max: number] | null): void {
  const others = Object.entries(settings.value.ranges).filter(([name]) => name !== tensor);
  // Own properties all, whatever the tensors are called.
  change({ ranges: Object.fromEntries(range ? [...others, [tensor, range]] : others) });
}
