import type { JSX } from 'preact';
import type { Verdict } from '../verdict/state.js';
import { pin, pins } from './state.js';
import { words } from './words.js';

/** Puts a result beside others. */
export function PinButton({ result }: { readonly result: Verdict }): JSX.Element {
  const isPinned = pins.value.some(({ verdict }) => verdict === result);
  return (
    <button type="button" disabled={isPinned} onClick={() => pin(result)}>
      {isPinned ? words.value.pinned : words.value.pin}
    </button>
  );
}
