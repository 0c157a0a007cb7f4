import type { Sample, TensorInput } from 'octolite';
import type { PictureShape } from '../data/preprocess.js';
import { summarize } from './numbers.js';

/** One input, and what a person sees of it. */
export interface Frame {
  readonly sample: Sample;
  /** The part of the picture that the model is given; null when it is given something else. */
  readonly picture: OffscreenCanvas | null;
}

/** The values of the first input. */
function firstOf(sample: Sample): TensorInput | undefined {
  if (ArrayBuffer.isView(sample)) return sample;
  return Object.values(sample)[0] as TensorInput | undefined;
}

/** Values as shades, the least of them black. */
export function pixelsOf(
  values: Float32Array,
  { width, height, channels }: PictureShape,
): ImageData {
  const pixels = new ImageData(width, height);
  const { min, max } = summarize(values);
  const factor = 255 / (max - min || 1);
  for (let pixel = 0; pixel < width * height; ++pixel) {
    for (let channel = 0; channel < 3; ++channel) {
      const value = values[pixel * channels + (channel % channels)]!;
      pixels.data[4 * pixel + channel] = (value - min) * factor;
    }
    pixels.data[4 * pixel + 3] = 255;
  }
  return pixels;
}

export function canvasOf(pixels: ImageData): OffscreenCanvas {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  return canvas;
}

/** A frame of a sample that came without a picture. */
export function frameOf(sample: Sample, shape: PictureShape | null): Frame {
  const values = shape && firstOf(sample);
  const picture = values instanceof Float32Array ? canvasOf(pixelsOf(values, shape!)) : null;
  return { sample, picture };
}
