import { badFile } from './bad_file.js';
import type { RgbaImage } from './image.js';
import { inflate } from './inflate.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

const GRAY = 0;
const RGB = 2;
const PALETTE = 3;
const GRAY_ALPHA = 4;
const RGBA = 6;
const CHANNELS: Readonly<Record<number, number>> = {
  [GRAY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GRAY_ALPHA]: 2,
  [RGBA]: 4,
};

/** [first column, first row, column step, row step] of the passes of an interlaced image. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Header {
  width: number;
  height: number;
  depth: number;
  color: number;
  interlaced: boolean;
}

/**
 * Decodes a PNG of any colour type and depth, as the numbers that are in the file: no colour
 * management, 16 bit samples cut to their upper 8.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export async function decodePng(bytes: Uint8Array, file = 'png'): Promise<RgbaImage> {
  if (!isPng(bytes)) badFile(file, 'this is not a PNG image');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | undefined;
  let palette = new Uint8Array();
  let transparency = new Uint8Array();
  const parts: Uint8Array[] = [];
  for (let offset = 8; offset + 12 <= bytes.byteLength;) {
    const size = view.getUint32(offset);
    const tag = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const start = offset + 8;
    if (start + size + 4 > bytes.byteLength) badFile(file, 'the image is cut short');
    const content = bytes.slice(start, start + size);
    if (tag === 'IHDR') {
      if (size < 13) badFile(file, 'the header is damaged');
      header = {
        width: view.getUint32(start),
        height: view.getUint32(start + 4),
        depth: content[8]!,
        color: content[9]!,
        interlaced: content[12] === 1,
      };
    } else if (tag === 'PLTE') {
      palette = content;
    } else if (tag === 'tRNS') {
      transparency = content;
    } else if (tag === 'IDAT') {
      parts.push(content);
    } else if (tag === 'IEND') {
      break;
    }
    offset = start + size + 4;
  }
  if (!header || parts.length === 0) badFile(file, 'there is no image in this file');
  const { width, height, depth, color, interlaced } = header;
  const channels = CHANNELS[color];
  const knownDepth =
    [1, 2, 4, 8, 16].includes(depth) && (depth >= 8 || color === GRAY || color === PALETTE);
  if (!channels || !knownDepth) badFile(file, 'the colour type is not one of PNG');
  if (width === 0 || height === 0 || width * height > 2 ** 28) {
    badFile(file, `an image of ${width} x ${height} pixels is not supported`);
  }

  const bitsPerPixel = channels * depth;
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  const sizes = passes.map(([x, y, dx, dy]) => {
    const columns = Math.max(0, Math.ceil((width - x) / dx));
    const rows = columns === 0 ? 0 : Math.max(0, Math.ceil((height - y) / dy));
    return { columns, rows, stride: Math.ceil((columns * bitsPerPixel) / 8) };
  });
  const expected = sizes.reduce((sum, { rows, stride }) => sum + rows * (stride + 1), 0);
  const packed = await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer();
  const raw = await inflate(new Uint8Array(packed), 'deflate', expected, file);
  if (raw.byteLength < expected) badFile(file, 'the image is cut short');

  const data = new Uint8ClampedArray(width * height * 4);
  const convert = pixelConverter(depth, color, channels, palette, transparency);
  const pixelBytes = Math.max(1, bitsPerPixel >> 3);
  let offset = 0;
  passes.forEach(([x, y, dx, dy], pass) => {
    const { columns, rows, stride } = sizes[pass]!;
    let above: Uint8Array = new Uint8Array(stride);
    for (let row = 0; row < rows; ++row) {
      const filter = raw[offset]!;
      const line = raw.subarray(offset + 1, offset + 1 + stride);
      if (filter > 4) badFile(file, 'the image is damaged');
      unfilter(filter, line, above, pixelBytes);
      for (let column = 0; column < columns; ++column) {
        convert(line, column, data, ((y + row * dy) * width + x + column * dx) * 4);
      }
      above = line;
      offset += stride + 1;
    }
  });
  return { width, height, data };
}

/** Undoes the prediction of a line, in place. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  if (filter === 0) return;
  for (let i = 0; i < line.length; ++i) {
    const left = i >= step ? line[i - step]! : 0;
    const up = above[i]!;
    const corner = i >= step ? above[i - step]! : 0;
    const prediction =
      filter === 1
        ? left
        : filter === 2
          ? up
          : filter === 3
            ? (left + up) >> 1
            : paeth(left, up, corner);
    line[i] = line[i]! + prediction;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

type PixelConverter = (
  line: Uint8Array,
  column: number,
  out: Uint8ClampedArray,
  at: number,
) => void;

function pixelConverter(
  depth: number,
  color: number,
  channels: number,
  palette: Uint8Array,
  transparency: Uint8Array,
): PixelConverter {
  const mask = (1 << Math.min(depth, 8)) - 1;
  // A sample at its own depth, except that of 16 bits only the upper 8 are looked at.
  const sample = (line: Uint8Array, index: number): number => {
    if (depth === 8) return line[index]!;
    if (depth === 16) return line[2 * index]!;
    const bit = index * depth;
    return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
  };
  const scale = 255 / mask;
  return (line, column, out, at) => {
    const first = column * channels;
    const a = sample(line, first);
    if (color === PALETTE) {
      for (let i = 0; i < 3; ++i) out[at + i] = palette[3 * a + i] ?? 0;
      out[at + 3] = transparency[a] ?? 255;
      return;
    }
    const isColor = color === RGB || color === RGBA;
    out[at] = a * scale;
    out[at + 1] = isColor ? sample(line, first + 1) : a * scale;
    out[at + 2] = isColor ? sample(line, first + 2) : a * scale;
    const hasAlpha = color === GRAY_ALPHA || color === RGBA;
    out[at + 3] = hasAlpha ? sample(line, first + channels - 1) : 255;
  };
}
