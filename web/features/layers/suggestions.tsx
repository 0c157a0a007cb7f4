import type { ComponentChildren, JSX } from 'preact';
import { RefusalNotice } from '../../components/notice.js';
import { formatBytes, formatCount, formatDecibels, formatPercent } from '../../lib/format.js';
import type { RecipeSettings } from '../recipe/settings.js';
import { change, settings } from '../recipe/state.js';
import { run } from '../run/pipeline.js';
import { settledVerdict, type Verdict } from '../verdict/state.js';
import { adviceOf, isApplied, settingsOf, type Advice } from './advice.js';
import { shortOutput } from './rows.js';
import {
  cancelSearch,
  search,
  searchCost,
  startSearch,
  suggestions,
  type Suggestion,
} from './search.js';
import { rows } from './view.js';
import { words } from './words.js';

function Card({
  text,
  basis,
  facts,
  changes,
}: {
  readonly text: string;
  readonly basis: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Null for what has to be changed elsewhere. */
  readonly changes: Partial<RecipeSettings> | null;
}): JSX.Element {
  const { apply, applied, evidence } = words.value;
  const isDone = changes !== null && isApplied(changes, settings.value);
  return (
    <li class="suggestion">
      <div>
        <p>
          {text} {basis && <span class="help">({basis})</span>}
        </p>
        <table aria-label={evidence}>
          <tbody>
            {facts.map(([label, value]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changes && (
        <button
          type="button"
          disabled={isDone}
          aria-label={`${isDone ? applied : apply}: ${text}`}
          onClick={() => {
            change(changes);
            void run();
          }}
        >
          {isDone ? applied : apply}
        </button>
      )}
    </li>
  );
}

/** Of the table alone, without a trial. */
function EstimateCard({ kind, row, gainDb, change: changes }: Advice): JSX.Element {
  const { keepWorst, widerRange, moreSamples, facts, estimate, gainUpTo, signedBytes } =
    words.value;
  const name = `${row.name} ${shortOutput(row.output)}`;
  if (kind === 'keep-float' && gainDb !== null) {
    return (
      <Card
        text={keepWorst(name, row.share ?? 0)}
        basis={estimate}
        changes={changes}
        facts={[
          [facts.share, formatPercent(row.share ?? 0)],
          [facts.gain, gainUpTo(gainDb)],
          [facts.extraBytes, signedBytes(row.bytesBefore - row.bytesAfter)],
        ]}
      />
    );
  }
  const sentence = kind === 'wider-range' ? widerRange : moreSamples;
  return (
    <Card
      text={sentence(name, row.clipped ?? 0)}
      basis={estimate}
      changes={changes}
      facts={[
        [facts.clipped, formatPercent(row.clipped ?? 0)],
        [facts.sqnrDb, row.sqnrDb === null ? '–' : formatDecibels(row.sqnrDb)],
      ]}
    />
  );
}

/** A figure of the library's evidence in the unit that its name tells. */
function formatEvidence(key: string, value: number | string): string {
  if (typeof value === 'string') return value;
  if (/Sqnr|sqnr/.test(key)) return formatDecibels(value);
  if (key.startsWith('bytes')) return formatBytes(value);
  if (key === 'errorShare' || key === 'clipped') return formatPercent(value);
  return Number.isInteger(value) ? formatCount(value) : value.toPrecision(3);
}

function TriedCard({
  suggestion: { text, evidence, change: suggested },
  of,
}: {
  readonly suggestion: Suggestion;
  readonly of: Verdict;
}): JSX.Element {
  const { tried, evidenceKeys } = words.value;
  const changes = suggested && settingsOf(suggested, settings.value, of.inspection.before);
  return (
    <Card
      text={`${text.charAt(0).toUpperCase()}${text.slice(1)}.`}
      basis={suggested ? tried : ''}
      changes={changes ?? null}
      facts={Object.entries(evidence).map(([key, value]) => [
        evidenceKeys[key] ?? key,
        formatEvidence(key, value),
      ])}
    />
  );
}

function SearchControl({ of }: { readonly of: Verdict }): JSX.Element {
  const { find, findHelp, finding, passes, trial, about, left, cancel } = words.value;
  const now = search.value;
  if (now?.kind === 'working') {
    const { pass, done, total, remainingMs } = now;
    const isCounted = pass < 2 && total > 0;
    return (
      <div class="row searching">
        <progress
          aria-label={finding}
          {...(isCounted ? { max: 2, value: pass + done / total } : {})}
        />
        <p class="help">
          {passes[pass]}
          {isCounted && ` · ${trial(done, total)}`}
          {isCounted && remainingMs !== null && ` · ${about(left(Math.ceil(remainingMs / 1000)))}`}
        </p>
        <button type="button" onClick={cancelSearch}>
          {cancel}
        </button>
      </div>
    );
  }
  const { trials, ms } = searchCost(of);
  return (
    <>
      {now?.kind === 'refused' && <RefusalNotice refusal={now.refusal} />}
      {suggestions.value === null && (
        <div class="row">
          <button type="button" aria-describedby="find-help" onClick={() => void startSearch(of)}>
            {find}
          </button>
          <p class="help" id="find-help">
            {findHelp(trials, left(Math.max(1, Math.ceil(ms / 1000))))}
          </p>
        </div>
      )}
    </>
  );
}

/** What could make the result better, with the figures that say so, and a button that does it. */
export function Suggestions(): JSX.Element | null {
  const of = settledVerdict.value;
  if (!of) return null;
  const tried = suggestions.value;
  // What was tried says more.
  const isTried = tried?.some(({ id }) => id === 'keep-float') ?? false;
  const estimated = adviceOf(rows.value, of.settings).filter(
    ({ kind }) => kind !== 'keep-float' || !isTried,
  );
  const cards: ComponentChildren[] = [
    ...estimated.map((advice) => <EstimateCard key={advice.kind} {...advice} />),
    ...(tried ?? []).map((suggestion) => (
      <TriedCard key={suggestion.text} suggestion={suggestion} of={of} />
    )),
  ];
  return (
    <section class="suggestions" aria-labelledby="suggestions-title">
      <h3 id="suggestions-title">{words.value.suggestions}</h3>
      {cards.length > 0 && <ul>{cards}</ul>}
      {tried?.length === 0 && <p class="help">{words.value.nothing}</p>}
      <SearchControl of={of} />
    </section>
  );
}
