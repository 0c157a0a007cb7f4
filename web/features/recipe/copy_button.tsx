import { useSignal } from '@preact/signals';
import type { JSX, RefObject } from 'preact';
import { announce } from '../../lib/announce.js';
import { copyText } from './clipboard.js';
import { words } from './share_words.js';

interface CopyButtonProps {
  readonly label: string;
  readonly text: string;
  /** Where the text is, to be selected when the clipboard is refused. */
  readonly shown: RefObject<HTMLElement | null>;
}

const SHOWN_MS = 4000;

export function CopyButton({ label, text, shown }: CopyButtonProps): JSX.Element {
  const outcome = useSignal('');
  const copy = async (): Promise<void> => {
    const { copied, notCopied } = words.value;
    const told = (await copyText(text, shown.current)) ? copied : notCopied;
    outcome.value = told;
    announce(told);
    setTimeout(() => (outcome.value = ''), SHOWN_MS);
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>
      {outcome.value && <span class="help">{outcome}</span>}
    </>
  );
}
