import type { JSX } from 'preact';
import type { Scale } from './scale.js';

/** The part of a chart that is inside its axes, in pixels. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Leaves room for labels on the left and below. */
export function plotOf(width: number, height: number): Plot {
  const left = 52;
  const top = 32;
  return { left, top, width: Math.max(width - left - 20, 1), height: height - top - 40 };
}

interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  readonly label: string;
}

/** Both axes with their labels, and a line across at each tick of the upright one. */
export function Axes({
  plot: { left, top, width, height },
  x,
  y,
}: {
  readonly plot: Plot;
  readonly x: Axis;
  readonly y: Axis;
}): JSX.Element {
  const bottom = top + height;
  return (
    <g class="chart-axes">
      {y.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${y.scale(tick)})`}>
          <line class="chart-grid" x1={left} x2={left + width} />
          <text x={left - 8} dy="0.32em" text-anchor="end">
            {y.format(tick)}
          </text>
        </g>
      ))}
      <line class="chart-base" x1={left} x2={left + width} y1={bottom} y2={bottom} />
      {x.ticks.map((tick) => (
        <g key={tick} transform={`translate(${x.scale(tick)} ${bottom})`}>
          <line class="chart-base" y2="5" />
          <text y="18" text-anchor="middle">
            {x.format(tick)}
          </text>
        </g>
      ))}
      <text class="chart-axis-name" x={left + width} y={bottom + 35} text-anchor="end">
        {x.label}
      </text>
      <text class="chart-axis-name" x={0} y={10}>
        {y.label}
      </text>
    </g>
  );
}
