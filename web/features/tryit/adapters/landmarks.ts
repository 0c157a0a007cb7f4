import { statsOf } from '../../data/look.js';
import { sigmoid } from '../numbers.js';
import type { Output } from '../reading.js';
import { maker, type Adapter, type Task } from './adapter.js';
import { BODY_33, HAND_21 } from './skeletons.js';

interface Form {
  /** Numbers of a point; the first two are x and y. */
  readonly stride: number;
  /** Points that are drawn. */
  readonly count: number;
  readonly bones: readonly (readonly [number, number])[];
}

/** By how many numbers the output has. */
const FORMS: Readonly<Record<number, Form>> = {
  // Hands
  63: { stride: 3, count: 21, bones: HAND_21 },
  42: { stride: 2, count: 21, bones: HAND_21 },
  // Bodies: x, y, z, visibility, presence; what follows the first 33 helps to follow a body
  195: { stride: 5, count: 33, bones: BODY_33 },
  165: { stride: 5, count: 33, bones: BODY_33 },
  // Faces, without and with irises, and of 68 points
  1404: { stride: 3, count: 468, bones: [] },
  1434: { stride: 3, count: 478, bones: [] },
  136: { stride: 2, count: 68, bones: [] },
};

const LEAST_POINTS = 5;

/** A known form, or else any number of points of three numbers. */
function formOf(length: number): Form | null {
  const known = FORMS[length];
  if (known) return known;
  const count = length / 3;
  return Number.isInteger(count) && count >= LEAST_POINTS ? { stride: 3, count, bones: [] } : null;
}

function pointsOf(outputs: readonly Output[]): Output | undefined {
  return (
    outputs.find(({ values }) => FORMS[values.length]) ??
    outputs.find(({ values }) => values.length <= 10_000 && formOf(values.length))
  );
}

function presenceOf(outputs: readonly Output[]): number | null {
  const said = outputs.find(({ values }) => values.length === 1)?.values[0];
  if (said === undefined) return null;
  return said >= 0 && said <= 1 ? said : sigmoid(said);
}

/** Points on a face, hand or body, in pixels of the input or in shares of it. */
export const landmarks: Adapter = {
  id: 'landmarks',
  looksLike: (task: Task) =>
    task.picture !== null &&
    task.outputs.some(({ values: { length } }, i) => {
      return FORMS[length] && length !== task.names && maker(task, i) !== 'SOFTMAX';
    }),
  read: (outputs, { picture, outputs: ofFloat }) => {
    const output = pointsOf(outputs);
    const form = output && formOf(output.values.length);
    if (!output || !form || !picture) return null;
    const { stride, count, bones } = form;
    // The float model tells for both.
    const { max } = statsOf((pointsOf(ofFloat) ?? output).values);
    const [width, height] = max > 2 ? [picture.width, picture.height] : [1, 1];
    const points = Array.from({ length: count }, (_, i) => ({
      x: output.values[i * stride]! / width,
      y: output.values[i * stride + 1]! / height,
      score: 1,
    }));
    return { kind: 'points', points, bones, presence: presenceOf(outputs) };
  },
};
