import { messageOf, OctoliteError } from '../errors.js';
import { badFile } from './bad_file.js';
import { resampleSound } from './resample.js';
import { isWav, parseWav, type Sound } from './wav.js';

/** Decodes what is not WAVE. */
export type SoundDecoder = (bytes: Uint8Array, file: string) => Sound | Promise<Sound>;

/** How a file becomes a sound. */
export interface DecodeSoundOptions {
  /** In Hz; default the file's own, which only WAVE files tell. */
  sampleRate?: number | undefined;
  /** What to call the file in errors. */
  file?: string | undefined;
  /** For other kinds than WAVE; default what the browser has. */
  decoder?: SoundDecoder | undefined;
}

/** What browsers must be able to decode to. */
const BROWSER_RATES = [8000, 96000] as const;

/** The mean of the channels. */
export function mixDown({ channels, samples }: Sound): Float32Array {
  if (channels === 1) return samples;
  const mono = new Float32Array(Math.floor(samples.length / channels));
  for (let i = 0; i < mono.length; ++i) {
    let sum = 0;
    for (let c = 0; c < channels; ++c) sum += samples[i * channels + c]!;
    mono[i] = sum / channels;
  }
  return mono;
}

/**
 * Decodes a sound: one channel, the mean of those in the file, at the rate that is asked for. WAVE is
 * decoded and resampled by this library, the same everywhere; MP3, Ogg, FLAC and what else the
 * browser knows by the browser, on a page (workers cannot); anything by `decoder`.
 * @throws OctoliteError BAD_DATA_FILE, INVALID_ARGUMENT for rates that cannot be.
 */
export async function decodeSound(
  bytes: Uint8Array,
  { sampleRate, file = 'sound', decoder }: DecodeSoundOptions = {},
): Promise<Float32Array> {
  const sound = isWav(bytes)
    ? parseWav(bytes, file)
    : decoder
      ? await decoder(bytes, file)
      : await decodeWithBrowser(bytes, file, sampleRate);
  const mono = mixDown(sound);
  if (sampleRate === undefined || sound.sampleRate === sampleRate) return mono;
  try {
    return resampleSound(mono, sound.sampleRate, sampleRate);
  } catch (error) {
    const { code, details } = error as OctoliteError;
    const { what, ...rest } = details;
    throw new OctoliteError(code, what!, { ...rest, file }, { cause: error });
  }
}

/** By the Web Audio API, which resamples to a rate while it decodes. */
async function decodeWithBrowser(
  bytes: Uint8Array,
  file: string,
  sampleRate: number | undefined,
): Promise<Sound> {
  if (typeof OfflineAudioContext !== 'function') {
    badFile(
      file,
      'this kind of sound is not supported here',
      'make a WAVE file of it, decode it on a page, or hand in a decoder',
    );
  }
  if (sampleRate === undefined) {
    badFile(file, 'the browser does not tell the rate of this sound', 'say a sampleRate');
  }
  const [low, high] = BROWSER_RATES;
  const rate = Math.min(Math.max(sampleRate, low), high);
  let buffer: AudioBuffer;
  try {
    // The memory is taken away from the caller, so it gets a copy.
    buffer = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.slice().buffer);
  } catch (error) {
    const message = messageOf(error);
    badFile(file, `the browser cannot decode this sound: ${message}`);
  }
  const { numberOfChannels: channels, length } = buffer;
  const samples = new Float32Array(length * channels);
  for (let c = 0; c < channels; ++c) {
    const channel = buffer.getChannelData(c);
    for (let i = 0; i < length; ++i) samples[i * channels + c] = channel[i]!;
  }
  return { sampleRate: rate, channels, samples };
}
