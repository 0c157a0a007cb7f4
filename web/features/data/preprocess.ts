import {
  OctoliteError,
  type DatasetOptions,
  type PreprocessOptions,
  type ResizeMode,
  type TensorDetails,
} from 'octolite';

/** How 8-bit values become the real numbers that a model was trained on. */
export const VALUE_RANGES = [
  'zero_one',
  'minus_one_one',
  'zero_255',
  'custom',
  'mean_std',
] as const;
export type ValueRange = (typeof VALUE_RANGES)[number];

export const RESIZE_MODES = ['stretch', 'crop', 'pad'] as const satisfies readonly ResizeMode[];

export const LAYOUTS = ['NHWC', 'NCHW'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** How files become inputs. A plain value: recipes hold it. */
export interface Preprocessing {
  readonly range: ValueRange;
  /** What 0 and 255 become. Only for `custom`. */
  readonly low: number;
  readonly high: number;
  /** One value for each channel, or one for all; of values from 0 to 1. Only for `mean_std`. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** How a picture is brought to the size of the input. */
  readonly resize: ResizeMode;
  /** How the input arranges channels. */
  readonly layout: Layout;
  /** Of sounds, in Hz; 0 for that of each file. */
  readonly sampleRate: number;
  /** From the start of one piece of a sound to the next, in samples; 0 for the input's length. */
  readonly hop: number;
}

export const DEFAULT_PREPROCESSING: Preprocessing = {
  range: 'zero_one',
  low: 0,
  high: 1,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  resize: 'stretch',
  layout: 'NHWC',
  sampleRate: 0,
  hop: 0,
};

/** Between which the library resamples, in Hz. */
export const LEAST_RATE = 100;
export const MOST_RATE = 1_000_000;
export const MOST_HOP = 100_000_000;

function refuse(what: string, hint?: string): never {
  throw new OctoliteError('INVALID_ARGUMENT', `preprocessing: ${what}`, hint ? { hint } : {});
}

function oneOf<Value extends string>(name: string, value: unknown, known: readonly Value[]): Value {
  const found = known.find((each) => each === value);
  return found ?? refuse(`${name} is ${JSON.stringify(value)}`, `known are ${known.join(', ')}`);
}

function finite(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  refuse(`${name} is ${JSON.stringify(value)}, which is not a number`);
}

function channels(name: string, value: unknown, positive: boolean): readonly number[] {
  const fits =
    Array.isArray(value) &&
    (value.length === 1 || value.length === 3) &&
    value.every(
      (each) => typeof each === 'number' && Number.isFinite(each) && (!positive || each > 0),
    );
  if (fits) return value as number[];
  refuse(
    `${name} is ${JSON.stringify(value)}`,
    `give one number or three${positive ? ', each above 0' : ''}`,
  );
}

function wholeOrZero(name: string, value: unknown, least: number, most: number): number {
  const number = finite(name, value);
  if (number === 0 || (Number.isInteger(number) && number >= least && number <= most)) {
    return number;
  }
  refuse(`${name} is ${number}`, `give 0 or a whole number from ${least} to ${most}`);
}

/**
 * Reads what a recipe says of preprocessing; what it does not say is as in DEFAULT_PREPROCESSING.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export function parsePreprocessing(value: unknown): Preprocessing {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('this is not an object');
  }
  const stranger = Object.keys(value).find((key) => !Object.hasOwn(DEFAULT_PREPROCESSING, key));
  if (stranger !== undefined) {
    refuse(
      `${JSON.stringify(stranger)} is not known`,
      `known are ${Object.keys(DEFAULT_PREPROCESSING).join(', ')}`,
    );
  }
  const given: Record<keyof Preprocessing, unknown> = { ...DEFAULT_PREPROCESSING, ...value };
  const low = finite('low', given.low);
  const high = finite('high', given.high);
  if (low >= high) refuse(`low is ${low} and high is ${high}`, 'low is below high');
  return {
    range: oneOf('range', given.range, VALUE_RANGES),
    low,
    high,
    mean: channels('mean', given.mean, false),
    std: channels('std', given.std, true),
    resize: oneOf('resize', given.resize, RESIZE_MODES),
    layout: oneOf('layout', given.layout, LAYOUTS),
    sampleRate: wholeOrZero('sampleRate', given.sampleRate, LEAST_RATE, MOST_RATE),
    hop: wholeOrZero('hop', given.hop, 1, MOST_HOP),
  };
}

function pixelOptions({ range, low, high, mean, std }: Preprocessing): PreprocessOptions {
  switch (range) {
    case 'zero_one':
      return { range: [0, 1] };
    case 'minus_one_one':
      return { range: [-1, 1] };
    case 'zero_255':
      return { range: [0, 255] };
    case 'custom':
      return { range: [low, high] };
    case 'mean_std':
      return { range: [0, 1], mean, std };
  }
}

/** As the library takes it. */
export function optionsOf(preprocessing: Preprocessing): DatasetOptions {
  const { resize, layout, sampleRate } = preprocessing;
  return {
    ...pixelOptions(preprocessing),
    resize,
    layout,
    ...(sampleRate > 0 && { sampleRate }),
  };
}

export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** The picture that the model's input looks like, or null when it does not look like one. */
export function pictureShape(
  inputs: readonly TensorDetails[],
  layout: Layout = 'NHWC',
): PictureShape | null {
  const [input, another] = inputs;
  if (!input || another || input.shape.length !== 4) return null;
  const [batch, ...sizes] = input.shape;
  const [height, width, channels] = layout === 'NHWC' ? sizes : [sizes[1], sizes[2], sizes[0]];
  if (batch !== 1 || !height || !width || height < 4 || width < 4) return null;
  return channels === 1 || channels === 3 ? { height, width, channels } : null;
}

/** The picture that the first input to look like one looks like. */
export function pictureAmong(
  inputs: readonly TensorDetails[],
  layout: Layout,
): PictureShape | null {
  for (const input of inputs) {
    const shape = pictureShape([input], layout);
    if (shape) return shape;
  }
  return null;
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
