import { coverageOf, type QuantizedOperator } from 'octolite';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { numeric, ScrollTable } from '../../components/table.js';
import { formatBytes } from '../../lib/format.js';
import type { Verdict } from './state.js';
import { words } from './words.js';

/** A longer table is of no use here, and slow. */
const MOST_ROWS = 300;

/** Whether the model computes with integers alone, in words. */
function Coverage({ inspection, report }: Verdict): JSX.Element {
  const { coverage } = words.value;
  const { fullyInteger, floatOperators, operators } = coverageOf(inspection.after, report);
  if (fullyInteger) {
    return (
      <p class="coverage">
        <strong>✓ {coverage.yes}</strong> <span class="help">{coverage.yesHelp}</span>
      </p>
    );
  }
  return (
    <p class="coverage">
      <strong>
        {floatOperators.length === 0
          ? coverage.inside
          : coverage.no(floatOperators.length, operators)}
      </strong>
    </p>
  );
}

function FateRow({
  operator,
  hasReasons,
}: {
  readonly operator: QuantizedOperator;
  readonly hasReasons: boolean;
}): JSX.Element {
  const bytes = (count: number): string => (count > 0 ? formatBytes(count) : '–');
  return (
    <tr>
      <th scope="row" title={operator.output}>
        {operator.name} <span class="help">{operator.index}</span>
      </th>
      <td>{words.value.operators.modes[operator.mode]}</td>
      <td class="number">{bytes(operator.weightBytesBefore)}</td>
      <td class="number">{bytes(operator.weightBytesAfter)}</td>
      {hasReasons && <td>{operator.reason}</td>}
    </tr>
  );
}

/** What became of the operators, and why: first those that did not get what was asked. */
export function Fates(verdict: Verdict): JSX.Element {
  const { report } = verdict;
  const { before, after, operators } = words.value;
  // A table of hundreds of rows that nobody looks at is not made.
  const [isOpen, setOpen] = useState(false);
  const isKept = ({ mode, asked }: QuantizedOperator): boolean => mode !== asked;
  const kept = report.operators.filter(isKept);
  const changed = report.operators.filter(({ mode }) => mode !== 'float');
  const hasReasons = report.operators.some(({ reason }) => reason !== '');
  const seams = report.addedQuantize + report.addedDequantize;
  const isLong = report.operators.length > MOST_ROWS;
  const rows = isLong
    ? [...kept, ...report.operators.filter((operator) => !isKept(operator))].slice(0, MOST_ROWS)
    : report.operators;
  return (
    <>
      <Coverage {...verdict} />
      <details class="disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {operators.quantized(changed.length, report.operators.length)}
          {kept.length > 0 && `${words.value.comma}${operators.otherwise(kept.length)}`}
        </summary>
        {seams > 0 && <p class="help">{operators.seams(seams)}</p>}
        <ScrollTable
          label={operators.tableLabel}
          columns={[
            operators.operator,
            operators.became,
            numeric(before),
            numeric(after),
            ...(hasReasons ? [operators.why] : []),
          ]}
        >
          <tbody>
            {(isOpen ? rows : []).map((operator) => (
              <FateRow
                key={`${operator.subgraph}/${operator.index}`}
                operator={operator}
                hasReasons={hasReasons}
              />
            ))}
          </tbody>
        </ScrollTable>
        {isLong && <p class="help">{operators.more(report.operators.length - rows.length)}</p>}
      </details>
    </>
  );
}
