import { OctoliteError } from '../errors.js';
import { badFile } from './bad_file.js';
import { decodeBmp, isBmp } from './bmp.js';
import { decodePng, isPng } from './png.js';

/** Pixels from left to right and top to bottom, four bytes each; what ImageData is, too. */
export interface RgbaImage {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Four bytes a pixel, row by row: red, green, blue, alpha. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Decodes what is neither PNG nor BMP. */
export type ImageDecoder = (bytes: Uint8Array, file: string) => RgbaImage | Promise<RgbaImage>;

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes an image. PNG and BMP are decoded by this library, the same everywhere; all else by
 * `decoder`, which defaults to what the browser has. In Node.js, 'octolite/node' has one for JPEG.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export async function decodeImage(
  bytes: Uint8Array,
  file = 'image',
  decoder?: ImageDecoder,
): Promise<RgbaImage> {
  if (isPng(bytes)) return decodePng(bytes, file);
  if (isBmp(bytes)) return decodeBmp(bytes, file);
  if (decoder) return decoder(bytes, file);
  if (typeof createImageBitmap === 'function' && typeof OffscreenCanvas === 'function') {
    return decodeWithBrowser(bytes, file);
  }
  refuseImage(bytes, file);
}

/** Kinds that are often met, by how their files begin; a dot is any byte. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^RIFF.{4}WEBP/s, 'WebP'],
  [/^GIF8/, 'GIF'],
  [/^.{4}ftypavi[fs]/s, 'AVIF'],
  [/^.{4}ftyp(hei|mif1)/s, 'HEIC'],
  [/^(II\*\0|MM\0\*)/, 'TIFF'],
  [/^\xff\xd8\xff/, 'JPEG'],
];

/** Says that an image cannot be decoded here, and what kind it is where that is known. */
export function refuseImage(bytes: Uint8Array, file: string): never {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const kind = KINDS.find(([pattern]) => pattern.test(start))?.[1] ?? 'this kind of image';
  const others = kind === 'JPEG' ? 'PNG or BMP' : 'PNG, JPEG or BMP';
  badFile(
    file,
    `${kind} is not supported here`,
    `make it ${others}, decode it on a page, or hand in decodeImage`,
  );
}

async function decodeWithBrowser(bytes: Uint8Array, file: string): Promise<RgbaImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
  } catch {
    badFile(file, 'the browser cannot decode this image');
  }
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new OctoliteError('INTERNAL', 'the browser has no 2d canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
