import { isData } from '../../lib/file_kind.js';

/** Files with the folders that they were found in. */

const folderOf = new WeakMap<File, string>();

/** The name of the folder that a file was in; empty when it came by itself. */
export function foundIn(file: File): string {
  const path = folderOf.get(file) ?? file.webkitRelativePath;
  return path.split('/').at(-2) ?? '';
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** All files below a dropped folder, and the file itself where it is none. */
async function below(entry: FileSystemEntry): Promise<File[]> {
  if (!isDirectory(entry)) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    folderOf.set(file, entry.fullPath.slice(1));
    return [file];
  }
  const reader = entry.createReader();
  const found: File[] = [];
  // A folder is told in parts, the last of which is empty.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return found;
    for (const each of part) found.push(...(await below(each)));
  }
}

/** What was dropped, with what is in folders. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // Both are gone after the event.
  const files = [...transfer.files];
  const dropped = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!dropped.some((entry) => entry?.isDirectory)) return files;
  const found = await Promise.all(dropped.filter((entry) => entry !== null).map(below));
  // A folder may hold anything; what is no use here is not worth a word.
  return sorted(found.flat().filter((file) => isData(file) || /\.tflite$/i.test(file.name)));
}

interface Picker {
  showDirectoryPicker?(options: { mode: 'read' }): Promise<FolderHandle>;
}
interface FolderHandle {
  readonly kind: 'directory';
  readonly name: string;
  values(): AsyncIterable<FolderHandle | FileHandle>;
}
interface FileHandle {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<File>;
}

async function inFolder(folder: FolderHandle, path: string): Promise<File[]> {
  const found: File[] = [];
  for await (const each of folder.values()) {
    const here = `${path}/${each.name}`;
    if (each.kind === 'directory') found.push(...(await inFolder(each, here)));
    else if (!each.name.startsWith('.')) {
      const file = await each.getFile();
      folderOf.set(file, here);
      found.push(file);
    }
  }
  return found;
}

export const hasFolderPicker = 'showDirectoryPicker' in globalThis;

/** All files of a folder that the user picks; null when none is picked. */
export async function pickFolder(): Promise<File[] | null> {
  let folder: FolderHandle;
  try {
    folder = await (globalThis as Picker).showDirectoryPicker!({ mode: 'read' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
  return sorted(await inFolder(folder, folder.name));
}

const byPath = new Intl.Collator('en', { numeric: true }).compare;

/** By folder and name, as browsers tell the files of a folder in any order. */
export function sorted(files: readonly File[]): File[] {
  const path = (file: File): string => folderOf.get(file) ?? (file.webkitRelativePath || file.name);
  return files
    .map((file) => ({ file, path: path(file) }))
    .sort((a, b) => byPath(a.path, b.path))
    .map(({ file }) => file);
}
