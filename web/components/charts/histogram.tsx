import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Axes, plotOf, type Plot } from './axes.js';
import { countScale, countTicks, linearScale, ticks, type Scale } from './scale.js';

/** How finely a handle moves over the whole width: one press of an arrow key is one of these. */
const STEPS = 1000;
const HEIGHT = 290;

type Range = readonly [low: number, high: number];

/** A range that is chosen over a histogram with two handles. */
export interface RangeChoice {
  readonly range: Range;
  readonly labels: readonly [low: string, high: string];
  readonly format: (value: number) => string;
  /** What the range leads to, told after the value of a handle. */
  readonly outcome: string;
  /** The handles do not go beyond it: the lower one not above, the upper one not below. */
  readonly between: number;
  readonly disabled: boolean;
  readonly onInput: (range: Range) => void;
}

interface HistogramProps {
  readonly width: number;
  /** Evenly over the domain. */
  readonly counts: ArrayLike<number>;
  readonly domain: Range;
  readonly logarithmic: boolean;
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly formatValue: (value: number) => string;
  readonly formatCount: (count: number) => string;
  /** Absent when there is nothing to choose. */
  readonly choice?: RangeChoice | undefined;
  /** A range to compare with. */
  readonly reference?: Range | undefined;
}

/** How many bars suit a width. */
export function barsOf(width: number): number {
  return Math.max(16, Math.floor(plotOf(width, HEIGHT).width / 4));
}

/** The outline of all bars within a range, as one path. */
function outline(
  counts: ArrayLike<number>,
  x: Scale,
  y: Scale,
  [low, high]: Range,
  isInside: boolean,
): string {
  const [start, end] = x.domain;
  const width = (end - start) / counts.length;
  const base = y(0);
  let path = '';
  for (let i = 0; i < counts.length; ++i) {
    const count = counts[i]!;
    if (count === 0) continue;
    const center = start + (i + 0.5) * width;
    if ((center >= low && center <= high) !== isInside) continue;
    const from = x(start + i * width);
    const to = x(start + (i + 1) * width);
    // What is there is seen, however rare it is.
    const top = Math.min(y(count), base - 1);
    path += `M${from.toFixed(2)} ${base}V${top.toFixed(2)}H${(to - 0.5).toFixed(2)}V${base}Z`;
  }
  return path;
}

/** Counts of values, and a range of them to choose with the mouse, a finger or the keyboard. */
export function Histogram(props: HistogramProps): JSX.Element | null {
  const { width, counts, domain, logarithmic, choice, reference, formatValue } = props;
  const hatch = useId();
  const [focused, setFocused] = useState<0 | 1 | null>(null);
  if (width === 0) return null;
  const plot = plotOf(width, HEIGHT);
  const most = Array.from(counts).reduce((a, b) => Math.max(a, b), 0);
  const x = linearScale(domain, [plot.left, plot.left + plot.width]);
  const upright: Range = [plot.top + plot.height, plot.top];
  const y = logarithmic ? countScale(most, upright) : linearScale([0, most], upright);
  const range = choice?.range ?? ([-Infinity, Infinity] as const);
  const bottom = plot.top + plot.height;
  return (
    <div class="chart-canvas">
      <svg width={width} height={HEIGHT} role="img" aria-label={props.label}>
        <defs>
          <pattern
            id={hatch}
            width="5"
            height="5"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="chart-clipped-ground" width="5" height="5" />
            <rect class="chart-clipped-line" width="2" height="5" />
          </pattern>
        </defs>
        {choice && (
          <rect
            class="chart-chosen"
            x={x(range[0])}
            y={plot.top}
            width={Math.max(x(range[1]) - x(range[0]), 0)}
            height={plot.height}
          />
        )}
        <Axes
          plot={plot}
          x={{
            scale: x,
            ticks: ticks(domain, Math.max(2, plot.width / 80)),
            format: formatValue,
            label: props.xLabel,
          }}
          y={{
            scale: y,
            ticks: logarithmic ? countTicks(most, 5) : ticks([0, most], 4),
            format: props.formatCount,
            label: props.yLabel,
          }}
        />
        <path class="chart-bar" d={outline(counts, x, y, range, true)} />
        <path d={outline(counts, x, y, range, false)} fill={`url(#${hatch})`} />
        {reference?.map((value) => (
          <line
            key={value}
            class="chart-line-reference"
            x1={x(value)}
            x2={x(value)}
            y1={plot.top}
            y2={bottom}
          />
        ))}
        {choice &&
          !choice.disabled &&
          ([0, 1] as const).map((side) => (
            <Handle
              key={side}
              x={x(choice.range[side])}
              plot={plot}
              isLow={side === 0}
              isFocused={focused === side}
              text={choice.format(choice.range[side])}
            />
          ))}
      </svg>
      {choice && !choice.disabled && (
        <Sliders choice={choice} domain={domain} plot={plot} onFocus={setFocused} />
      )}
    </div>
  );
}

interface HandleProps {
  readonly x: number;
  readonly plot: Plot;
  readonly isLow: boolean;
  readonly isFocused: boolean;
  readonly text: string;
}

function Handle({ x, plot, isLow, isFocused, text }: HandleProps): JSX.Element {
  // The value stands outside of the range where there is room for it.
  const room = text.length * 7.5 + 8;
  const left = isLow ? x - room > plot.left : x + room > plot.left + plot.width;
  return (
    <g class="chart-handle" transform={`translate(${x} 0)`}>
      <line y1={plot.top - 10} y2={plot.top + plot.height} />
      {isFocused && (
        <rect class="chart-focus" x="-11" y={plot.top + 22} width="22" height="42" rx="8" />
      )}
      <rect class="chart-grip" x="-7" y={plot.top + 26} width="14" height="34" rx="5" />
      <path class="chart-grip-line" d={`M-2 ${plot.top + 37}v12M2 ${plot.top + 37}v12`} />
      <text y={plot.top - 2} x={left ? -6 : 6} text-anchor={left ? 'end' : 'start'}>
        {text}
      </text>
    </g>
  );
}

interface SlidersProps {
  readonly choice: RangeChoice;
  readonly domain: Range;
  readonly plot: Plot;
  readonly onFocus: (side: 0 | 1 | null) => void;
}

/** The browser's own sliders, over the handles: their thumbs are as high as the chart. */
function Sliders({ choice, domain, plot, onFocus }: SlidersProps): JSX.Element {
  const { range, labels, format, outcome, between } = choice;
  const [low, high] = domain;
  const position = (value: number): number => ((value - low) / (high - low)) * STEPS;
  const move = (side: 0 | 1, at: number): void => {
    const value = low + (at / STEPS) * (high - low);
    choice.onInput(
      side === 0 ? [Math.min(value, between), range[1]] : [range[0], Math.max(value, between)],
    );
  };
  return (
    <div
      class="chart-sliders"
      style={{
        '--plot-left': `${plot.left}px`,
        '--plot-top': `${plot.top}px`,
        '--plot-width': `${plot.width}px`,
        '--plot-height': `${plot.height}px`,
      }}
    >
      {([0, 1] as const).map((side) => (
        <input
          key={side}
          type="range"
          min={0}
          max={STEPS}
          step={1}
          value={position(range[side])}
          aria-label={labels[side]}
          aria-valuetext={`${format(range[side])}, ${outcome}`}
          onInput={(event) => {
            const input = event.currentTarget;
            move(side, input.valueAsNumber);
            // It was held back: the thumb stays with the handle.
            const held = position(between);
            if (side === 0 ? input.valueAsNumber > held : input.valueAsNumber < held) {
              input.value = String(held);
            }
          }}
          onFocus={() => onFocus(side)}
          onBlur={() => onFocus(null)}
        />
      ))}
    </div>
  );
}
