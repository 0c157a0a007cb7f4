import type { Sample, TensorInput } from 'octolite';
import type { Layout, PictureShape } from '../data/preprocess.js';
import { summarize } from './numbers.js';
import type { PictureInput } from './state.js';

/** One input, and what a person sees of it. */
export interface Frame {
  readonly sample: Sample;
  /** The part of the picture that the model is given; null when it is given something else. */
  readonly picture: OffscreenCanvas | null;
  /** The sound that it is; null when it is none. */
  readonly wave: Float32Array | null;
}

/** The values of one of the inputs. */
function valuesOf(sample: Sample, place: number): unknown {
  if (ArrayBuffer.isView(sample)) return sample;
  return (Object.values(sample) as TensorInput[])[place];
}

/** Values as shades, the least of them black. */
export function pixelsOf(
  values: Float32Array,
  { width, height, channels }: PictureShape,
  layout: Layout,
): ImageData {
  const pixels = new ImageData(width, height);
  const { min, max } = summarize(values);
  const factor = 255 / (max - min || 1);
  const count = width * height;
  for (let pixel = 0; pixel < count; ++pixel) {
    for (let i = 0; i < 3; ++i) {
      const channel = i % channels;
      const at = layout === 'NHWC' ? pixel * channels + channel : channel * count + pixel;
      pixels.data[4 * pixel + i] = (values[at]! - min) * factor;
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

/** So many values in a row are a sound. */
const LEAST_WAVE = 1000;

/** A frame of a sample that came without a picture. */
export function frameOf(sample: Sample, picture: PictureInput | null, layout: Layout): Frame {
  const values = valuesOf(sample, picture?.place ?? 0);
  if (!(values instanceof Float32Array)) return { sample, picture: null, wave: null };
  if (picture) {
    return { sample, picture: canvasOf(pixelsOf(values, picture.shape, layout)), wave: null };
  }
  return { sample, picture: null, wave: values.length >= LEAST_WAVE ? values : null };
}
