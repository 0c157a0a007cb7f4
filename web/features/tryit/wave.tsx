import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const WIDTH = 640;
const HEIGHT = 120;

/** Least and greatest value of each of so many pieces. */
export function outline(values: Float32Array, pieces: number): (readonly [number, number])[] {
  return Array.from({ length: pieces }, (_, i) => {
    const [from, to] = [i, i + 1].map((end) => Math.floor((end * values.length) / pieces));
    let [low, high] = [Infinity, -Infinity];
    for (let at = from!; at < Math.max(to!, from! + 1); ++at) {
      low = Math.min(low, values[at] ?? 0);
      high = Math.max(high, values[at] ?? 0);
    }
    return [low, high] as const;
  });
}

interface WaveProps {
  readonly values: Float32Array;
  readonly label: string;
}

/** The sound that the models hear. */
export function Wave({ values, label }: WaveProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = getComputedStyle(context.canvas).color;
    outline(values, WIDTH).forEach(([low, high], x) => {
      const [top, bottom] = [((1 - high) * HEIGHT) / 2, ((1 - low) * HEIGHT) / 2];
      context.fillRect(x, top, 1, Math.max(1, bottom - top));
    });
  }, [values]);
  return (
    <figure class="stage wave">
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} role="img" aria-label={label} />
      <figcaption class="help">{label}</figcaption>
    </figure>
  );
}
