import { computed } from '@preact/signals';
import { currentPlan } from '../data/plan.js';
import type { RecipeSettings } from '../recipe/settings.js';
import { settings } from '../recipe/state.js';
import { verdict } from '../verdict/state.js';

/** Whether two recipes are the same, whoever made them. */
export function isSameRecipe(a: RecipeSettings, b: RecipeSettings): boolean {
  if (a === b) return true;
  const keys = Object.keys({ ...a, ...b }) as (keyof RecipeSettings)[];
  return keys.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}

/** Whether the settings have changed since the verdict was made. */
export const isOutdated = computed(() => {
  const current = verdict.value;
  if (!current) return false;
  const { plan } = currentPlan.value;
  return (
    !isSameRecipe(current.settings, settings.value) ||
    (plan !== undefined && current.plan.key !== plan.key)
  );
});
