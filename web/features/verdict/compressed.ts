import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { blobOf, nextTask } from '../../lib/pieces.js';

/** Compressing takes a while, so it is done once for each file. */
const known = new WeakMap<Uint8Array, ReadonlySignal<number | null>>();

/** The size of a file as servers send it, compressed with gzip; null until it is known. */
export function gzipSizeOf(bytes: Uint8Array): ReadonlySignal<number | null> {
  const found = known.get(bytes);
  if (found) return found;
  const size = signal<number | null>(null);
  known.set(bytes, size);
  void compress(bytes, size);
  return size;
}

async function compress(bytes: Uint8Array, size: Signal<number | null>): Promise<void> {
  // Whoever asks is drawing something.
  await nextTask();
  const file = await blobOf(bytes);
  const worker = new Worker(new URL('./gzip.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<number>) => {
    size.value = data;
    worker.terminate();
  };
  // It stays unknown, and nothing else waits for it.
  worker.onerror = () => worker.terminate();
  worker.postMessage(file);
}
