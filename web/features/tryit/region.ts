import type { ResizeMode } from 'octolite';
import type { Size } from './agreement.js';

/** A part of a picture, in its pixels; what is outside of the picture is black. */
export interface Region extends Size {
  readonly x: number;
  readonly y: number;
}

/** The part of a picture that a model is given, as the library resizes pictures. */
export function regionOf(picture: Size, input: Size, mode: ResizeMode): Region {
  if (mode === 'stretch') return { x: 0, y: 0, width: picture.width, height: picture.height };
  const ratios = [input.width / picture.width, input.height / picture.height];
  const ratio = mode === 'crop' ? Math.max(...ratios) : Math.min(...ratios);
  const [width, height] = [input.width / ratio, input.height / ratio];
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** The size of a region whose longer side is made so long. */
export function fitted({ width, height }: Size, side: number): Size {
  const ratio = side / Math.max(width, height);
  return {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
  };
}
