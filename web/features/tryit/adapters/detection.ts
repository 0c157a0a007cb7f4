import type { Box, Output } from '../reading.js';
import type { Adapter } from './adapter.js';

interface Parts {
  readonly boxes: Float32Array;
  readonly categories: Float32Array;
  readonly scores: Float32Array;
  readonly count: number;
}

/**
 * The four outputs of TFLite_Detection_PostProcess: boxes, classes, scores, count. Converters put
 * them in other orders, so they are told by shape, and classes from scores by being whole numbers.
 */
function partsOf(outputs: readonly Output[]): Parts | null {
  if (outputs.length !== 4) return null;
  const boxes = outputs.find(({ shape }) => shape.length > 1 && shape.at(-1) === 4);
  const most = (boxes?.values.length ?? 0) / 4;
  const lists = outputs.filter((each) => each !== boxes && each.shape.length > 1);
  const count = outputs.find((each) => each !== boxes && !lists.includes(each));
  const [first, second] = lists;
  if (!boxes || !count || !first || !second) return null;
  if (first.values.length !== most || second.values.length !== most) return null;
  const isWhole = ({ values }: Output): boolean => values.every(Number.isInteger);
  const swapped = isWhole(second) && !isWhole(first);
  const [categories, scores] = swapped ? [second, first] : [first, second];
  return {
    boxes: boxes.values,
    categories: categories.values,
    scores: scores.values,
    count: Math.min(count.values[0] ?? 0, most),
  };
}

/** Boxes of SSD models, which suppress by themselves. */
export const detection: Adapter = {
  id: 'detection',
  looksLike: ({ outputs, picture }) => picture !== null && partsOf(outputs) !== null,
  read: (outputs, { leastScore }) => {
    const parts = partsOf(outputs);
    if (!parts) return null;
    const boxes: Box[] = [];
    for (let i = 0; i < parts.count; ++i) {
      const score = parts.scores[i]!;
      if (score < leastScore) continue;
      const [top, left, bottom, right] = parts.boxes.subarray(4 * i, 4 * i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      boxes.push({ left, top, right, bottom, score, category: parts.categories[i]!, points: [] });
    }
    return { kind: 'boxes', boxes: boxes.sort((a, b) => b.score - a.score) };
  },
};
