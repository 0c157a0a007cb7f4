import type { Box } from './reading.js';

/** Area of what two boxes share, over the area that they cover together. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box): number => (box.right - box.left) * (box.bottom - box.top);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** Non-maximum suppression: of boxes of a class that overlap more than `most`, the best stays. */
export function suppress(boxes: readonly Box[], most: number, limit = 100): Box[] {
  const sorted = [...boxes].sort((a, b) => b.score - a.score);
  const kept: Box[] = [];
  for (const box of sorted) {
    if (kept.length === limit) break;
    const hidden = kept.some(
      (other) => other.category === box.category && overlap(other, box) > most,
    );
    if (!hidden) kept.push(box);
  }
  return kept;
}

export interface BoxMatch {
  readonly a: Box;
  readonly b: Box;
  readonly overlap: number;
}

/** Pairs boxes of two models, those that overlap most first; classes have to be the same. */
export function pairBoxes(a: readonly Box[], b: readonly Box[], least = 0.3): BoxMatch[] {
  const candidates = a
    .flatMap((one) =>
      b
        .filter(({ category }) => category === one.category)
        .map((other) => ({ a: one, b: other, overlap: overlap(one, other) })),
    )
    .filter((match) => match.overlap >= least)
    .sort((one, other) => other.overlap - one.overlap);
  const used = new Set<Box>();
  return candidates.filter((match) => {
    if (used.has(match.a) || used.has(match.b)) return false;
    used.add(match.a).add(match.b);
    return true;
  });
}
