import { OctoliteError } from '../errors.js';
import type { TensorDetails } from '../types.js';
import type { RgbaImage } from './image.js';
import { resizeImage, type ResizeMode } from './resize.js';

/** How pixels, which are 0 to 255, become the numbers that a model takes. */
export interface PreprocessOptions {
  /** Images of another size than the input are refused unless this says how to resize them. */
  resize?: ResizeMode | undefined;
  /**
   * Pixels 0 to 255 become low to high. Default: what the input can represent when it is quantized;
   * [0, 255] when there is a mean or std; else [0, 1].
   */
  range?: readonly [low: number, high: number] | undefined;
  /** After `range`: (value - mean) / std, one number for all channels or one for each. */
  mean?: readonly number[] | undefined;
  /** As `mean`. */
  std?: readonly number[] | undefined;
  /** How the input arranges channels; default NHWC, which is what .tflite models have. */
  layout?: 'NHWC' | 'NCHW' | undefined;
}

const INTEGER_LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
};

/** The range that pixels are mapped to, and whether the caller chose it. */
export function pixelRange(
  input: TensorDetails,
  { range, mean, std }: PreprocessOptions,
): { range: readonly [number, number]; chosen: boolean } {
  if (range) return { range, chosen: true };
  if (mean ?? std) return { range: [0, 255], chosen: true };
  const limits = INTEGER_LIMITS[input.dtype];
  const { scale, zeroPoint } = input.quantization;
  if (limits && scale > 0) {
    return {
      range: [(limits[0] - zeroPoint) * scale, (limits[1] - zeroPoint) * scale],
      chosen: true,
    };
  }
  return { range: [0, 1], chosen: false };
}

/** A function from a pixel's value and channel to the number for the model. */
export function pixelMap(
  input: TensorDetails,
  channels: number,
  options: PreprocessOptions,
): (value: number, channel: number) => number {
  const [low, high] = pixelRange(input, options).range;
  const mean = perChannel(options.mean, 0, channels, 'mean');
  const std = perChannel(options.std, 1, channels, 'std');
  if (std.some((value) => !(value > 0))) {
    throw new OctoliteError('INVALID_ARGUMENT', `'std' must be above 0`);
  }
  const step = (high - low) / 255;
  return (value, channel) => (value * step + low - mean[channel]!) / std[channel]!;
}

function perChannel(
  given: readonly number[] | undefined,
  fallback: number,
  channels: number,
  name: string,
): number[] {
  const values = given ?? [fallback];
  if (values.length === 1) return Array.from({ length: channels }, () => values[0]!);
  if (values.length === channels) return [...values];
  throw new OctoliteError(
    'INVALID_ARGUMENT',
    `'${name}' has ${values.length} numbers where the input has ${channels} channels`,
  );
}

/**
 * An image as the values of a model's input, in real numbers. One channel takes the brightness
 * (ITU-R BT.601), four take the opacity too.
 * @throws OctoliteError SHAPE_MISMATCH.
 */
export function imageToTensor(
  image: RgbaImage,
  input: TensorDetails,
  options: PreprocessOptions = {},
  file = 'image',
): Float32Array {
  const planar = options.layout === 'NCHW';
  const { shape } = input;
  const [height, width, channels] = planar
    ? [shape[2], shape[3], shape[1]]
    : [shape[1], shape[2], shape[3]];
  const fits = shape.length === 4 && shape[0] === 1 && [1, 3, 4].includes(channels ?? 0);
  if (!fits || !height || !width || !channels) {
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      `an input of shape [${shape.join(', ')}] does not take an image`,
      { file, tensorName: input.name },
    );
  }
  let sized = image;
  if (image.width !== width || image.height !== height) {
    if (!options.resize) {
      throw new OctoliteError(
        'SHAPE_MISMATCH',
        `the image is ${image.width} x ${image.height} pixels where the input takes ` +
          `${width} x ${height}`,
        { file, tensorName: input.name, hint: 'say how to resize it: stretch, crop or pad' },
      );
    }
    sized = resizeImage(image, width, height, options.resize);
  }
  const map = pixelMap(input, channels, options);
  const pixels = width * height;
  const values = new Float32Array(pixels * channels);
  for (let i = 0; i < pixels; ++i) {
    for (let c = 0; c < channels; ++c) {
      const value = channels === 1 ? brightness(sized.data, 4 * i) : sized.data[4 * i + c]!;
      values[planar ? c * pixels + i : channels * i + c] = map(value, c);
    }
  }
  return values;
}

function brightness(data: ArrayLike<number>, at: number): number {
  const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
  return red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
}
