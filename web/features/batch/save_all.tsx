import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { RefusalNotice } from '../../components/notice.js';
import { announce } from '../../lib/announce.js';
import { formatBytes } from '../../lib/format.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { DownloadLink } from '../takeaway/download_link.js';
import type { Verdict } from '../verdict/state.js';
import { canSaveToFolder, saveToFolder } from './folder.js';
import { uniqueNames } from './names.js';
import { finished } from './queue.js';
import { words } from './words.js';
import { zip, type NamedBytes } from './zip.js';

/** The archive of these results; null while it is packed. */
const archive = signal<{ readonly of: readonly Verdict[]; readonly file: Blob | null } | null>(
  null,
);
const refusal = signal<Refusal | null>(null);

function filesOf(results: readonly Verdict[]): NamedBytes[] {
  const names = uniqueNames(results.map(({ fileName }) => fileName));
  return results.map(({ bytes }, index) => ({ name: names[index]!, bytes }));
}

/** Whether the archive is of these results. */
function isOf(results: readonly Verdict[]): boolean {
  const packed = archive.value?.of;
  return packed?.length === results.length && packed.every((each, i) => each === results[i]);
}

function refuse(error: unknown): void {
  const { what, where } = toRefusal(error);
  refusal.value = { title: words.value.notSaved, what, where, next: words.value.notSavedNext };
}

async function pack(of: readonly Verdict[]): Promise<void> {
  refusal.value = null;
  archive.value = { of, file: null };
  try {
    const file = await zip(filesOf(of));
    archive.value = { of, file };
    announce(words.value.downloadZip(formatBytes(file.size)));
  } catch (error) {
    archive.value = null;
    refuse(error);
  }
}

async function save(of: readonly Verdict[]): Promise<void> {
  refusal.value = null;
  try {
    if (await saveToFolder(filesOf(of))) announce(words.value.savedAll(of.length));
  } catch (error) {
    refuse(error);
  }
}

/** All results of the queue as one file, or into a folder. */
export function SaveAll(): JSX.Element | null {
  const results = finished.value;
  if (results.length === 0) return null;
  const made = isOf(results) ? archive.value : null;
  const { downloadAll, zipping, downloadZip, toFolder } = words.value;
  return (
    <>
      {made?.file ? (
        <DownloadLink
          content={made.file}
          type="application/zip"
          name="octolite.zip"
          label={downloadZip(formatBytes(made.file.size))}
        />
      ) : (
        <button type="button" disabled={made !== null} onClick={() => void pack(results)}>
          {made ? zipping : downloadAll}
        </button>
      )}
      {canSaveToFolder && (
        <button type="button" onClick={() => void save(results)}>
          {toFolder}
        </button>
      )}
      {refusal.value && (
        <RefusalNotice refusal={refusal.value} onDismiss={() => (refusal.value = null)} />
      )}
    </>
  );
}
