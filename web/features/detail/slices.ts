/** How long the main thread is kept at most, well below what is felt. */
const SLICE_MS = 12;
const BLOCK = 1 << 16;

const pause = (): Promise<void> => new Promise((resume) => setTimeout(resume));

/**
 * Goes through `length` elements block by block, letting the page breathe in between.
 * @throws What `abort` was aborted with.
 */
export async function inSlices(
  length: number,
  abort: AbortSignal,
  work: (from: number, to: number) => void,
): Promise<void> {
  let begun = performance.now();
  for (let from = 0; from < length; from += BLOCK) {
    work(from, Math.min(from + BLOCK, length));
    if (performance.now() - begun < SLICE_MS) continue;
    await pause();
    abort.throwIfAborted();
    begun = performance.now();
  }
}
