import type { JSX } from 'preact';
import { formatBytes } from '../../lib/format.js';
import { words as runWords } from '../run/words.js';
import { ModelLink } from '../takeaway/model_link.js';
import { summary } from '../verdict/headline.js';
import { openResult } from './open_item.js';
import {
  clear,
  finished,
  goOn,
  isGoing,
  isWaiting,
  items,
  pause,
  remove,
  type BatchItem,
} from './queue.js';
import { SaveAll } from './save_all.js';
import { words } from './words.js';

/** How far a model is, in words. */
function stateText({ state }: BatchItem): string {
  const { waiting, starting, working, refused } = words.value;
  switch (state.kind) {
    case 'waiting':
      return waiting;
    case 'working':
      if (!state.progress) return starting;
      if (state.progress.isWaiting) return runWords.value.isWaiting;
      return working(
        runWords.value.stages[state.progress.stage],
        state.progress.done,
        state.progress.total,
      );
    case 'done':
      return summary(state.verdict);
    case 'refused':
      return `${refused}: ${state.refusal.title}. ${state.refusal.what} ${state.refusal.next}`;
  }
}

const SIGNS = { waiting: '·', working: '…', done: '✓', refused: '×' } as const;

function Item({ item }: { readonly item: BatchItem }): JSX.Element {
  const { id, name, bytes, state } = item;
  const { open, download, remove: removeLabel, ofItem, random } = words.value;
  return (
    <li class="batch-item" data-state={state.kind}>
      <span class="batch-sign" aria-hidden="true">
        {SIGNS[state.kind]}
      </span>
      <div class="batch-text">
        <p>
          <span class="name">{name}</span> <span class="help">{formatBytes(bytes.byteLength)}</span>
        </p>
        <p class={state.kind === 'done' ? undefined : 'help'}>{stateText(item)}</p>
        {state.kind === 'done' && state.verdict.data.isRandom && <p class="help">{random}</p>}
      </div>
      <div class="row">
        {state.kind === 'done' && (
          <>
            <button
              type="button"
              aria-label={ofItem(open, name)}
              onClick={() => openResult(state.verdict)}
            >
              {open}
            </button>
            <ModelLink
              result={state.verdict}
              label={download(formatBytes(state.verdict.bytes.byteLength))}
              ariaLabel={ofItem(download(formatBytes(state.verdict.bytes.byteLength)), name)}
            />
          </>
        )}
        <button
          type="button"
          class="quiet"
          aria-label={ofItem(removeLabel, name)}
          onClick={() => remove(id)}
        >
          {removeLabel}
        </button>
      </div>
    </li>
  );
}

/** Models that are quantized one after the other; nothing while there are none. */
export function BatchPanel(): JSX.Element | null {
  if (items.value.length === 0) return null;
  const { title, help, start, goOn: goOnLabel, pause: pauseLabel, clear: clearLabel } = words.value;
  const hasBegun = finished.value.length > 0;
  return (
    <section class="panel batch" aria-labelledby="batch-title">
      <h2 id="batch-title">{title}</h2>
      <p class="help">{help}</p>
      <div class="row">
        {isGoing.value ? (
          <button type="button" class="primary" onClick={pause}>
            {pauseLabel}
          </button>
        ) : (
          isWaiting.value && (
            <button type="button" class="primary" onClick={() => void goOn()}>
              {hasBegun ? goOnLabel : start}
            </button>
          )
        )}
        <SaveAll />
        <button type="button" class="quiet" onClick={clear}>
          {clearLabel}
        </button>
      </div>
      <ol class="batch-items" aria-label={words.value.listLabel}>
        {items.value.map((item) => (
          <Item key={item.id} item={item} />
        ))}
      </ol>
    </section>
  );
}
