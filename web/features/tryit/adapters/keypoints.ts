import { squeeze, type Adapter } from './adapter.js';
import { BODY_17 } from './skeletons.js';
import type { Output } from '../reading.js';

const POINTS = 17;

function pointsOf(outputs: readonly Output[]): Output | null {
  const [output, another] = outputs;
  return output && !another && squeeze(output.shape).join() === `${POINTS},3` ? output : null;
}

/** A body as MoveNet gives it: y, x and score of 17 points. */
export const keypoints: Adapter = {
  id: 'keypoints',
  looksLike: ({ outputs, picture }) => picture !== null && pointsOf(outputs) !== null,
  read: (outputs) => {
    const values = pointsOf(outputs)?.values;
    if (!values) return null;
    const points = Array.from({ length: POINTS }, (_, i) => ({
      x: values[3 * i + 1]!,
      y: values[3 * i]!,
      score: values[3 * i + 2]!,
    }));
    return { kind: 'points', points, bones: BODY_17, presence: null };
  },
};
