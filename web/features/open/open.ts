import type { Inspection } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { isOctoliteError } from 'octolite';
import { engine, loadModel } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { isData, isRecipe, isText } from '../../lib/file_kind.js';
import { toRefusal } from '../../lib/refusal.js';
import { startBatch } from '../batch/queue.js';
import { addDataFiles, addText } from '../data/files.js';
import { resetData } from '../data/state.js';
import { applyDocument } from '../recipe/share.js';
import { cancel } from '../run/pipeline.js';
import { runRefusal, wasCancelled } from '../run/state.js';
import { verdict } from '../verdict/state.js';
import { withInputShapes, type Shape } from './shapes.js';
import { model, opening, openRefusal, type OpenModel } from './state.js';
import { words } from './words.js';

/** Loads a model for one short look at it, beside whatever else is going on. */
function lookAt<Result>(
  bytes: Uint8Array,
  look: (
    ...given: [OctoliteWorker, Awaited<ReturnType<OctoliteWorker['loadModel']>>]
  ) => Promise<Result>,
): Promise<Result> {
  return engine.run(new AbortController().signal, async (worker) => {
    const loaded = await loadModel(worker, bytes);
    try {
      return await look(worker, loaded);
    } finally {
      loaded.dispose();
    }
  });
}

/** Results and refusals were of what is replaced now. */
function put(open: OpenModel): void {
  cancel();
  verdict.value = null;
  runRefusal.value = null;
  wasCancelled.value = false;
  model.value = open;
}

/**
 * Reads a model and puts it on the table. What is there already stays when the new one is refused.
 * @returns Whether it was opened.
 */
export async function openModel(
  name: string,
  bytes: Uint8Array,
  isSample = false,
): Promise<boolean> {
  opening.value = name;
  openRefusal.value = null;
  try {
    const inspection = await lookAt(bytes, (worker, loaded) => worker.inspect(loaded));
    resetData();
    put({ name, bytes, inspection, isSample, shapes: null });
    announce(words.value.isOpen(name));
    return true;
  } catch (error) {
    openRefusal.value = toRefusal(error, name);
    return false;
  } finally {
    opening.value = '';
  }
}

/**
 * Gives the inputs of the open model other sizes, for all that runs from now on.
 * @throws OctoliteError when an operator cannot work with them.
 */
export async function chooseShapes(open: OpenModel, shapes: readonly Shape[]): Promise<void> {
  const bytes = withInputShapes(open.bytes, shapes);
  const inspection = await lookAt(bytes, async (worker, loaded): Promise<Inspection> => {
    const interpreter = await worker.createInterpreter(loaded);
    try {
      await interpreter.allocateTensors();
    } catch (error) {
      // It is told elsewhere, and some recipes run nothing.
      if (!isOctoliteError(error) || error.code !== 'UNSUPPORTED_OPERATOR') throw error;
    } finally {
      interpreter.dispose();
    }
    return worker.inspect(loaded);
  });
  if (model.value !== open) return;
  put({ ...open, bytes, inspection, shapes });
  announce(words.value.shapesChosen);
}

/** Takes what was dropped, picked or pasted: models, or data for the one that is open. */
export async function openFiles(files: readonly File[]): Promise<void> {
  for (const file of files.filter(isRecipe)) applyDocument(await file.text(), file.name);
  const data = files.filter(isData);
  const others = files.filter((file) => !isData(file) && !isRecipe(file));
  const areTexts = await Promise.all(others.map(isText));
  const texts = others.filter((_, i) => areTexts[i]);
  // Without a model there is nothing that text could be about.
  const isAbout = model.value !== null || texts.length < others.length;
  const models = isAbout ? others.filter((_, i) => !areTexts[i]) : others;
  const read = await Promise.all(
    models.map(async (file) => ({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
  if (read.length > 1) startBatch(read);
  // Of several, the first that can be read is shown, so that recipe and data can be chosen.
  let isOpen = read.length === 0;
  for (const { name, bytes } of read) {
    isOpen ||= await openModel(name, bytes);
  }
  if (!isOpen) return;
  if (read.length > 1) openRefusal.value = null;
  if (data.length > 0) await addDataFiles(data);
  if (!isAbout || !model.value) return;
  for (const file of texts) await addText(file, model.value);
}
