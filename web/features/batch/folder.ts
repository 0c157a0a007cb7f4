import type { NamedBytes } from './zip.js';

/** What TypeScript's own types do not have yet. */
interface FolderPicker {
  showDirectoryPicker?: (options: { mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
}

export const canSaveToFolder = 'showDirectoryPicker' in globalThis;

/**
 * Asks for a folder and writes files there, each whole or not at all.
 * @returns Whether that was done; false when the question was dismissed.
 */
export async function saveToFolder(files: readonly NamedBytes[]): Promise<boolean> {
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await (globalThis as FolderPicker).showDirectoryPicker!({ mode: 'readwrite' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return false;
    throw error;
  }
  for (const { name, bytes } of files) {
    const handle = await folder.getFileHandle(name, { create: true });
    const writable = await handle.createWritable();
    try {
      await writable.write(bytes as FileSystemWriteChunkType);
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
  }
  return true;
}
