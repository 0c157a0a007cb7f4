import { coverageOf, type QuantizedOperator } from 'octolite';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { LongTable } from '../../components/long_table.js';
import { Headings, numeric, ScrollTable } from '../../components/table.js';
import { formatBytes } from '../../lib/format.js';
import type { Verdict } from './state.js';
import { words } from './words.js';

/** A longer table has a box of its own. */
const MANY_ROWS = 100;

/** Whether it did not get what was asked. */
const isKept = ({ mode, asked }: QuantizedOperator): boolean => mode !== asked;

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

function Cells({
  operator,
  hasReasons,
}: {
  readonly operator: QuantizedOperator;
  readonly hasReasons: boolean;
}): JSX.Element {
  const { name, index, output, mode, reason, weightBytesBefore, weightBytesAfter } = operator;
  const bytes = (count: number): string => (count > 0 ? formatBytes(count) : '–');
  return (
    <>
      <th scope="row" title={output}>
        {name} <span class="help">{index}</span>
      </th>
      <td>{words.value.operators.modes[mode]}</td>
      <td class="number">{bytes(weightBytesBefore)}</td>
      <td class="number">{bytes(weightBytesAfter)}</td>
      {hasReasons && <td title={reason}>{reason}</td>}
    </>
  );
}

const keyOf = ({ subgraph, index }: QuantizedOperator): string => `${subgraph}/${index}`;

/** Of each operator; only those in view are elements where there are many. */
function FateTable({ operators }: { readonly operators: readonly QuantizedOperator[] }) {
  const hasReasons = operators.some(({ reason }) => reason !== '');
  const { before, after, operators: said } = words.value;
  const columns = [
    said.operator,
    said.became,
    numeric(before),
    numeric(after),
    ...(hasReasons ? [said.why] : []),
  ];
  const cells = (operator: QuantizedOperator): JSX.Element => (
    <Cells operator={operator} hasReasons={hasReasons} />
  );
  if (operators.length > MANY_ROWS) {
    return (
      <LongTable
        rows={[...operators.filter(isKept), ...operators.filter((each) => !isKept(each))]}
        label={said.tableLabel}
        class="fates"
        head={<Headings columns={columns} />}
        keyOf={keyOf}
        cells={cells}
      />
    );
  }
  return (
    <ScrollTable label={said.tableLabel} columns={columns}>
      <tbody>
        {operators.map((operator) => (
          <tr key={keyOf(operator)}>{cells(operator)}</tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** What became of the operators, and why: of many, first those that did not get what was asked. */
export function Fates(verdict: Verdict): JSX.Element {
  const { report } = verdict;
  const { operators } = words.value;
  // A table that nobody looks at is not made.
  const [isOpen, setOpen] = useState(false);
  const kept = report.operators.filter(isKept);
  const changed = report.operators.filter(({ mode }) => mode !== 'float');
  const seams = report.addedQuantize + report.addedDequantize;
  return (
    <>
      <Coverage {...verdict} />
      <details class="disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {operators.quantized(changed.length, report.operators.length)}
          {kept.length > 0 && `${words.value.comma}${operators.otherwise(kept.length)}`}
        </summary>
        {seams > 0 && <p class="help">{operators.seams(seams)}</p>}
        {isOpen && <FateTable operators={report.operators} />}
      </details>
    </>
  );
}
