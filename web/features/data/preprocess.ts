import type { PreprocessOptions, ResizeMode, TensorDetails } from 'octolite';

/** How 8-bit values become the real numbers that a model was trained on. */
export type ValueRange = 'zero_one' | 'minus_one_one' | 'zero_255' | 'mean_std';

export interface Preprocessing {
  readonly range: ValueRange;
  /** How a picture is brought to the size of the input. */
  readonly resize: ResizeMode;
  /** One value for each channel, or one for all; of values from 0 to 1. Only for `mean_std`. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** As the library takes it. */
export function optionsOf({ range, resize, mean, std }: Preprocessing): PreprocessOptions {
  switch (range) {
    case 'zero_one':
      return { resize, range: [0, 1] };
    case 'minus_one_one':
      return { resize, range: [-1, 1] };
    case 'zero_255':
      return { resize, range: [0, 255] };
    case 'mean_std':
      return { resize, range: [0, 1], mean, std };
  }
}

export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** The picture that the model's input looks like, or null when it does not look like one. */
export function pictureShape(inputs: readonly TensorDetails[]): PictureShape | null {
  const [input, another] = inputs;
  if (!input || another || input.shape.length !== 4) return null;
  const [batch, height, width, channels] = input.shape;
  if (batch !== 1 || !height || !width || height < 4 || width < 4) return null;
  return channels === 1 || channels === 3 ? { height, width, channels } : null;
}

/** "0.485, 0.456, 0.406" as numbers; null when it is anything but one number or three. */
export function parseChannels(text: string, positive: boolean): number[] | null {
  const values = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  const valid = (value: number): boolean => Number.isFinite(value) && (!positive || value > 0);
  return (values.length === 1 || values.length === 3) && values.every(valid) ? values : null;
}
