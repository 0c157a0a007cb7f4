import type { JSX } from 'preact';
import { numeric, ScrollTable } from '../../components/table.js';
import { formatDecibels, formatShape } from '../../lib/format.js';
import { statsOf } from '../data/look.js';
import type { Side } from './duel.js';
import type { Output } from './reading.js';
import type { Outcome } from './state.js';
import { words } from './words.js';

const FIRST = 8;

const digits = (value: number): string => Number(value.toPrecision(4)).toString();

function Values({ output }: { readonly output: Output }): JSX.Element {
  const { min, mean, max } = statsOf(output.values);
  const more = output.values.length > FIRST ? ' …' : '';
  return (
    <>
      <td class="name">{[...output.values.subarray(0, FIRST)].map(digits).join(', ') + more}</td>
      <td class="number">{[min, mean, max].map(digits).join(', ')}</td>
    </>
  );
}

/** Each output of both models as numbers, one below the other. */
export function RawView({ outcome }: { readonly outcome: Outcome }): JSX.Element {
  const { value } = words;
  const sides = (['before', 'after'] as const).filter((side: Side) => outcome.runs[side]);
  return (
    <ScrollTable
      label={value.rawTable}
      caption={value.rawTable}
      columns={[
        value.output,
        value.shape,
        value.values,
        numeric(value.range),
        numeric(value.difference),
      ]}
    >
      {outcome.task.outputs.map((output, i) => (
        <tbody key={i}>
          {sides.map((side) => {
            const own = outcome.runs[side]!.outputs[i]!;
            const noise = outcome.noise?.[i];
            return (
              <tr key={side}>
                <th scope="row">
                  <span class={`key ${side}`} aria-hidden="true" /> {value[side]}
                  <span class="help name output-name">{output.name}</span>
                </th>
                <td>{formatShape(own.shape)}</td>
                <Values output={own} />
                <td class="number">
                  {side === 'after' && noise !== undefined && Number.isFinite(noise)
                    ? formatDecibels(noise)
                    : '–'}
                </td>
              </tr>
            );
          })}
        </tbody>
      ))}
    </ScrollTable>
  );
}
