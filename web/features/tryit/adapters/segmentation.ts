import { statsOf } from '../../data/look.js';
import type { Output } from '../reading.js';
import type { Adapter, Task } from './adapter.js';

const LEAST_SIDE = 16;
const MOST_CLASSES = 256;

export interface Plane {
  readonly output: Output;
  readonly place: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The first output that has a value, or a few, for each place of a picture. */
export function planeOf(outputs: readonly Output[]): Plane | null {
  for (const [place, output] of outputs.entries()) {
    const { shape } = output;
    const [height, width, channels = 1] = shape.length >= 3 ? shape.slice(1) : shape;
    if (shape.length < 2 || shape.length > 4 || (shape.length > 2 && shape[0] !== 1)) continue;
    if (!height || !width || height < LEAST_SIDE || width < LEAST_SIDE) continue;
    if (channels <= MOST_CLASSES) return { output, place, height, width, channels };
  }
  return null;
}

/** For each place the class with the largest of its values. */
export function argmaxPlane(values: Float32Array, channels: number): Uint8Array {
  const classes = new Uint8Array(values.length / channels);
  for (let place = 0, at = 0; place < classes.length; ++place) {
    let [best, most] = [0, values[at++]!];
    for (let channel = 1; channel < channels; ++channel) {
      const value = values[at++]!;
      if (value > most) [best, most] = [channel, value];
    }
    classes[place] = best;
  }
  return classes;
}

/** One value for each place: a probability, or a logit. */
function threshold(values: Float32Array, least: number): Uint8Array {
  const classes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; ++i) classes[i] = values[i]! > least ? 1 : 0;
  return classes;
}

/** A class for each place of the picture. */
export const segmentation: Adapter = {
  id: 'segmentation',
  looksLike: ({ outputs, picture, names }: Task) => {
    const plane = planeOf(outputs);
    if (!plane || picture?.channels !== 3) return false;
    return plane.channels !== 3 || names === 3;
  },
  read: (outputs, { outputs: ofFloat }) => {
    const plane = planeOf(outputs);
    if (!plane) return null;
    const { width, height, channels, place } = plane;
    const { values } = plane.output;
    if (channels > 1) {
      return {
        kind: 'mask',
        width,
        height,
        classes: argmaxPlane(values, channels),
        count: channels,
      };
    }
    const { min, max } = statsOf(ofFloat[place]!.values);
    const least = min >= 0 && max <= 1 ? 0.5 : 0;
    return { kind: 'mask', width, height, classes: threshold(values, least), count: 2 };
  },
};
