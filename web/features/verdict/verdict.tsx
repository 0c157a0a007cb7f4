import type { JSX } from 'preact';
import { later } from '../../components/later.js';
import { isRunning } from '../run/state.js';
import { EmptyVerdict } from './empty.js';
import { phrases } from './headline.js';
import { Provenance, Warnings } from './remarks.js';
import { verdict } from './state.js';
import { words } from './words.js';

const VerdictDetails = later(() => import('./details.js').then((module) => module.VerdictDetails));

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
      <VerdictDetails />
    </section>
  );
}
