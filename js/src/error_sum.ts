/** SQNR is kept in this range, in dB, so that it is always a number (src/analyze/error_metrics.h). */
export const MAX_SQNR_DB = 300;

/** How far real values are from others, over a stream of pairs. */
export interface ErrorSummary {
  /** Signal-to-quantization-noise ratio in decibels, -300 to 300; 300 for no error at all. */
  readonly sqnrDb: number;
  /** Energy of the error relative to the signal's: what SQNR is the logarithm of. */
  readonly relativeError: number;
  readonly maxAbsError: number;
  readonly meanAbsError: number;
  /** Pairs of finite values. */
  readonly count: number;
}

export class ErrorSum {
  #signal = 0;
  #noise = 0;
  #absolute = 0;
  #largest = 0;
  #count = 0;

  add(reference: ArrayLike<number>, value: ArrayLike<number>): void {
    for (let i = 0; i < reference.length; ++i) this.addPair(reference[i]!, value[i]!);
  }

  /** A pair of which one is not finite counts for nothing. */
  addPair(reference: number, value: number): void {
    const error = Math.abs(reference - value);
    if (!Number.isFinite(error)) return;
    this.#signal += reference * reference;
    this.#noise += error * error;
    this.#absolute += error;
    this.#largest = Math.max(this.#largest, error);
    ++this.#count;
  }

  summary(): ErrorSummary {
    const [signal, noise, count] = [this.#signal, this.#noise, this.#count];
    return {
      sqnrDb: sqnrOf(signal, noise),
      relativeError: noise === 0 ? 0 : signal === 0 ? 10 ** (MAX_SQNR_DB / 10) : noise / signal,
      maxAbsError: this.#largest,
      meanAbsError: count > 0 ? this.#absolute / count : 0,
      count,
    };
  }
}

function sqnrOf(signal: number, noise: number): number {
  if (noise === 0) return MAX_SQNR_DB;
  if (signal === 0) return -MAX_SQNR_DB;
  return Math.min(MAX_SQNR_DB, Math.max(-MAX_SQNR_DB, 10 * Math.log10(signal / noise)));
}
