import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Axes, plotOf } from './axes.js';
import { linearScale, ticks } from './scale.js';

interface ScatterProps {
  readonly width: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  /** Straight lines from edge to edge, by slope and by height at 0. */
  readonly lines: readonly {
    readonly kind: 'line-truth' | 'line-limit';
    readonly slope: number;
    readonly offset: number;
  }[];
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly formatValue: (value: number) => string;
}

const HEIGHT = 340;

/** Up to some thousand points, as one path of dots. */
export function Scatter(props: ScatterProps): JSX.Element | null {
  const { width, xDomain, yDomain, formatValue, lines } = props;
  const inside = useId();
  if (width === 0) return null;
  const plot = plotOf(width, HEIGHT);
  const right = plot.left + plot.width;
  const x = linearScale(xDomain, [plot.left, right]);
  const y = linearScale(yDomain, [plot.top + plot.height, plot.top]);
  let dots = '';
  for (let i = 0; i < props.x.length; ++i) {
    dots += `M${x(props.x[i]!).toFixed(1)} ${y(props.y[i]!).toFixed(1)}h0`;
  }
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={props.label}>
      <clipPath id={inside}>
        <rect x={plot.left} y={plot.top} width={plot.width} height={plot.height} />
      </clipPath>
      <Axes
        plot={plot}
        x={{
          scale: x,
          ticks: ticks(xDomain, Math.max(2, plot.width / 80)),
          format: formatValue,
          label: props.xLabel,
        }}
        y={{ scale: y, ticks: ticks(yDomain, 6), format: formatValue, label: props.yLabel }}
      />
      <g clip-path={`url(#${inside})`}>
        {lines.map(({ kind, slope, offset }) => (
          <line
            key={`${kind}/${offset}`}
            class={`chart-${kind}`}
            x1={plot.left}
            x2={right}
            y1={y(offset + slope * xDomain[0])}
            y2={y(offset + slope * xDomain[1])}
          />
        ))}
      </g>
      <path class="chart-dot" d={dots} />
    </svg>
  );
}
