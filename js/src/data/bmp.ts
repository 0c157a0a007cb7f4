import { badFile } from './bad_file.js';
import type { RgbaImage } from './image.js';

export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Decodes an uncompressed Windows bitmap of 8 (palette), 24 or 32 bits a pixel.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export function decodeBmp(bytes: Uint8Array, file = 'bmp'): RgbaImage {
  if (!isBmp(bytes) || bytes.byteLength < 54) badFile(file, 'this is not a BMP image');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  // 3: bit fields, which 32 bit images have with the usual order.
  if (compression !== 0 && !(compression === 3 && bits === 32)) {
    badFile(file, 'compressed bitmaps are not supported');
  }
  if (bits !== 8 && bits !== 24 && bits !== 32) {
    badFile(file, `bitmaps with ${bits} bits a pixel are not supported`);
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (width <= 0 || height === 0 || start + stride * height > bytes.byteLength) {
    badFile(file, 'the image is cut short');
  }
  const palette = 14 + headerBytes;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; ++y) {
    // Rows go from bottom to top unless the height is negative.
    const row = start + stride * (signedHeight > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; ++x) {
      const from = bits === 8 ? palette + 4 * bytes[row + x]! : row + (x * bits) / 8;
      const to = 4 * (y * width + x);
      data[to] = bytes[from + 2] ?? 0;
      data[to + 1] = bytes[from + 1] ?? 0;
      data[to + 2] = bytes[from] ?? 0;
      data[to + 3] = 255;
    }
  }
  return { width, height, data };
}
