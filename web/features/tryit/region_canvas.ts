import type { Size } from './agreement.js';
import type { Region } from './region.js';

/** A region of a picture on a canvas of its own, in another size. */
export function drawRegion(
  picture: CanvasImageSource,
  { width, height }: Size,
  region: Region,
  size: Size,
): OffscreenCanvas {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return canvas;
  context.imageSmoothingQuality = 'high';
  context.fillRect(0, 0, size.width, size.height);
  const [across, down] = [size.width / region.width, size.height / region.height];
  context.drawImage(picture, -region.x * across, -region.y * down, width * across, height * down);
  return canvas;
}
