import type { JSX } from 'preact';
import { RefusalNotice } from '../../components/notice.js';
import { recipeRefusal } from './share.js';

/** Why a recipe from elsewhere was refused; nothing when none was. */
export function RecipeNotice(): JSX.Element | null {
  const refusal = recipeRefusal.value;
  if (!refusal) return null;
  return <RefusalNotice refusal={refusal} onDismiss={() => (recipeRefusal.value = null)} />;
}
