import { pauser } from '../tasks.js';
import type { CalibrationStatistics, TensorStatistics } from '../types.js';

/** Arrays are put into blocks of this many bytes, or of their own size if that is more. */
const BLOCK_BYTES = 1 << 20;

/** All that the arrays hold begins at a multiple of this. */
const ALIGNMENT = 8;

/** Copies arrays into few blocks of memory, which can be moved to a worker. */
class Packer {
  readonly blocks: ArrayBuffer[] = [];
  #block = new ArrayBuffer(0);
  #used = 0;

  floats(array: Float64Array): Float64Array<ArrayBuffer> {
    const copy = new Float64Array(...this.#take(array.byteLength), array.length);
    copy.set(array);
    return copy;
  }

  words(array: Uint32Array): Uint32Array<ArrayBuffer> {
    const copy = new Uint32Array(...this.#take(array.byteLength), array.length);
    copy.set(array);
    return copy;
  }

  #take(bytes: number): [block: ArrayBuffer, offset: number] {
    if (this.#used + bytes > this.#block.byteLength) {
      this.#block = new ArrayBuffer(Math.max(bytes, BLOCK_BYTES));
      this.#used = 0;
      this.blocks.push(this.#block);
    }
    const offset = this.#used;
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return [this.#block, offset];
  }
}

/**
 * A copy of statistics, and the memory to be moved with it. It is made tensor by tensor, and lets
 * events through: a model of thousands of layers has tens of megabytes of them.
 */
export async function copyStatistics(
  statistics: CalibrationStatistics,
): Promise<{ readonly copy: CalibrationStatistics; readonly transfer: ArrayBuffer[] }> {
  const packer = new Packer();
  const pause = pauser();
  const subgraphs: CalibrationStatistics['subgraphs'][number][] = [];
  for (const entry of statistics.subgraphs) {
    const tensors: TensorStatistics[] = [];
    for (const tensor of entry.tensors) {
      const { histogram, channels } = tensor;
      tensors.push({
        ...tensor,
        histogram: packer.floats(histogram),
        ...(channels && { channels: { ...channels, sums: packer.words(channels.sums) } }),
      });
      await pause();
    }
    subgraphs.push({ ...entry, tensors });
  }
  return { copy: { ...statistics, subgraphs }, transfer: packer.blocks };
}
