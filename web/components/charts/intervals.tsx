import type { JSX } from 'preact';
import { Axes, plotOf } from './axes.js';
import { linearScale, ticks } from './scale.js';

const HEIGHT = 250;

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Within low to high, where one bar stands for several: their mean. */
  readonly meanLow: number;
  readonly meanHigh: number;
}

interface IntervalsProps {
  readonly width: number;
  /** From left to right. */
  readonly intervals: readonly Interval[];
  /** How many things the intervals stand for, for the axis. */
  readonly count: number;
  /** Lines across, to compare with. */
  readonly limits: readonly number[];
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly formatValue: (value: number) => string;
  readonly formatPosition: (value: number) => string;
}

/** How many bars of at least two pixels a width has room for. */
export function intervalsOf(width: number): number {
  return Math.max(8, Math.floor(plotOf(width, HEIGHT).width / 2));
}

/** An upright bar from low to high for each of many things. */
export function Intervals(props: IntervalsProps): JSX.Element | null {
  const { width, intervals, limits, count } = props;
  if (width === 0) return null;
  const plot = plotOf(width, HEIGHT);
  const values = [0, ...limits, ...intervals.flatMap(({ low, high }) => [low, high])];
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const margin = (most - least) * 0.05;
  const domain = [least - margin, most + margin] as const;
  const x = linearScale([0, intervals.length], [plot.left, plot.left + plot.width]);
  const y = linearScale(domain, [plot.top + plot.height, plot.top]);
  const each = plot.width / Math.max(intervals.length, 1);
  const gap = each > 4 ? Math.min(each * 0.2, 6) : each > 2.5 ? 0.5 : 0;
  const thick = Math.min(each - gap, 28);
  const bars = (from: keyof Interval, to: keyof Interval): string =>
    intervals
      .map((interval, i) => {
        const left = x(i + 0.5) - thick / 2;
        const [top, bottom] = [y(interval[to]), y(interval[from])];
        const tall = Math.max(bottom - top, 1).toFixed(2);
        return `M${left.toFixed(2)} ${top.toFixed(2)}h${thick.toFixed(2)}v${tall}h${(-thick).toFixed(2)}Z`;
      })
      .join('');
  const perBar = count / Math.max(intervals.length, 1);
  const positions = ticks([0, count - 1], Math.max(2, plot.width / 70)).filter(Number.isInteger);
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={props.label}>
      <Axes
        plot={plot}
        x={{
          scale: Object.assign((value: number) => x((value + 0.5) / perBar), { domain: x.domain }),
          ticks: positions,
          format: props.formatPosition,
          label: props.xLabel,
        }}
        y={{
          scale: y,
          ticks: ticks(domain, 5),
          format: props.formatValue,
          label: props.yLabel,
        }}
      />
      <path class="chart-bar-light" d={bars('low', 'high')} />
      <path class="chart-bar" d={bars('meanLow', 'meanHigh')} />
      <line class="chart-base" x1={plot.left} x2={plot.left + plot.width} y1={y(0)} y2={y(0)} />
      {limits.map((limit) => (
        <line
          key={limit}
          class="chart-line-limit"
          x1={plot.left}
          x2={plot.left + plot.width}
          y1={y(limit)}
          y2={y(limit)}
        />
      ))}
    </svg>
  );
}
