import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { isSameRecipe } from '../run/outdated.js';
import { settledVerdict } from '../verdict/state.js';
import { effectOf } from './effect.js';
import { changedExceptions } from './exceptions.js';
import type { LayerRow } from './rows.js';
import { previousVerdict } from './view.js';
import { words } from './words.js';

/** What the last change did, and which layers it was of; null when there was none. */
export const lastEffect = computed(() => {
  const [previous, current] = [previousVerdict.value, settledVerdict.value];
  if (!previous || !current || isSameRecipe(previous.settings, current.settings)) return null;
  const changed = changedExceptions(previous.settings, current.settings);
  return { ...effectOf(previous, current), ...changed };
});

/** In a row whose precision or range was changed: what that did to the whole model. */
export function RowEffect({ row }: { readonly row: LayerRow }): JSX.Element | null {
  const effect = lastEffect.value;
  if (!effect || !(effect.scopes.has(row.scope) || effect.tensors.has(row.output))) return null;
  const gain = effect.sqnrDb && effect.sqnrDb[1] - effect.sqnrDb[0];
  const bytes = effect.bytes[1] - effect.bytes[0];
  return (
    <span class={`tag ${(gain ?? 0) < 0 ? 'bad' : 'good'}`}>
      {gain !== null && `${words.value.signedDecibels(gain)}, `}
      {words.value.signedBytes(bytes)}
    </span>
  );
}
