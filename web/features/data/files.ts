import { readLabels } from 'octolite';
import { announce } from '../../lib/announce.js';
import { isData, kindOf } from '../../lib/file_kind.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import type { OpenModel } from '../open/state.js';
import { classCounts, parseClassText, type ClassText } from './class_names.js';
import { handOver } from './client.js';
import { foundIn, sorted } from './found_files.js';
import { readable } from './sound_files.js';
import {
  dataRefusal,
  entries,
  labels,
  namesFile,
  source,
  taking,
  type DataEntry,
} from './state.js';
import { words } from './words.js';

function takeClassText(name: string, said: ClassText): void {
  if (said.kind === 'names') namesFile.value = { name, names: said.names };
  else labels.value = { name, classes: said.classes };
}

async function takeLabels(file: File): Promise<void> {
  const { name } = file;
  if (/\.(txt|csv|tsv)$/i.test(name)) {
    const said = parseClassText(await file.text());
    if (said) {
      takeClassText(name, said);
      return;
    }
  }
  labels.value = { name, classes: await readLabels(file) };
}

/** A file that can be read in workers, or the file as it is and why it cannot. */
async function prepare(file: File): Promise<readonly [File, Refusal | null]> {
  try {
    return [await readable(file), null];
  } catch (error) {
    return [file, toRefusal(error, file.name)];
  }
}

async function takeSamples(files: readonly File[]): Promise<void> {
  const prepared: (readonly [File, Refusal | null])[] = [];
  for (const file of files) prepared.push(await prepare(file));
  const ids = await handOver(prepared.map(([file]) => file));
  const added = prepared.map(([file, refusal], index): DataEntry => ({
    id: ids[index]!,
    file,
    kind: kindOf(file),
    folder: foundIn(files[index]!),
    refusal,
  }));
  entries.value = [...entries.value, ...added];
}

/**
 * Takes samples, labels and names of classes for the open model, in addition to what is there.
 * @param as What they are when it is not their names that say it.
 */
export async function addDataFiles(added: readonly File[], as?: 'labels'): Promise<void> {
  dataRefusal.value = null;
  const isLabels = (file: File): boolean => as === 'labels' || kindOf(file) === 'labels';
  const samples = added.filter((file) => !isLabels(file));
  taking.value = words.peek().taking(added.length);
  try {
    for (const file of added.filter(isLabels)) {
      try {
        await takeLabels(file);
      } catch (error) {
        dataRefusal.value = toRefusal(error, file.name);
      }
    }
    if (samples.length > 0) await takeSamples(samples);
    // What classes are called goes with any samples.
    if (samples.length > 0 || labels.value) source.value = 'files';
    announce(words.peek().taken(entries.value.length));
  } finally {
    taking.value = '';
  }
}

/** Takes text whose name does not say what it is: names of the classes, or the class of each sample. */
export async function addText(file: File, { inspection }: OpenModel): Promise<void> {
  dataRefusal.value = null;
  const said = parseClassText(await file.text());
  const counts = classCounts(inspection);
  const isList = said?.kind === 'classes' && entries.value.length > 0;
  if (said && (isList || (said.kind === 'names' && (!counts || counts.has(said.names.length))))) {
    takeClassText(file.name, said);
    announce(words.peek().textTaken(file.name));
    return;
  }
  const { textTitle, textWhat, textNext } = words.peek();
  const lines = said ? (said.kind === 'names' ? said.names : said.classes).length : 0;
  dataRefusal.value = {
    title: textTitle,
    what: textWhat(lines, [...(counts ?? [])]),
    where: file.name,
    next: textNext,
  };
}

/** As addDataFiles, of what a folder holds, which may be other things too. */
export async function addFolder(found: readonly File[]): Promise<void> {
  const data = sorted(found.filter(isData));
  if (data.length > 0) {
    await addDataFiles(data);
    return;
  }
  const { nothingTitle, nothingWhat, nothingNext } = words.peek();
  dataRefusal.value = { title: nothingTitle, what: nothingWhat, where: '', next: nothingNext };
}

export function removeFile(id: number): void {
  entries.value = entries.value.filter((entry) => entry.id !== id);
}

/** Leaves a file out that turned out to be bad while it was used. */
export function setAside(id: number, refusal: Refusal): void {
  if (!entries.peek().some((entry) => entry.id === id && !entry.refusal)) return;
  entries.value = entries
    .peek()
    .map((entry) => (entry.id === id && !entry.refusal ? { ...entry, refusal } : entry));
}
