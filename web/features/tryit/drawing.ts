import type { Box, Boxes, Mask, Picture, Points } from './reading.js';

/** What a drawing goes onto, and how large that is. */
export interface Ground {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

/** Seen on any picture, as each has a dark edge. */
export const COLORS = { before: '#ffc233', after: '#33d6ff' } as const;
const EDGE = 'rgb(0 0 0 / 65%)';

interface Pen {
  readonly color: string;
  /** For what is shown for comparison only. */
  readonly dashed: boolean;
}

/** Draws a path twice: a wide dark edge, and on it the line. */
function stroke({ context, width }: Ground, { color, dashed }: Pen, path: Path2D): void {
  const thick = Math.max(2, width / 240);
  context.lineJoin = context.lineCap = 'round';
  context.setLineDash(dashed ? [3 * thick, 2.5 * thick] : []);
  context.lineWidth = thick * 2.2;
  context.strokeStyle = EDGE;
  if (!dashed) context.stroke(path);
  context.lineWidth = thick;
  context.strokeStyle = color;
  context.stroke(path);
  context.setLineDash([]);
}

/** Dots of one size, on one path, so that hundreds are drawn at once. */
function dots(
  { context, width, height }: Ground,
  color: string,
  points: readonly { x: number; y: number }[],
): void {
  const radius = Math.max(1.2, Math.min(width / 130, width / (4 * Math.sqrt(points.length))));
  for (const [grown, fill] of [
    [radius * 1.5, EDGE],
    [radius, color],
  ] as const) {
    const path = new Path2D();
    for (const { x, y } of points) {
      path.moveTo(x * width + grown, y * height);
      path.arc(x * width, y * height, grown, 0, 2 * Math.PI);
    }
    context.fillStyle = fill;
    context.fill(path);
  }
}

function label({ context, width, height }: Ground, { color }: Pen, box: Box, text: string): void {
  const size = Math.max(12, width / 32);
  context.font = `600 ${size}px system-ui, sans-serif`;
  const wide = context.measureText(text).width + size * 0.6;
  const x = Math.min(Math.max(0, box.left * width), width - wide);
  const y = Math.min(Math.max(0, box.top * height - size * 1.35), height - size * 1.35);
  context.fillStyle = color;
  context.fillRect(x, y, wide, size * 1.35);
  context.fillStyle = '#000';
  context.fillText(text, x + size * 0.3, y + size);
}

export function drawBoxes(
  ground: Ground,
  { boxes }: Boxes,
  pen: Pen,
  textOf: (box: Box) => string,
): void {
  const { width, height } = ground;
  for (const box of boxes) {
    const path = new Path2D();
    const [across, down] = [(box.right - box.left) * width, (box.bottom - box.top) * height];
    path.rect(box.left * width, box.top * height, across, down);
    stroke(ground, pen, path);
    if (pen.dashed) continue;
    dots(ground, pen.color, box.points);
    label(ground, pen, box, textOf(box));
  }
}

/** Points below it are guesses. */
const LEAST_POINT_SCORE = 0.2;

export function drawPoints(ground: Ground, { points, bones }: Points, pen: Pen): void {
  const { width, height } = ground;
  const path = new Path2D();
  for (const [from, to] of bones) {
    const [a, b] = [points[from]!, points[to]!];
    if (Math.min(a.score, b.score) < LEAST_POINT_SCORE) continue;
    path.moveTo(a.x * width, a.y * height);
    path.lineTo(b.x * width, b.y * height);
  }
  stroke(ground, pen, path);
  if (!pen.dashed || bones.length === 0) {
    dots(
      ground,
      pen.color,
      points.filter(({ score }) => score >= LEAST_POINT_SCORE),
    );
  }
}

/** A colour for each class, neighbours far apart; class 0, mostly the background, has none. */
export function classColor(kind: number): readonly [number, number, number] {
  const hue = (kind * 137.5 + 160) % 360;
  const part = (shift: number): number => {
    const k = (shift + hue / 30) % 12;
    return Math.round(255 * (0.55 - 0.45 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [part(0), part(8), part(4)];
}

export function canvasOf(pixels: ImageData): OffscreenCanvas {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  return canvas;
}

/** Pixels of a mask, where each is given a colour by its place; null for none. */
function paint(
  { width, height }: Mask,
  colorOf: (place: number) => readonly [number, number, number] | null,
): OffscreenCanvas {
  const pixels = new ImageData(width, height);
  for (let place = 0; place < width * height; ++place) {
    const color = colorOf(place);
    if (!color) continue;
    pixels.data.set(color, 4 * place);
    pixels.data[4 * place + 3] = 255;
  }
  return canvasOf(pixels);
}

function lay({ context, width, height }: Ground, layer: OffscreenCanvas, opacity: number): void {
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = false;
  context.drawImage(layer, 0, 0, width, height);
  context.imageSmoothingEnabled = true;
  context.globalAlpha = 1;
}

export function drawMask(ground: Ground, mask: Mask, opacity: number): void {
  const colors = Array.from({ length: mask.count }, (_, kind) => (kind ? classColor(kind) : null));
  lay(
    ground,
    paint(mask, (place) => colors[mask.classes[place]!]!),
    opacity,
  );
}

/** Where two masks differ, over a picture made pale. */
export function drawMaskDifference(ground: Ground, a: Mask, b: Mask): void {
  const { context, width, height } = ground;
  context.fillStyle = 'rgb(0 0 0 / 55%)';
  context.fillRect(0, 0, width, height);
  lay(
    ground,
    paint(a, (place) => (a.classes[place] === b.classes[place] ? null : [255, 74, 158])),
    1,
  );
}

/** The difference of two pictures, channel by channel, so many times what it is. */
export function differenceOf(a: Picture, b: Picture, times: number): Picture {
  const rgba = new Uint8ClampedArray(a.rgba.length);
  for (let i = 0; i < rgba.length; ++i) {
    rgba[i] = i % 4 === 3 ? 255 : Math.abs(a.rgba[i]! - b.rgba[i]!) * times;
  }
  return { ...a, rgba };
}
