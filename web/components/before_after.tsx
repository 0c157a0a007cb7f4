import type { JSX } from 'preact';

export interface BarPart {
  readonly label: string;
  readonly value: number;
}

interface Row {
  readonly label: string;
  readonly text: string;
  /** Drawn one behind the other; the first is the darkest. */
  readonly parts: readonly BarPart[];
  /** Ends of a whisker around the end of the bar, in the unit of the parts. */
  readonly spread?: readonly [number, number];
}

interface BeforeAfterProps {
  readonly before: Row;
  readonly after: Row;
}

/** Two bars on one scale. The numbers beside them say the same, so the bars are decoration. */
export function BeforeAfter({ before, after }: BeforeAfterProps): JSX.Element {
  const end = ({ parts, spread }: Row): number =>
    Math.max(
      parts.reduce((sum, part) => sum + part.value, 0),
      spread?.[1] ?? 0,
    );
  const scale = Math.max(end(before), end(after), Number.MIN_VALUE);
  return (
    <dl class="bars">
      <BarRow row={before} scale={scale} kind="before" />
      <BarRow row={after} scale={scale} kind="after" />
    </dl>
  );
}

function BarRow({
  row,
  scale,
  kind,
}: {
  row: Row;
  scale: number;
  kind: 'before' | 'after';
}): JSX.Element {
  const percent = (value: number) => `${(100 * value) / scale}%`;
  return (
    <div class={`bar-row ${kind}`}>
      <dt>{row.label}</dt>
      <dd>{row.text}</dd>
      <div class="bar" aria-hidden="true">
        {row.parts.map((part) => (
          <span key={part.label} title={part.label} style={{ width: percent(part.value) }} />
        ))}
        {row.spread && (
          <i
            style={{
              left: percent(row.spread[0]),
              width: percent(row.spread[1] - row.spread[0]),
            }}
          />
        )}
      </div>
    </div>
  );
}
