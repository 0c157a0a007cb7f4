import { deflateSync } from 'node:zlib';
import type { Sound } from 'octolite';

/** Files made byte by byte, for readers to be tried on. */

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; ++i) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A WAVE file of 32 bit floats. */
export function wavOf({ sampleRate, channels, samples }: Sound): Uint8Array {
  const bytes = new Uint8Array(44 + samples.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1('RIFF....WAVEfmt '));
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 3, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 4 * channels * sampleRate, true);
  view.setUint16(32, 4 * channels, true);
  view.setUint16(34, 32, true);
  bytes.set(latin1('data'), 36);
  view.setUint32(40, samples.byteLength, true);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), 44);
  return bytes;
}

interface Entry {
  name: string;
  content: Uint8Array;
  /** Raw deflate of the content; stored without. */
  compressed?: Uint8Array;
  crc?: number;
}

export function zipOf(entries: Entry[]): Uint8Array {
  const bytes: number[] = [];
  const directory: number[] = [];
  const u16 = (n: number) => [n & 255, (n >> 8) & 255];
  const u32 = (n: number) => [...u16(n & 65535), ...u16(n >>> 16)];
  for (const { name, content, compressed, crc } of entries) {
    const stored = compressed ?? content;
    const common = [
      ...u16(20),
      ...u16(0),
      ...u16(compressed ? 8 : 0),
      ...u32(0),
      ...u32(crc ?? crc32(content)),
      ...u32(stored.length),
      ...u32(content.length),
      ...u16(name.length),
    ];
    directory.push(
      ...[0x50, 0x4b, 1, 2, ...u16(20), ...common, ...u16(0), ...u16(0), ...u16(0), ...u16(0)],
      ...[...u32(0), ...u32(bytes.length), ...latin1(name)],
    );
    bytes.push(0x50, 0x4b, 3, 4, ...common, ...u16(0), ...latin1(name), ...stored);
  }
  const count = u16(entries.length);
  return Uint8Array.from([
    ...bytes,
    ...directory,
    ...[0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...count, ...count],
    ...[...u32(directory.length), ...u32(bytes.length), ...u16(0)],
  ]);
}

interface Picture {
  width: number;
  height: number;
  color: number;
  depth?: number;
  /** Samples of each pixel; for depth 8. */
  pixels?: number[][];
  /** Bytes of each line, instead of pixels. */
  lines?: number[][];
  /** The compressed image, instead of lines. */
  raw?: Uint8Array;
  filter?: number;
  palette?: number[];
  transparency?: number[];
}

export function pngOf(picture: Picture): Uint8Array {
  const { width, height, color, depth = 8, pixels = [], filter = 0 } = picture;
  const lines =
    picture.lines ??
    Array.from({ length: height }, (_, y) => pixels.slice(y * width, (y + 1) * width).flat());
  const step = Math.max(1, (pixels[0]?.length ?? 1) * (depth >> 3));
  const filtered = lines.map((line, y) => [filter, ...predict(line, lines[y - 1], filter, step)]);
  const u32 = (n: number) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
  const chunk = (tag: string, content: Iterable<number>): number[] => {
    const body = [...latin1(tag), ...content];
    return [...u32(body.length - 4), ...body, ...u32(crc32(Uint8Array.from(body)))];
  };
  return Uint8Array.from([
    ...[0x89, ...latin1('PNG\r\n\x1a\n')],
    ...chunk('IHDR', [...u32(width), ...u32(height), depth, color, 0, 0, 0]),
    ...(picture.palette ? chunk('PLTE', picture.palette) : []),
    ...(picture.transparency ? chunk('tRNS', picture.transparency) : []),
    ...chunk('IDAT', picture.raw ?? deflateSync(Uint8Array.from(filtered.flat()))),
    ...chunk('IEND', []),
  ]);
}

/** What a line is stored as: its difference to what the filter predicts. */
function predict(line: number[], above: number[] | undefined, filter: number, step: number) {
  return line.map((value, i) => {
    const left = line[i - step] ?? 0;
    const up = above?.[i] ?? 0;
    const corner = above?.[i - step] ?? 0;
    const estimate = left + up - corner;
    const nearest = [left, up, corner].reduce((best, candidate) =>
      Math.abs(estimate - candidate) < Math.abs(estimate - best) ? candidate : best,
    );
    const predictions = [0, left, up, (left + up) >> 1, nearest];
    return (value - predictions[filter]!) & 255;
  });
}
