import { engine } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { isData } from '../../lib/file_kind.js';
import { toRefusal } from '../../lib/refusal.js';
import { addDataFiles } from '../data/files.js';
import { resetData } from '../data/state.js';
import { cancel } from '../run/pipeline.js';
import { runRefusal, wasCancelled } from '../run/state.js';
import { verdict } from '../verdict/state.js';
import { model, opening, openRefusal } from './state.js';
import { words } from './words.js';

/**
 * Reads a model and puts it on the table. What is there already stays when the new one is refused.
 * @returns Whether it was opened.
 */
export async function openModel(
  name: string,
  bytes: Uint8Array,
  isSample: boolean,
): Promise<boolean> {
  opening.value = name;
  openRefusal.value = null;
  try {
    const inspection = await engine.run(new AbortController().signal, async (worker) => {
      const loaded = await worker.loadModel(bytes);
      try {
        return await worker.inspect(loaded);
      } finally {
        loaded.dispose();
      }
    });
    cancel();
    resetData();
    verdict.value = null;
    runRefusal.value = null;
    wasCancelled.value = false;
    model.value = { name, bytes, inspection, isSample };
    announce(words.value.isOpen(name));
    return true;
  } catch (error) {
    openRefusal.value = toRefusal(error, name);
    return false;
  } finally {
    opening.value = '';
  }
}

/** Takes what was dropped or picked: a model, or data for the one that is open. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const models = files.filter((file) => !isData(file));
  const data = files.filter(isData);
  const [first] = models;
  if (first) {
    const opened = await openModel(first.name, new Uint8Array(await first.arrayBuffer()), false);
    if (!opened) return;
  }
  if (data.length > 0) await addDataFiles(data);
}
