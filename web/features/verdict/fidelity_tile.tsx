import type { JSX } from 'preact';
import { formatDecibels, formatPercent } from '../../lib/format.js';
import { agreement, worstOutput } from './measures.js';
import type { Measurement } from './state.js';
import { Tile } from './tile.js';
import { words } from './words.js';

type Accuracy = NonNullable<Measurement['accuracy']>;

function Scores({ accuracy: { before, after } }: { readonly accuracy: Accuracy }): JSX.Element {
  const { rightBefore, rightAfter, topFive } = words.value.fidelity;
  const hasFive = before.top5 !== undefined && after.top5 !== undefined;
  return (
    <>
      <dt>{rightBefore}</dt>
      <dd>
        {before.correct} ({formatPercent(before.top1)})
      </dd>
      <dt>{rightAfter}</dt>
      <dd>
        {after.correct} ({formatPercent(after.top1)})
      </dd>
      {hasFive && (
        <>
          <dt>{topFive}</dt>
          <dd>
            {formatPercent(before.top5)} → {formatPercent(after.top5)}
          </dd>
        </>
      )}
    </>
  );
}

/** The classes that are most often taken for others, in either model. */
function Confusions({ accuracy: { before, after } }: { readonly accuracy: Accuracy }) {
  const { before: beforeLabel, after: afterLabel, fidelity } = words.value;
  const key = ({ label, predicted }: { label: number; predicted: number }): string =>
    `${label} ${predicted}`;
  const pairs = new Map(
    [...after.confusions, ...before.confusions].map((pair) => [key(pair), pair]),
  );
  if (pairs.size === 0) return null;
  const countIn = (side: Accuracy['before'], wanted: string): string => {
    const found = side.confusions.find((pair) => key(pair) === wanted);
    if (found) return String(found.count);
    // Ten are told; of what is not among them only that it is rarer is known.
    return side.confusions.length < 10 ? '0' : fidelity.rare;
  };
  return (
    <details class="disclosure">
      <summary>{fidelity.confusions}</summary>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{fidelity.label}</th>
            <th scope="col">{fidelity.takenFor}</th>
            <th scope="col" class="number">
              {beforeLabel}
            </th>
            <th scope="col" class="number">
              {afterLabel}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...pairs].map(([id, { label, predicted }]) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              <td>{predicted}</td>
              <td class="number">{countIn(before, id)}</td>
              <td class="number">{countIn(after, id)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** How close the outputs stay, and how often the answer is the same, or right. */
export function FidelityTile({ measurement }: { readonly measurement: Measurement }): JSX.Element {
  const { compare, accuracy } = measurement;
  const { fidelity } = words.value;
  const worst = worstOutput(measurement);
  const same = agreement(measurement);
  return (
    <Tile
      title={fidelity.title}
      figure={same ? formatPercent(same.equal / same.of) : formatDecibels(worst.sqnrDb)}
      figureLabel={same ? fidelity.sameAnswer : fidelity.signal}
    >
      <dl class="pairs">
        {accuracy && <Scores accuracy={accuracy} />}
        <dt>
          <abbr title={fidelity.sqnrMeans}>{fidelity.sqnr}</abbr>
        </dt>
        <dd>{formatDecibels(worst.sqnrDb)}</dd>
        <dt>
          <abbr title={fidelity.cosineMeans}>{fidelity.cosine}</abbr>
        </dt>
        <dd>{worst.cosine.toFixed(5)}</dd>
        <dt>{fidelity.maxError}</dt>
        <dd>{worst.maxAbsError.toPrecision(3)}</dd>
      </dl>
      <p class="help">
        {compare.outputs.length > 1 ? fidelity.worst(worst.name) : fidelity.single}
      </p>
      {accuracy && <Confusions accuracy={accuracy} />}
    </Tile>
  );
}
