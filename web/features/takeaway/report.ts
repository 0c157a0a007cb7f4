import { effect } from '@preact/signals';
import type { ReportParts } from 'octolite';
import { describeRecipe } from '../compare/naming.js';
import { measureLayers } from '../layers/measure.js';
import { lastProgress, measurementOf, storedCount, type LayerMeasurement } from '../layers/state.js';
import type { Verdict } from '../verdict/state.js';

/** What was measured of a verdict's layers, which may be under way; null when it was stopped. */
async function layersOf(result: Verdict): Promise<LayerMeasurement | null> {
  void measureLayers(result);
  return new Promise((resolve) => {
    let isSettled = false;
    let stop: () => void = () => undefined;
    const settle = (value: LayerMeasurement | null): void => {
      isSettled = true;
      resolve(value);
      stop();
    };
    stop = effect(() => {
      void storedCount.value;
      const progress = lastProgress.value;
      const measured = measurementOf(result);
      if (isSettled) return;
      if (measured) settle(measured);
      else if (progress?.of !== result || progress.kind !== 'working') settle(null);
    });
    if (isSettled) stop();
  });
}

function inWorker(parts: ReportParts): Promise<string> {
  const worker = new Worker(new URL('./report.js', import.meta.url), { type: 'module' });
  const answer = new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ html: string } | { error: string }>) => {
      if ('html' in data) resolve(data.html);
      else reject(new Error(data.error));
    };
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
  });
  worker.postMessage(parts);
  return answer.finally(() => worker.terminate());
}

/** The library's report, layer by layer, as a page of its own; null when measuring was stopped. */
export async function htmlReport(result: Verdict): Promise<string | null> {
  const layers = await layersOf(result);
  if (!layers) return null;
  const { open, fileName, bytes, inspection, report, settings, data } = result;
  const side = { inspection: inspection.before, benchmark: layers.before ?? undefined };
  return inWorker({
    before: { name: open.name, bytes: open.bytes, ...side },
    after: {
      name: fileName,
      bytes,
      inspection: inspection.after,
      benchmark: layers.after ?? undefined,
    },
    comparison: layers.comparison,
    quantization: report,
    recipe: describeRecipe(settings, true).join(', '),
    data: data.description,
  });
}
