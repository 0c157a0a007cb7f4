import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { helper } from '../../helper.js';
import { blobOf, nextTask } from '../../lib/pieces.js';

/** In bytes, once it is known. */
export type GzipSize = number | 'compressing' | 'failed';

/** Compressing takes a while, so it is done once for each file. */
const known = new WeakMap<Uint8Array, Signal<GzipSize>>();

async function compress(bytes: Uint8Array, size: Signal<GzipSize>): Promise<void> {
  size.value = 'compressing';
  // Whoever asks is drawing something.
  await nextTask();
  try {
    size.value = await helper.ask('gzipSize', await blobOf(bytes));
  } catch {
    size.value = 'failed';
  }
}

/** The size of a file as servers send it, compressed with gzip. */
export function gzipSizeOf(bytes: Uint8Array): ReadonlySignal<GzipSize> {
  const found = known.get(bytes);
  if (found) return found;
  const size = signal<GzipSize>('compressing');
  known.set(bytes, size);
  void compress(bytes, size);
  return size;
}

/** As `gzipSizeOf`; null while it is not known. */
export function gzipBytesOf(bytes: Uint8Array): number | null {
  const { value } = gzipSizeOf(bytes);
  return typeof value === 'number' ? value : null;
}

/** Tries again where it failed. */
export function compressAgain(bytes: Uint8Array): void {
  const size = known.get(bytes);
  if (size?.value === 'failed') void compress(bytes, size);
}
