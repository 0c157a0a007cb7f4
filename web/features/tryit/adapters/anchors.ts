import { suppress } from '../boxes.js';
import { sigmoid } from '../numbers.js';
import type { Box, Output, Point } from '../reading.js';
import type { Adapter } from './adapter.js';

const MOST_OVERLAP = 0.3;

/**
 * The middles of the anchors of MediaPipe's face and palm detectors: two at each place of a grid,
 * then six at each place of one half as fine. Both sizes of the grid follow from how many there are.
 */
export function anchorCenters(count: number): Point[] | null {
  const side = Math.sqrt(count / 3.5);
  if (!Number.isInteger(side) || side % 2 !== 0) return null;
  const layer = (cells: number, each: number): Point[] =>
    Array.from({ length: cells * cells * each }, (_, i) => {
      const cell = Math.floor(i / each);
      return { x: ((cell % cells) + 0.5) / cells, y: (Math.floor(cell / cells) + 0.5) / cells };
    });
  return [...layer(side, 2), ...layer(side / 2, 6)];
}

interface Parts {
  readonly boxes: Output;
  readonly scores: Output;
  readonly centers: readonly Point[];
  /** Numbers that describe a box: its middle, its size, then key points. */
  readonly fields: number;
}

function partsOf(outputs: readonly Output[]): Parts | null {
  const scores = outputs.find(({ shape }) => shape.length === 3 && shape[2] === 1);
  const boxes = outputs.find(({ shape }) => shape.length === 3 && shape[2]! > 4);
  if (outputs.length !== 2 || !scores || !boxes || scores.shape[1] !== boxes.shape[1]) return null;
  const fields = boxes.shape[2]!;
  const centers = anchorCenters(boxes.shape[1]!);
  return centers && fields % 2 === 0 ? { boxes, scores, centers, fields } : null;
}

/** Faces and palms with key points, as BlazeFace and what came of it find them. */
export const anchors: Adapter = {
  id: 'anchors',
  looksLike: ({ outputs, picture }) => picture !== null && partsOf(outputs) !== null,
  read: (outputs, { picture, leastScore }) => {
    const parts = partsOf(outputs);
    if (!parts || !picture) return null;
    const { width, height } = picture;
    const { values } = parts.boxes;
    const found: Box[] = [];
    parts.centers.forEach((center, i) => {
      const score = sigmoid(parts.scores.values[i]!);
      if (score < leastScore) return;
      const at = i * parts.fields;
      // All is in pixels from the middle of the anchor.
      const place = (field: number): Point => ({
        x: center.x + values[at + field]! / width,
        y: center.y + values[at + field + 1]! / height,
      });
      const middle = place(0);
      const [across, down] = [values[at + 2]! / width, values[at + 3]! / height];
      const points = [];
      for (let field = 4; field < parts.fields; field += 2) points.push(place(field));
      found.push({
        left: middle.x - across / 2,
        top: middle.y - down / 2,
        right: middle.x + across / 2,
        bottom: middle.y + down / 2,
        score,
        category: null,
        points,
      });
    });
    return { kind: 'boxes', boxes: suppress(found, MOST_OVERLAP) };
  },
};
