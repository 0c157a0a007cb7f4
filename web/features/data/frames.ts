/** Samples and what a person sees of them; for the worker, as it takes canvases and a while. */
import { decodeSound, imageToTensor, type Sample, type TensorDetails } from 'octolite';
import { outline, statsOf, WAVE_PARTS } from './look.js';
import { optionsOf, pictureShape, type Layout } from './preprocess.js';
import type { Frame, PictureTask, SoundTask } from './protocol.js';
import { cutOut, fitted, regionOf, type Region, type Size } from './region.js';
import { encodeWav } from './wav_file.js';

/** So many pixels the longer side of a picture that is shown has. */
const SHOWN_SIDE = 640;
/** So many values in a row are a sound. */
const LEAST_WAVE = 1000;

/** The values of one of the inputs. */
export function valuesOf(
  sample: Sample,
  inputs: readonly TensorDetails[],
  place: number,
): Float32Array {
  const all = sample as Readonly<Record<string, unknown>>;
  const key = Array.isArray(sample) ? place : inputs[place]!.name;
  const values = ArrayBuffer.isView(sample) ? sample : all[key];
  return values instanceof Float32Array
    ? values
    : Float32Array.from(values as ArrayLike<number>, Number);
}

/** The picture that an input is, its least value black; null where it is none. */
export function pixelsOf(
  values: Float32Array,
  input: TensorDetails,
  layout: Layout,
  { min, max } = statsOf(values),
): ImageData | null {
  const shape = pictureShape([input], layout);
  if (!shape) return null;
  const { width, height, channels } = shape;
  const pixels = new ImageData(width, height);
  const factor = 255 / (max - min || 1);
  const [step, plane] = layout === 'NCHW' ? [1, width * height] : [channels, 1];
  for (let pixel = 0; pixel < width * height; ++pixel) {
    for (let channel = 0; channel < 3; ++channel) {
      const value = values[pixel * step + (channel % channels) * plane]!;
      pixels.data[4 * pixel + channel] = (value - min) * factor;
    }
    pixels.data[4 * pixel + 3] = 255;
  }
  return pixels;
}

/** A region of a picture in another size. */
function drawn(bitmap: ImageBitmap, region: Region, size: Size): OffscreenCanvas {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.fillRect(0, 0, size.width, size.height);
  const [across, down] = [size.width / region.width, size.height / region.height];
  const [width, height] = [bitmap.width * across, bitmap.height * down];
  context.drawImage(bitmap, -region.x * across, -region.y * down, width, height);
  return canvas;
}

/**
 * A picture, or a part of it, as an input. It is brought to the size of the input by the browser,
 * which is quick.
 * @param exact The whole picture as calibration prepares it, where that is known.
 */
export function frameOfPicture(
  { bitmap, input, preprocessing, cut }: PictureTask,
  exact?: Sample,
): Frame {
  const shape = pictureShape([input], preprocessing.layout)!;
  const region = cutOut(regionOf(bitmap, shape, preprocessing.resize), cut);
  const toTensor = (): Sample => {
    const context = drawn(bitmap, region, shape).getContext('2d')!;
    const pixels = context.getImageData(0, 0, shape.width, shape.height);
    return imageToTensor(pixels, input, optionsOf(preprocessing));
  };
  const sample = exact ?? toTensor();
  const picture = drawn(bitmap, region, fitted(region, SHOWN_SIDE)).transferToImageBitmap();
  bitmap.close();
  return { sample, picture, wave: null };
}

/** A sample that came without a picture. */
export async function frameOfSample(
  sample: Sample,
  inputs: readonly TensorDetails[],
  layout: Layout,
): Promise<Frame> {
  const place = inputs.findIndex((input) => pictureShape([input], layout));
  const [first] = inputs;
  if (place >= 0) {
    const pixels = pixelsOf(valuesOf(sample, inputs, place), inputs[place]!, layout)!;
    return { sample, picture: await createImageBitmap(pixels), wave: null };
  }
  const values = first?.dtype === 'float32' ? valuesOf(sample, inputs, 0) : [];
  const isWave = values.length >= LEAST_WAVE;
  return { sample, picture: null, wave: isWave ? outline(values, WAVE_PARTS) : null };
}

/** The end of a sound, resampled as those in files are. */
export async function frameOfSound({
  samples,
  sampleRate,
  length,
  inputRate,
}: SoundTask): Promise<Frame> {
  const heard = await decodeSound(encodeWav(samples, sampleRate), { sampleRate: inputRate });
  const sample = heard.slice(Math.max(0, heard.length - length));
  return { sample, picture: null, wave: outline(sample, WAVE_PARTS) };
}
