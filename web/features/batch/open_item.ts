import { batch } from '@preact/signals';
import { preprocessing } from '../data/state.js';
import { model } from '../open/state.js';
import { change } from '../recipe/state.js';
import { cancel } from '../run/pipeline.js';
import { runRefusal, wasCancelled } from '../run/state.js';
import { verdict, type Verdict } from '../verdict/state.js';

/** Shows a result of the queue as if it had been made on the page: its model, recipe and figures. */
export function openResult(result: Verdict): void {
  cancel();
  batch(() => {
    runRefusal.value = null;
    wasCancelled.value = false;
    model.value = result.open;
    // The files are still there; how they were prepared may have been presumed of another model.
    if (result.data.preprocessing) preprocessing.value = { ...result.data.preprocessing };
    change(result.settings);
    verdict.value = result;
  });
}
