/** The rows of a long list that are in view, and a few on either side. */
export interface RowWindow {
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Rows on either side that are there before they come into view. */
const BESIDE = 8;

/** It moves by so many rows at once, so that most steps of scrolling change nothing. */
const STEP = 4;

/** Which rows of `rowHeight` are needed for a view of `height` that begins at `top`. */
export function windowOf(top: number, height: number, rowHeight: number, count: number): RowWindow {
  const first = Math.floor(Math.max(top, 0) / rowHeight);
  const last = Math.ceil((Math.max(top, 0) + height) / rowHeight);
  const start = Math.floor((first - BESIDE) / STEP) * STEP;
  const end = Math.ceil((last + BESIDE) / STEP) * STEP;
  const clamp = (at: number): number => Math.min(Math.max(at, 0), count);
  return { start: clamp(start), end: clamp(end) };
}
