import { statsOf } from '../../data/look.js';
import type { Adapter } from './adapter.js';
import { planeOf } from './segmentation.js';

/** What black and white are in a model's output; models keep to one of three customs. */
function shades(values: Float32Array): readonly [black: number, white: number] {
  const { min, max } = statsOf(values);
  if (max > 2) return [0, 255];
  return min < -0.2 ? [-1, 1] : [0, 1];
}

/** A picture: style transfer, super resolution, restoring. */
export const image: Adapter = {
  id: 'image',
  looksLike: ({ outputs, picture }) => {
    const channels = planeOf(outputs)?.channels;
    return picture !== null && (channels === 3 || (channels === 1 && picture.channels === 1));
  },
  read: (outputs, { outputs: ofFloat }) => {
    const plane = planeOf(outputs);
    if (!plane || (plane.channels !== 1 && plane.channels !== 3)) return null;
    const { width, height, channels, place } = plane;
    const { values } = plane.output;
    // The float model tells for both.
    const [black, white] = shades(ofFloat[place]!.values);
    const factor = 255 / (white - black);
    const rgba = new Uint8ClampedArray(4 * width * height);
    for (let pixel = 0; pixel < width * height; ++pixel) {
      for (let channel = 0; channel < 3; ++channel) {
        const value = values[pixel * channels + (channel % channels)]!;
        rgba[4 * pixel + channel] = (value - black) * factor;
      }
      rgba[4 * pixel + 3] = 255;
    }
    return { kind: 'picture', width, height, rgba };
  },
};
