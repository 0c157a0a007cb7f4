import { signal, type ReadonlySignal } from '@preact/signals';

/** Compressing takes a while, so it is done once for each file. */
const known = new WeakMap<Uint8Array, ReadonlySignal<number | null>>();

/** The size of a file as servers send it, compressed with gzip; null until it is known. */
export function gzipSizeOf(bytes: Uint8Array): ReadonlySignal<number | null> {
  const found = known.get(bytes);
  if (found) return found;
  const size = signal<number | null>(null);
  known.set(bytes, size);
  const worker = new Worker(new URL('./gzip.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<number>) => {
    size.value = data;
    worker.terminate();
  };
  // It stays unknown, and nothing else waits for it.
  worker.onerror = () => worker.terminate();
  worker.postMessage(new Blob([bytes as BlobPart]));
  return size;
}
