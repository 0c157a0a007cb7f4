import type { JSX } from 'preact';
import { RefusalNotice } from '../../components/notice.js';
import { TakeAway } from '../takeaway/takeaway.js';
import { Fates } from './fates.js';
import { FidelityTile } from './fidelity_tile.js';
import { MemoryTile } from './memory_tile.js';
import { NextSteps } from './remarks.js';
import { SizeTile } from './size_tile.js';
import { SpeedTile } from './speed_tile.js';
import { isMeasured, verdict } from './state.js';

/** The figures of the verdict, its files, and what became of the operators. */
export function VerdictDetails(): JSX.Element | null {
  const current = verdict.value;
  if (!current) return null;
  const { measurement } = current;
  return (
    <>
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
    </>
  );
}
