import { decode } from 'jpeg-js';
import { messageOf, OctoliteError } from '../errors.js';
import type { RgbaImage } from '../data/image.js';
import { isJpeg, refuseImage } from '../data/image.js';

/**
 * Decodes a baseline or progressive JPEG in Node.js. The decoder is part of this file after
 * bundling, so that the package depends on nothing.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export function decodeJpeg(bytes: Uint8Array, file = 'jpeg'): RgbaImage {
  if (!isJpeg(bytes)) refuseImage(bytes, file);
  try {
    const { width, height, data } = decode(bytes, { useTArray: true, formatAsRGBA: true });
    return { width, height, data };
  } catch (error) {
    const message = messageOf(error);
    throw new OctoliteError('BAD_DATA_FILE', `the image cannot be decoded: ${message}`, { file });
  }
}
