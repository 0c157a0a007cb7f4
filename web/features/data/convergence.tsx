import { effect, signal } from '@preact/signals';
import type { Convergence } from 'octolite';
import type { JSX } from 'preact';
import { numeric, ScrollTable } from '../../components/table.js';
import { progress } from '../run/state.js';
import { verdict } from '../verdict/state.js';
import { isSettled, movesShown, type Move } from './moves.js';
import { words } from './words.js';

/** How far each sample of the latest calibration moved the range that it moved most. */
const moves = signal<readonly Move[]>([]);

effect(() => {
  const now = progress.value;
  if (now?.stage !== 'calibrate' || !now.convergence) return;
  const { samples, lastMove } = now.convergence;
  const before = moves.peek();
  const isNew = samples <= (before.at(-1)?.sample ?? 0);
  moves.value = [...(isNew ? [] : before), { sample: samples, by: lastMove }];
});

/** Shares from 0.01 % to 100 % on a logarithmic scale, as 0 to 1. */
function height(share: number): number {
  return Math.min(Math.max((Math.log10(Math.max(share, 1e-4)) + 4) / 4, 0), 1);
}

function Chart({ total }: { readonly total: number }): JSX.Element {
  const said = words.value;
  const seen = movesShown(moves.value);
  const width = 100 / Math.max(total, 1);
  const bars = seen
    .map(({ sample, by }) => {
      const x = (sample - 1) * width;
      return `M${x} 1V${1 - Math.max(height(by), 0.02)}H${x + width * 0.9}V1Z`;
    })
    .join('');
  return (
    <div class="convergence-chart">
      <svg
        viewBox="0 0 100 1"
        preserveAspectRatio="none"
        role="img"
        aria-label={said.convergenceChart}
      >
        <path d={bars} />
        <line
          x1="0"
          x2="100"
          y1={1 - height(0.01)}
          y2={1 - height(0.01)}
          vector-effect="non-scaling-stroke"
        />
      </svg>
      <span class="help threshold" aria-hidden="true">
        {said.onePercent}
      </span>
    </div>
  );
}

function MoveTable(): JSX.Element {
  const said = words.value;
  return (
    <details class="disclosure">
      <summary>{said.asTable}</summary>
      <ScrollTable
        class="move-table"
        label={said.convergenceChart}
        caption={said.convergenceChart}
        columns={[numeric(said.sample), numeric(said.move)]}
      >
        <tbody>
          {movesShown(moves.value).map(({ sample, by }) => (
            <tr key={sample}>
              <th scope="row" class="number">
                {sample}
              </th>
              <td class="number">{said.percent(by)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </details>
  );
}

function sentence(seen: Convergence, isRunning: boolean): string {
  const { samples, stableAfter, lastMove } = seen;
  if (isRunning) return words.value.calibrating(stableAfter, samples);
  return isSettled(seen)
    ? words.value.settled(stableAfter, samples)
    : words.value.moving(stableAfter, samples, lastMove);
}

/** Whether there were enough samples: while calibrating, and afterwards. */
export function ConvergenceFields(): JSX.Element | null {
  const now = progress.value?.stage === 'calibrate' ? progress.value : null;
  const seen = now?.convergence ?? (now ? null : verdict.value?.statistics?.convergence);
  if (!seen) return null;
  const isRunning = now !== null;
  // Of a verdict that came without this page watching, or is an earlier one, only the end is known.
  const isWatched = moves.value.at(-1)?.sample === seen.samples;
  const settled = !isRunning && isSettled(seen);
  return (
    <section class="convergence" aria-labelledby="convergence-title">
      <h3 id="convergence-title">{words.value.convergence}</h3>
      <p class={isRunning ? 'help' : `help ${settled ? 'settled' : 'unsettled'}`}>
        {!isRunning && <span aria-hidden="true">{settled ? '✓ ' : '! '}</span>}
        {sentence(seen, isRunning)}
      </p>
      {isWatched && (
        <>
          <Chart total={now ? now.total : seen.samples} />
          {!isRunning && <MoveTable />}
        </>
      )}
    </section>
  );
}
