import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface BitmapProps {
  readonly bitmap: ImageBitmap;
  /** What a person who does not see it is told; without it, it is decoration. */
  readonly label?: string;
  readonly class?: string | undefined;
}

/** A picture, one pixel for one of its own. */
export function Bitmap({ bitmap, label, class: style }: BitmapProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.drawImage(bitmap, 0, 0), [bitmap]);
  return (
    <canvas
      ref={canvas}
      width={bitmap.width}
      height={bitmap.height}
      class={style}
      {...(label && { role: 'img', 'aria-label': label })}
    />
  );
}
