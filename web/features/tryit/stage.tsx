import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Ground } from './drawing.js';

/** So many pixels the longer side of a drawing has. */
const SIDE = 720;

interface StageProps {
  /** What a person who does not see it is told. */
  readonly label: string;
  readonly caption: ComponentChildren;
  readonly picture: ImageBitmap | OffscreenCanvas | null;
  /** What it shall have the shape of; default its own. */
  readonly like?: ImageBitmap | null;
  /** Draws onto the picture. */
  readonly draw?: (ground: Ground) => void;
}

/** A picture with something drawn onto it. */
export function Stage({ label, caption, picture, like, draw }: StageProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width: wide, height: high } = like ?? picture ?? { width: 1, height: 1 };
  const scale = SIDE / Math.max(wide, high);
  const [width, height] = [Math.round(wide * scale), Math.round(high * scale)];
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, width, height);
    // Small pictures show their pixels, as the model sees no more either.
    context.imageSmoothingEnabled = scale < 4;
    context.imageSmoothingQuality = 'high';
    if (picture) context.drawImage(picture, 0, 0, width, height);
    draw?.({ context, width, height });
  });
  return (
    <figure class="stage">
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
      <figcaption class="help">{caption}</figcaption>
    </figure>
  );
}

interface SliderProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value as it is read. */
  readonly text: string;
  readonly onInput: (value: number) => void;
}

export function Slider({ id, label, text, onInput, ...range }: SliderProps): JSX.Element {
  return (
    <div class="tryit-slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        aria-valuetext={text}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
        {...range}
      />
      <output for={id}>{text}</output>
    </div>
  );
}
