/** From here on nobody sees a difference; from there on nothing is left of the signal. */
const COLD_DB = 45;
const HOT_DB = 5;

/** How hot a signal-to-noise ratio is, 0 to 1. */
export function heatOfSqnr(decibels: number): number {
  return Math.min(Math.max((COLD_DB - decibels) / (COLD_DB - HOT_DB), 0), 1);
}

/** How hot a share is, 0 to 1: the root, so that a tenth is seen beside a half. */
export function heatOfShare(share: number): number {
  return Math.sqrt(Math.min(Math.max(share, 0), 1));
}
