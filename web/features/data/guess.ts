import type { Inspection } from 'octolite';
import { readInputMetadata, type InputMetadata } from './metadata.js';
import { DEFAULT_PREPROCESSING, pictureAmong, type Preprocessing } from './preprocess.js';

/** What a guess rests on: the model itself, the looks of it, its name, or nothing. */
export type GuessReason = 'metadata' | 'name' | 'rate' | 'layout' | 'quantization' | 'unknown';

export interface Guess {
  readonly preprocessing: Preprocessing;
  readonly reason: GuessReason;
}

/** Networks that are trained on values from -1 to 1 by the code they were published with. */
const MINUS_ONE_ONE = /mobilenet|inception|nasnet|xception|efficientnet.?lite/i;

/** Pieces of sounds that published networks take, in samples, and the rate they are of. */
const RATES: readonly (readonly [rate: number, lengths: readonly number[]])[] = [
  [16000, [15600, 16000, 15360, 31200, 48000, 80000]],
  [22050, [22050, 43844]],
  [44100, [44100, 44032]],
  [48000, [144000]],
];

const SOUND_NAME = /audio|wave|sound|speech|pcm/i;

const CLOSE = 0.02;

/** (value - mean) / std of 0..255 as the settings say it. */
function normalized({
  mean,
  std,
}: NonNullable<InputMetadata['normalization']>): Partial<Preprocessing> | null {
  const counts = [1, 3];
  if (!counts.includes(mean.length) || !counts.includes(std.length)) return null;
  if (!std.every((each) => each > 0) || !mean.every(Number.isFinite)) return null;
  if (mean.length === 1 && std.length === 1) {
    const low = -mean[0]! / std[0]!;
    const high = (255 - mean[0]!) / std[0]!;
    const is = (a: number, b: number): boolean =>
      Math.abs(low - a) <= CLOSE * Math.max(1, b) && Math.abs(high - b) <= CLOSE * Math.max(1, b);
    if (is(0, 1)) return { range: 'zero_one' };
    if (is(-1, 1)) return { range: 'minus_one_one' };
    if (is(0, 255)) return { range: 'zero_255' };
    return { range: 'custom', low, high };
  }
  return {
    range: 'mean_std',
    mean: mean.map((each) => each / 255),
    std: std.map((each) => each / 255),
  };
}

/** How many samples of sound the input may be; 0 when it has more than one dimension to it. */
export function soundLength({ inputs }: Pick<Inspection, 'inputs'>): number {
  const [input, another] = inputs;
  if (!input || another) return 0;
  const sizes = input.shape.filter((size) => size > 1);
  const [length = 0] = sizes;
  const isLong = length >= (SOUND_NAME.test(input.name) ? 160 : 1000);
  return input.dtype === 'float32' && sizes.length === 1 && isLong ? length : 0;
}

function guessPicture(name: string, bytes: Uint8Array, inspection: Inspection): Guess {
  const { inputs } = inspection;
  const isPlanar = !pictureAmong(inputs, 'NHWC') && pictureAmong(inputs, 'NCHW') !== null;
  const base: Preprocessing = {
    ...DEFAULT_PREPROCESSING,
    ...(isPlanar && { layout: 'NCHW' as const }),
  };
  const stated = readInputMetadata(bytes)?.normalization;
  const fromMetadata = stated && normalized(stated);
  if (fromMetadata) return { preprocessing: { ...base, ...fromMetadata }, reason: 'metadata' };
  const [input] = inputs;
  if (input && input.dtype !== 'float32' && input.quantization.scale > 0) {
    const { scale, zeroPoint } = input.quantization;
    const [least, most] = input.dtype === 'int8' ? [-128, 127] : [0, 255];
    const low = (least - zeroPoint) * scale;
    const high = (most - zeroPoint) * scale;
    return { preprocessing: { ...base, range: 'custom', low, high }, reason: 'quantization' };
  }
  if (MINUS_ONE_ONE.test(name)) {
    return { preprocessing: { ...base, range: 'minus_one_one' }, reason: 'name' };
  }
  return { preprocessing: base, reason: isPlanar ? 'layout' : 'unknown' };
}

function guessSound(length: number, bytes: Uint8Array): Guess {
  const stated = readInputMetadata(bytes)?.sampleRate;
  if (stated) {
    return {
      preprocessing: { ...DEFAULT_PREPROCESSING, sampleRate: stated },
      reason: 'metadata',
    };
  }
  const known = RATES.find(([, lengths]) => lengths.includes(length));
  if (!known) return { preprocessing: DEFAULT_PREPROCESSING, reason: 'unknown' };
  return { preprocessing: { ...DEFAULT_PREPROCESSING, sampleRate: known[0] }, reason: 'rate' };
}

/** How the inputs of a model are probably made, and why; the user has the last word. */
export function guessPreprocessing(name: string, bytes: Uint8Array, inspection: Inspection): Guess {
  const { inputs } = inspection;
  if (pictureAmong(inputs, 'NHWC') ?? pictureAmong(inputs, 'NCHW')) {
    return guessPicture(name, bytes, inspection);
  }
  const length = soundLength(inspection);
  if (length > 0) return guessSound(length, bytes);
  return { preprocessing: DEFAULT_PREPROCESSING, reason: 'unknown' };
}
