/** What TypeScript's own types do not have yet. */
interface SavePicker {
  showSaveFilePicker?: (options: {
    suggestedName: string;
  }) => Promise<{ createWritable(): Promise<FileSystemWritableFileStream> }>;
}

/** Whether the browser lets people say where a file goes. */
export const canSaveAs = 'showSaveFilePicker' in globalThis;

/**
 * Asks where a file shall go and writes it there, whole or not at all.
 * @returns Whether it was; false when the question was dismissed.
 */
export async function saveAs(name: string, content: Uint8Array | string): Promise<boolean> {
  let writable: FileSystemWritableFileStream;
  try {
    const handle = await (globalThis as SavePicker).showSaveFilePicker!({ suggestedName: name });
    writable = await handle.createWritable();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return false;
    throw error;
  }
  try {
    await writable.write(content as FileSystemWriteChunkType);
    await writable.close();
    return true;
  } catch (error) {
    await writable.abort().catch(() => undefined);
    throw error;
  }
}
