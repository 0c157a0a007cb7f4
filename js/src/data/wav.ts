import { badFile } from './bad_file.js';

/** A decoded sound. */
export interface Sound {
  /** In Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Frames x channels, in [-1, 1]; floats may go beyond. */
  readonly samples: Float32Array;
}

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;

export function isWav(bytes: Uint8Array): boolean {
  return tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE';
}

function tagAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

/**
 * Reads a WAVE file: integers of up to 32 bits, floats of 32 and 64, A-law and mu-law.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export function parseWav(bytes: Uint8Array, file = 'wav'): Sound {
  if (!isWav(bytes)) badFile(file, 'this is not a WAVE file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: { coding: number; channels: number; sampleRate: number; bits: number } | undefined;
  let offset = 12;
  while (offset + 8 <= bytes.byteLength) {
    const tag = tagAt(bytes, offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (tag === 'fmt ' && size >= 16 && start + 16 <= bytes.byteLength) {
      const coding = view.getUint16(start, true);
      const extended = coding === EXTENSIBLE && size >= 26 && start + 26 <= bytes.byteLength;
      format = {
        coding: extended ? view.getUint16(start + 24, true) : coding,
        channels: view.getUint16(start + 2, true),
        sampleRate: view.getUint32(start + 4, true),
        // Integers of other sizes are the upper bits of whole bytes.
        bits: Math.ceil(view.getUint16(start + 14, true) / 8) * 8,
      };
    } else if (tag === 'data') {
      if (!format) badFile(file, 'the sound comes before its format');
      const { coding, channels, sampleRate, bits } = format;
      if (channels === 0) badFile(file, 'the sound has no channels');
      const width = bits / 8;
      const read = sampleReader(view, coding, bits);
      if (!read) badFile(file, `sound of format ${coding} with ${bits} bits is not supported`);
      // Files that were written while recording say 0 or too much.
      const available = Math.min(size || Infinity, bytes.byteLength - start);
      const count = Math.floor(available / (width * channels)) * channels;
      const samples = new Float32Array(count);
      for (let i = 0; i < count; ++i) samples[i] = read(start + i * width);
      return { sampleRate, channels, samples };
    }
    offset = start + size + (size % 2);
  }
  badFile(file, 'there is no sound in this file');
}

function sampleReader(
  view: DataView,
  coding: number,
  bits: number,
): ((offset: number) => number) | undefined {
  if (coding === FLOAT && bits === 32) return (offset) => view.getFloat32(offset, true);
  if (coding === FLOAT && bits === 64) return (offset) => view.getFloat64(offset, true);
  if (coding === A_LAW && bits === 8) return (offset) => aLaw(view.getUint8(offset));
  if (coding === MU_LAW && bits === 8) return (offset) => muLaw(view.getUint8(offset));
  if (coding !== PCM) return undefined;
  switch (bits) {
    case 8:
      return (offset) => (view.getUint8(offset) - 128) / 128;
    case 16:
      return (offset) => view.getInt16(offset, true) / 32768;
    case 24:
      return (offset) => (view.getUint8(offset) | (view.getInt16(offset + 1, true) << 8)) / 8388608;
    case 32:
      return (offset) => view.getInt32(offset, true) / 2147483648;
    default:
      return undefined;
  }
}

/** ITU-T G.711, whose 13 bit numbers are left-justified in 16; even bits are inverted. */
function aLaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) | 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa | 0x100) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 32768;
}

/** ITU-T G.711, whose 14 bit numbers are left-justified in 16; all bits are inverted. */
function muLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) | 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32768;
}
