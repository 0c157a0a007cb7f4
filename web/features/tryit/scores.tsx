import type { JSX } from 'preact';
import { formatPercent } from '../../lib/format.js';
import { bestClasses } from './agreement.js';
import type { Both } from './overlays.js';
import { topPlaces } from './numbers.js';
import type { Scores } from './reading.js';
import { names } from './state.js';
import { nameOf, words } from './words.js';

/** So that the table keeps its size when one class has all. */
const SHOWN = 5;

/** The best classes of either model, with the scores of both as bars on one scale. */
export function ScoresView({ before, after }: Both<Scores>): JSX.Element {
  const { value } = words;
  const sides = [
    { side: 'before', scores: before },
    { side: 'after', scores: after },
  ].flatMap(({ side, scores }) => (scores ? [{ side: side as 'before' | 'after', scores }] : []));
  const best = sides.map(({ scores }) => bestClasses(scores));
  const filling = sides.slice(0, 1).flatMap(({ scores }) => topPlaces(scores.values, SHOWN));
  const likely = new Set(best.flat());
  const shown = [...new Set([...likely, ...filling])].slice(0, Math.max(SHOWN, likely.size));
  return (
    <>
      <table class="scores">
        <caption>
          {value.scoresTable}
          {sides.some(({ scores }) => scores.softmaxed) && <> ({value.softmaxed})</>}
        </caption>
        <thead>
          <tr>
            <th scope="col">{value.classColumn}</th>
            {sides.map(({ side }) => (
              <th key={side} scope="col">
                <span class={`key ${side}`} aria-hidden="true" /> {value[side]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((place) => (
            <tr key={place}>
              <th scope="row">{nameOf(names.value, place)}</th>
              {sides.map(({ side, scores }, i) => {
                const score = scores.values[place]!;
                return (
                  <td key={side} class={best[i]![0] === place ? 'best' : undefined}>
                    <span class={`score-bar ${side}`} aria-hidden="true">
                      <span style={{ width: `${100 * Math.min(Math.max(score, 0), 1)}%` }} />
                    </span>
                    {formatPercent(score)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
