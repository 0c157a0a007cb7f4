import { signal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { obstacle } from './features/open/state.js';
import { cancel, run } from './features/run/pipeline.js';
import { keep, kept } from './lib/kept.js';
import { words } from './words.js';

const STORED = 'shortcuts';

/** Single keys get in the way of those who dictate, so they can be turned off. */
const areOn = signal(kept(STORED) !== 'off');
const isShown = signal(false);

function press(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  o: () => press('main input[type=file][accept*=".tflite"]'),
  q: () => {
    if (obstacle.value === '') void run();
  },
  s: () => press('.verdict a[download]'),
  Escape: cancel,
  '?': () => (isShown.value = true),
};

const KEYS = ['o', 'q', 's', 'Escape', '?'] as const;

/** Whether a key belongs to what has the focus. */
function isTaken({ target }: KeyboardEvent): boolean {
  const field =
    'input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog';
  return target instanceof Element && target.closest(field) !== null;
}

/** The dialog that tells the keys, and what listens to them. */
export function Shortcuts(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (isShown.value) dialog.current?.showModal();
    else dialog.current?.close();
  });
  useSignalEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const act = ACTIONS[event.key];
      if (!act || !areOn.value || event.defaultPrevented || isTaken(event)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      act();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });
  const text = words.value;
  return (
    <dialog
      ref={dialog}
      class="panel"
      aria-labelledby="shortcuts-title"
      onClose={() => (isShown.value = false)}
    >
      <h2 id="shortcuts-title">{text.shortcuts}</h2>
      <dl class="keys">
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{key === 'Escape' ? 'Esc' : key}</kbd>
            </dt>
            <dd>{text.keys[key]}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={areOn.value}
          onChange={({ currentTarget: { checked } }) => {
            areOn.value = checked;
            keep(STORED, checked ? 'on' : 'off');
          }}
        />
        {text.shortcutsOn}
      </label>
      <form method="dialog">
        <button>{text.close}</button>
      </form>
    </dialog>
  );
}

export function ShortcutsButton(): JSX.Element {
  return (
    <button
      type="button"
      class="shortcuts-button"
      aria-label={words.value.shortcuts}
      title={words.value.shortcuts}
      onClick={() => (isShown.value = true)}
    >
      ?
    </button>
  );
}
