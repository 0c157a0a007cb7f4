import type { RgbaImage } from './image.js';

/**
 * How an image gets the size that a model wants. `stretch`: both sides on their own. `crop`: scaled
 * until it covers, the middle is taken. `pad`: scaled until it fits, black at the sides.
 */
export type ResizeMode = 'stretch' | 'crop' | 'pad';

/**
 * Resizes with a triangle filter as wide as the step between the pixels taken, so that shrinking
 * averages instead of skipping.
 */
export function resizeImage(
  image: RgbaImage,
  width: number,
  height: number,
  mode: ResizeMode,
): RgbaImage {
  if (mode === 'stretch') return scale(image, width, height);
  const ratios = [width / image.width, height / image.height] as const;
  const ratio = mode === 'crop' ? Math.max(...ratios) : Math.min(...ratios);
  const scaled = scale(
    image,
    Math.max(1, Math.round(image.width * ratio)),
    Math.max(1, Math.round(image.height * ratio)),
  );
  return center(scaled, width, height);
}

/** The middle of an image, or the image in the middle of black. */
function center(image: RgbaImage, width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  const left = Math.round((image.width - width) / 2);
  const top = Math.round((image.height - height) / 2);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      const to = 4 * (y * width + x);
      const [fromX, fromY] = [x + left, y + top];
      if (fromX >= 0 && fromX < image.width && fromY >= 0 && fromY < image.height) {
        const from = 4 * (fromY * image.width + fromX);
        for (let c = 0; c < 4; ++c) data[to + c] = image.data[from + c]!;
      } else {
        data[to + 3] = 255;
      }
    }
  }
  return { width, height, data };
}

function scale(image: RgbaImage, width: number, height: number): RgbaImage {
  if (image.width === width && image.height === height) return image;
  const { data } = image;
  const acrossTaps = taps(image.width, width);
  const across = new Float32Array(width * image.height * 4);
  for (let y = 0; y < image.height; ++y) {
    for (let x = 0; x < width; ++x) {
      const { first, weights } = acrossTaps[x]!;
      const to = 4 * (y * width + x);
      weights.forEach((weight, i) => {
        const from = 4 * (y * image.width + first + i);
        for (let c = 0; c < 4; ++c) across[to + c]! += weight * data[from + c]!;
      });
    }
  }
  const result = new Uint8ClampedArray(width * height * 4);
  const downTaps = taps(image.height, height);
  const line = new Float32Array(width * 4);
  for (let y = 0; y < height; ++y) {
    const { first, weights } = downTaps[y]!;
    line.fill(0);
    weights.forEach((weight, i) => {
      const from = (first + i) * width * 4;
      for (let j = 0; j < line.length; ++j) line[j]! += weight * across[from + j]!;
    });
    result.set(line, y * width * 4);
  }
  return { width, height, data: result };
}

/** Which pixels of a line make each pixel of the resized line, and how much of each. */
function taps(from: number, to: number): { first: number; weights: number[] }[] {
  const step = from / to;
  const reach = Math.max(1, step);
  return Array.from({ length: to }, (_, i) => {
    const middle = (i + 0.5) * step;
    const first = Math.max(0, Math.floor(middle - reach));
    const last = Math.min(from - 1, Math.ceil(middle + reach) - 1);
    const weights: number[] = [];
    for (let j = first; j <= last; ++j) {
      weights.push(Math.max(0, 1 - Math.abs(j + 0.5 - middle) / reach));
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
