import type { JSX } from 'preact';
import { formatMilliseconds } from '../../lib/format.js';
import { median } from './numbers.js';
import { speeds, ticks, type Outcome } from './state.js';
import { words } from './words.js';

/** How many frames a second were shown, of the last ones. */
function shownPerSecond(times: readonly number[]): number {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  return last > first ? (1000 * (times.length - 1)) / (last - first) : 0;
}

/** How long each model took; live, what that is in frames, and how many there are of both. */
export function Speeds({ runs }: { readonly runs: Outcome['runs'] }): JSX.Element {
  const { value } = words;
  const shown = shownPerSecond(ticks.value);
  return (
    <dl class="speeds">
      {(['before', 'after'] as const).map((side) => {
        const run = runs[side];
        if (!run) return null;
        const lately = speeds.value[side];
        const ms = lately.length > 0 ? median(lately) : run.ms;
        return (
          <div key={side}>
            <dt>
              <span class={`key ${side}`} aria-hidden="true" /> {value[side]}
            </dt>
            <dd>
              {formatMilliseconds(ms)}
              {lately.length > 0 && (
                <span class="help"> {value.framesPerSecond(1000 / Math.max(ms, 0.001))}</span>
              )}
            </dd>
          </div>
        );
      })}
      {shown > 0 && (
        <div>
          <dt>{value.together}</dt>
          <dd>{value.framesPerSecond(shown)}</dd>
        </div>
      )}
    </dl>
  );
}
