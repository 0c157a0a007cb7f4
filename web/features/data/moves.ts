import type { Convergence } from 'octolite';

/** How far a sample moved the range that it moved most, as a share of its span. */
export interface Move {
  readonly sample: number;
  readonly by: number;
}

/** Charts and tables have no more than this; of more, the farthest of each stretch is shown. */
const MOST_SHOWN = 256;
const FEW = 8;

export function movesShown(moves: readonly Move[]): readonly Move[] {
  if (moves.length <= MOST_SHOWN) return moves;
  const farthest = new Map<number, Move>();
  moves.forEach((move, index) => {
    const stretch = Math.floor((index * MOST_SHOWN) / moves.length);
    const before = farthest.get(stretch);
    if (!before || before.by < move.by) farthest.set(stretch, move);
  });
  return [...farthest.values()];
}

/** Whether the last quarter of the samples, and no fewer than a few, changed nothing of note. */
export function isSettled({ samples, stableAfter }: Convergence): boolean {
  return samples - stableAfter >= Math.max(FEW, samples / 4);
}
