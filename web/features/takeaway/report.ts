import { effect, signal } from '@preact/signals';
import { helper } from '../../helper.js';
import { copyOf } from '../../lib/pieces.js';
import type { Refusal } from '../../lib/refusal.js';
import { describeRecipe } from '../compare/naming.js';
import { measureLayers } from '../layers/measure.js';
import {
  lastProgress,
  measuredLayers,
  measurementOf,
  type LayerMeasurement,
} from '../layers/state.js';
import type { Verdict } from '../verdict/state.js';

/**
 * What was measured of the layers of the verdict on the page, which may be under way.
 * @returns Null when it was stopped, or why there is none.
 */
async function layersOf(result: Verdict): Promise<LayerMeasurement | Refusal | null> {
  void measureLayers(result);
  return new Promise((resolve) => {
    const ended = signal(false);
    effect(() => {
      // It changes with what `measurementOf` knows.
      void measuredLayers.value;
      const progress = lastProgress.value;
      if (ended.value) return;
      const measured = measurementOf(result);
      const now = progress?.of === result ? progress : null;
      if (!measured && now?.kind === 'working') return;
      resolve(measured ?? (now?.kind === 'refused' ? now.refusal : null));
      ended.value = true;
    });
  });
}

/**
 * The library's report, layer by layer, as a page of its own.
 * @returns Null when measuring was stopped, or why there is none.
 */
export async function htmlReport(result: Verdict): Promise<string | Refusal | null> {
  const layers = await layersOf(result);
  if (!layers || !('comparison' in layers)) return layers;
  const { open, fileName, inspection, report, settings, data } = result;
  const files = { before: await copyOf(open.bytes), after: await copyOf(result.bytes) };
  const parts = {
    before: {
      name: open.name,
      bytes: files.before,
      inspection: inspection.before,
      benchmark: layers.before,
    },
    after: {
      name: fileName,
      bytes: files.after,
      inspection: inspection.after,
      benchmark: layers.after,
    },
    comparison: layers.comparison,
    quantization: report,
    recipe: describeRecipe(settings, true).join(', '),
    data: data.description,
  };
  return helper.ask('reportPage', parts, [files.before.buffer, files.after.buffer]);
}
