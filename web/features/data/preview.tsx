import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { currentPlan } from './plan.js';
import type { PictureShape } from './preprocess.js';
import { picture } from './state.js';

const SHOWN = 8;

interface Thumbnails {
  readonly shape: PictureShape;
  readonly pixels: readonly ImageData[];
  /** Of all the values that are shown. */
  readonly min: number;
  readonly max: number;
}

/** Values from min to max as shades from black to full. */
function toPixels(
  values: Float32Array,
  { width, height, channels }: PictureShape,
  min: number,
  max: number,
): ImageData {
  const pixels = new ImageData(width, height);
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

async function draw(wanted: () => boolean): Promise<Thumbnails | null> {
  const shape = picture.value;
  const { plan } = currentPlan.value;
  if (!shape || !plan || plan.isRandom) return null;
  const samples: Float32Array[] = [];
  let min = Infinity;
  let max = -Infinity;
  for (let at = 0; wanted() && at < Math.min(plan.calibration.count, SHOWN); ++at) {
    const values = await plan.calibration.sample(at);
    if (!(values instanceof Float32Array)) return null;
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    samples.push(values);
  }
  const pixels = samples.map((values) => toPixels(values, shape, min, max));
  return { shape, pixels, min, max };
}

const thumbnails = signal<Thumbnails | null>(null);

effect(() => {
  let wanted = true;
  draw(() => wanted).then(
    (drawn) => {
      if (wanted) thumbnails.value = drawn;
    },
    // A picture that cannot be decoded is named when it is used.
    () => {
      if (wanted) thumbnails.value = null;
    },
  );
  return () => {
    wanted = false;
  };
});

function Picture({ pixels }: { readonly pixels: ImageData }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(pixels, 0, 0), [pixels]);
  return <canvas ref={canvas} width={pixels.width} height={pixels.height} />;
}

/** The first pictures as the model is given them. */
export function Preview(): JSX.Element | null {
  if (!thumbnails.value) return null;
  const { shape, pixels, min, max } = thumbnails.value;
  return (
    <figure class="preview">
      <div class="thumbnails" aria-hidden="true">
        {pixels.map((each, index) => (
          <Picture key={index} pixels={each} />
        ))}
      </div>
      <figcaption class="help">
        What the model is given: {shape.width} × {shape.height} pixels, values from {min.toFixed(2)}{' '}
        to {max.toFixed(2)}.
      </figcaption>
    </figure>
  );
}
