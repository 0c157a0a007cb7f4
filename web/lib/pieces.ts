/** Work with large blocks of memory, in tasks that are short. */

/** Bytes that are copied at a time: a few milliseconds. */
const PIECE = 4 << 20;

/** Resolves in a task of its own. Timers would do, but for those of a tab in the background. */
export function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port2.onmessage = () => {
      port2.close();
      resolve();
    };
    port1.postMessage(null);
  });
}

/** Resolves once the page is drawn as it is now, where anybody can see it. */
export async function nextFrame(): Promise<void> {
  if (!document.hidden) await new Promise((resolve) => requestAnimationFrame(resolve));
  await nextTask();
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<readonly [Uint8Array, number]> {
  for (let from = 0; from < bytes.byteLength; from += PIECE) {
    if (from > 0) await nextTask();
    yield [bytes.subarray(from, from + PIECE), from];
  }
}

/** A copy, to be moved to a worker: cloning a large block in one go holds the page up. */
export async function copyOf(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.byteLength);
  for await (const [piece, from] of pieces(bytes)) copy.set(piece, from);
  return copy;
}

/** The same as a file in memory. */
export async function blobOf(bytes: Uint8Array, type = ''): Promise<Blob> {
  const parts: Blob[] = [];
  for await (const [piece] of pieces(bytes)) parts.push(new Blob([piece as BlobPart]));
  return new Blob(parts, { type });
}
