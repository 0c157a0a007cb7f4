import type { ResizeMode } from 'octolite';

export interface Size {
  readonly width: number;
  readonly height: number;
}

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

/** Which part of a region is looked at. */
export interface Cut {
  /** 1 for all of it; 2 for half its width and height. */
  readonly zoom: number;
  /** Where, from 0 to 1: left to right, and top to bottom. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Cut = { zoom: 1, x: 0.5, y: 0.5 };

export function cutOut(region: Region, { zoom, x, y }: Cut): Region {
  const [width, height] = [region.width / zoom, region.height / zoom];
  return {
    x: region.x + (region.width - width) * x,
    y: region.y + (region.height - height) * y,
    width,
    height,
  };
}

/** The size of a region whose longer side is made so long. */
export function fitted({ width, height }: Size, side: number): Size {
  const ratio = side / Math.max(width, height);
  return {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
  };
}
