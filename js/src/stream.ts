import { OctoliteError, throwIfAborted } from './errors.js';
import { needsCalibration, resolveRecipe, toRules } from './recipe.js';
import { openSink, type ByteSink, type ByteSource, type Output } from './remote.js';
import { pauser } from './tasks.js';
import type { AnyEngine } from './toolkit.js';
import type { QuantizeReport, QuantizeStreamOptions, TaskOptions } from './types.js';

const CHUNK_BYTES = 1 << 20;

/** Quantizes a model that is read and written piece by piece. */
export async function quantizeStreamed(
  engine: AnyEngine,
  source: Blob | ByteSource,
  sink: WritableStream<Uint8Array> | ByteSink,
  options: QuantizeStreamOptions,
): Promise<QuantizeReport> {
  const rules = toRules(options.recipe);
  const model = await engine.openRemoteModel(source);
  try {
    if (needsCalibration(rules)) {
      throw new OctoliteError(
        'INVALID_RECIPE',
        'static quantization needs the model in memory as a whole',
        { hint: 'use loadModel and quantize, or a dynamic, weight-only or float16 recipe' },
      );
    }
    const inspection = await engine.inspectRemote(model);
    const { operators } = resolveRecipe(rules, inspection, options.keepFloat);
    options.onProgress?.({ stage: 'quantize', done: 0, total: 1 });
    const { file, byteLength, report } = await engine.quantizeRemote(model, {
      operators,
      inputType: 'float32',
      outputType: 'float32',
      observer: 'min_max',
      percentile: 99.99,
    });
    try {
      await pour(engine, file, byteLength, openSink(sink), options);
    } finally {
      await engine.dispose(file);
    }
    return report;
  } finally {
    await engine.dispose(model);
  }
}

async function pour(
  engine: AnyEngine,
  file: number,
  size: number,
  output: Output,
  options: TaskOptions,
): Promise<void> {
  const pause = pauser();
  try {
    for (let done = 0; done < size; done += CHUNK_BYTES) {
      throwIfAborted(options.signal);
      options.onProgress?.({ stage: 'quantize', done, total: size });
      const count = Math.min(CHUNK_BYTES, size - done);
      await output.write(await engine.readRemote(file, done, count));
      await pause();
    }
    throwIfAborted(options.signal);
    await output.close();
    options.onProgress?.({ stage: 'quantize', done: size, total: size });
  } catch (error) {
    await output.abort(error);
    throw error;
  }
}
