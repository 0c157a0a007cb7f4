import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Bitmap } from '../../components/bitmap.js';
import { Outline } from '../../components/outline.js';
import { announce } from '../../lib/announce.js';
import type { Refusal } from '../../lib/refusal.js';
import { toRefusal } from '../../lib/refusal.js';
import { DataError } from './client.js';
import { removeFile } from './files.js';
import { play, playing, stopPlaying } from './player.js';
import type { FileFacts, Thumbnail } from './protocol.js';
import { clearFiles, entries, facts, type DataEntry } from './state.js';
import { thumbnailOf } from './thumbnails.js';
import { words } from './words.js';

/** Rows are all as high, so that only those in view need to be there. */
const ROW_PIXELS = 64;
const VISIBLE_ROWS = 5;
const ROWS_BESIDE = 3;
const NAMES_SHOWN = 3;

const scrolled = signal(0);

function Miniature({ entry }: { readonly entry: DataEntry }): JSX.Element {
  const [shown, show] = useState<Thumbnail | null>(null);
  const isSeen = entry.kind === 'picture' || entry.kind === 'sound';
  const isGood = Boolean(facts.value.get(entry.id)?.count) && !entry.refusal;
  useEffect(() => {
    let wanted = true;
    show(null);
    if (isSeen && isGood) {
      void thumbnailOf(entry.id).then((made) => {
        if (wanted) show(made);
      });
    }
    return () => {
      wanted = false;
    };
  }, [entry.id, isGood]);
  const extension = /\.([a-z0-9]{1,5})$/i.exec(entry.file.name.replace(/\.gz$/, ''))?.[1] ?? '';
  return (
    <span class="miniature" aria-hidden="true">
      {shown?.kind === 'picture' && <Bitmap bitmap={shown.bitmap} />}
      {shown?.kind === 'sound' && <Outline parts={shown.outline} />}
      {!shown && <span>{extension}</span>}
    </span>
  );
}

function refusalOf(entry: DataEntry, known: FileFacts | undefined): Refusal | null {
  if (entry.refusal) return entry.refusal;
  return known?.refusal ? toRefusal(new DataError(known.refusal)) : null;
}

function detailOf(entry: DataEntry, known: FileFacts | undefined): string {
  const said = words.value;
  const { count = 0, detail = '' } = known ?? {};
  return [
    entry.folder && said.inFolder(entry.folder),
    detail,
    count > 1 || (known && entry.kind === 'array') ? said.sampleCount(count) : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function Row({
  entry,
  index,
  count,
}: {
  readonly entry: DataEntry;
  readonly index: number;
  readonly count: number;
}): JSX.Element {
  const said = words.value;
  const { name } = entry.file;
  const known = facts.value.get(entry.id);
  const refusal = refusalOf(entry, known);
  const isPlaying = playing.value === entry.id;
  const remove = (event: MouseEvent): void => {
    const list = (event.currentTarget as HTMLElement).closest('ul');
    removeFile(entry.id);
    announce(said.removed(name));
    // Focus goes to what took the place, so that many can be removed one after the other.
    requestAnimationFrame(() => {
      const buttons = list?.querySelectorAll<HTMLElement>('.remove') ?? [];
      const next = [...buttons].find((each) => Number(each.dataset.index) >= index);
      (next ?? [...buttons].at(-1))?.focus();
    });
  };
  return (
    <li
      class={refusal ? 'refused' : undefined}
      style={{ top: `${index * ROW_PIXELS}px` }}
      aria-setsize={count}
      aria-posinset={index + 1}
    >
      <Miniature entry={entry} />
      <span class="file-text">
        <span class="name" title={name}>
          {name}
        </span>
        <span class="help" title={refusal ? `${refusal.what} ${refusal.next}` : undefined}>
          {refusal ? `${said.leftOut}: ${refusal.what}` : detailOf(entry, known)}
        </span>
      </span>
      {entry.kind === 'sound' && !refusal && (
        <button
          type="button"
          class="quiet icon"
          aria-label={isPlaying ? said.stop : said.play(name)}
          onClick={() => (isPlaying ? stopPlaying() : void play(entry.id))}
        >
          {isPlaying ? '■' : '▶'}
        </button>
      )}
      <button
        type="button"
        class="quiet icon remove"
        data-index={index}
        aria-label={said.remove(name)}
        onClick={remove}
      >
        ×
      </button>
    </li>
  );
}

/** Why files are left out, those with the same reason together. */
function LeftOut(): JSX.Element | null {
  const byReason = new Map<string, string[]>();
  for (const entry of entries.value) {
    const refusal = refusalOf(entry, facts.value.get(entry.id));
    if (!refusal) continue;
    const reason = `${refusal.what} ${refusal.next}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), entry.file.name]);
  }
  const count = [...byReason.values()].reduce((sum, names) => sum + names.length, 0);
  if (count === 0 || count === entries.value.length) return null;
  return (
    <details class="disclosure left-out" open>
      <summary>{words.value.refusedCount(count)}</summary>
      <dl>
        {[...byReason].map(([reason, names]) => (
          <div key={reason}>
            <dt class="name">{words.value.someOf(names.slice(0, NAMES_SHOWN), names.length)}</dt>
            <dd class="help">{reason}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The files that were taken, each with what it holds or why it is left out. */
export function FileList(): JSX.Element | null {
  const all = entries.value;
  if (all.length === 0) return null;
  const said = words.value;
  const top = Math.floor(scrolled.value / ROW_PIXELS) - ROWS_BESIDE;
  const first = Math.max(0, Math.min(top, all.length - VISIBLE_ROWS));
  const last = Math.min(all.length, first + VISIBLE_ROWS + 2 * ROWS_BESIDE + 1);
  const samples = all.reduce((sum, { id }) => sum + (facts.value.get(id)?.count ?? 0), 0);
  return (
    <div class="files">
      <div class="files-head">
        <h3>{said.listCount(all.length, samples || all.length)}</h3>
        <button type="button" class="quiet" onClick={clearFiles}>
          {said.removeAll}
        </button>
      </div>
      <LeftOut />
      <div
        class="file-box"
        tabIndex={0}
        role="region"
        aria-label={said.list}
        style={{ maxHeight: `${ROW_PIXELS * VISIBLE_ROWS}px` }}
        onScroll={(event) => (scrolled.value = event.currentTarget.scrollTop)}
      >
        <ul style={{ height: `${ROW_PIXELS * all.length}px` }}>
          {all.slice(first, last).map((entry, index) => (
            <Row key={entry.id} entry={entry} index={first + index} count={all.length} />
          ))}
        </ul>
      </div>
    </div>
  );
}
