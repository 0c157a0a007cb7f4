import type { JSX } from 'preact';

interface OutlineProps {
  /** The least and most of each stretch. */
  readonly parts: readonly (readonly [number, number])[];
  /** What a person who does not see it is told; without it, it is decoration. */
  readonly label?: string;
  /** What fills the height where nothing is larger; default whatever is largest. */
  readonly full?: number;
}

/** The outline of a sound. */
export function Outline({ parts, label, full = 1e-6 }: OutlineProps): JSX.Element {
  const reach = parts.reduce((most, [min, max]) => Math.max(most, -min, max), full);
  const path = parts
    .map(([min, max], x) => `M${x + 0.5} ${-max / reach - 0.02}V${-min / reach + 0.02}`)
    .join('');
  return (
    <svg
      class="outline"
      viewBox={`0 -1.05 ${parts.length} 2.1`}
      preserveAspectRatio="none"
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' })}
    >
      <path d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
