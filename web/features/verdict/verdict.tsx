import type { JSX } from 'preact';
import { RefusalNotice } from '../../components/notice.js';
import { isRunning } from '../run/state.js';
import { TakeAway } from '../takeaway/takeaway.js';
import { EmptyVerdict } from './empty.js';
import { Fates } from './fates.js';
import { FidelityTile } from './fidelity_tile.js';
import { phrases } from './headline.js';
import { MemoryTile } from './memory_tile.js';
import { NextSteps, Provenance, Warnings } from './remarks.js';
import { SizeTile } from './size_tile.js';
import { SpeedTile } from './speed_tile.js';
import { isMeasured, verdict } from './state.js';
import { words } from './words.js';

/** Size, fidelity, speed and memory, before and after, in words first. */
export function VerdictPanel(): JSX.Element {
  const current = verdict.value;
  if (!current) {
    return (
      <section class="panel verdict" aria-labelledby="verdict-title">
        <EmptyVerdict />
      </section>
    );
  }
  const { measurement } = current;
  const said = phrases(current);
  const comma = words.value.comma.trim();
  return (
    <section
      class={`panel verdict ${isRunning.value ? 'stale' : ''}`}
      aria-labelledby="verdict-title"
      aria-busy={isRunning.value}
    >
      <h2 id="verdict-title" class="headline">
        {said.map((phrase, index) => (
          <>
            <span key={phrase}>{index < said.length - 1 ? `${phrase}${comma}` : phrase}</span>{' '}
          </>
        ))}
      </h2>
      <Provenance {...current} />
      <Warnings {...current} />
      <div class="tiles">
        <SizeTile {...current} />
        {isMeasured(measurement) ? (
          <>
            <FidelityTile measurement={measurement} />
            <SpeedTile latency={measurement.latency} runtime={current.runtime} />
            <MemoryTile latency={measurement.latency} />
          </>
        ) : (
          <div class="tile span">
            <RefusalNotice refusal={measurement} />
          </div>
        )}
      </div>
      <NextSteps {...current} />
      <TakeAway result={current} />
      <Fates {...current} />
    </section>
  );
}
