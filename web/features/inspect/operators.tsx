import { useComputed, useSignal } from '@preact/signals';
import type { InspectedOperator } from 'octolite';
import type { JSX } from 'preact';
import { LongTable } from '../../components/long_table.js';
import { formatBytes, formatMultiplyAdds } from '../../lib/format.js';
import { model } from '../open/state.js';
import { words } from './words.js';

type Column = 'order' | 'weightBytes' | 'multiplyAdds';

function cells(row: InspectedOperator): JSX.Element {
  const text = words.value;
  return (
    <>
      <th scope="row">
        {row.name} <span class="help">{row.index}</span>
        {!row.supported && <span class="tag bad">{text.cannotRunTag}</span>}
        <span class="name" title={row.output}>
          {row.output}
        </span>
      </th>
      <td>{row.usesFloat ? text.float : text.integer}</td>
      <td class="number">{row.weightBytes > 0 ? formatBytes(row.weightBytes) : '–'}</td>
      <td class="number">{formatMultiplyAdds(row.multiplyAdds)}</td>
    </>
  );
}

/** Every operator of the model, in its order or by what it weighs. */
export function OperatorTable(): JSX.Element {
  const text = words.value;
  const by = useSignal<Column>('weightBytes');
  const rows = useComputed(() => {
    const all = (model.value?.inspection.subgraphs ?? []).flatMap(({ operators }) => operators);
    const column = by.value;
    return column === 'order' ? all : all.sort((a, b) => b[column] - a[column]);
  });
  const heading = (column: Column, label: string, name: string): JSX.Element => (
    <th scope="col" class={name} aria-sort={sortOf(by.value === column, column)}>
      <button type="button" class="quiet" onClick={() => (by.value = column)}>
        {label}
        <span aria-hidden="true">{by.value === column && (column === 'order' ? ' ▲' : ' ▼')}</span>
      </button>
    </th>
  );
  return (
    <LongTable
      rows={rows.value}
      label={text.everyOperator}
      class="every-operator"
      keyOf={(row) => `${row.index} ${row.output}`}
      cells={cells}
      head={
        <>
          {heading('order', text.operator, '')}
          <th scope="col">{text.computesIn}</th>
          {heading('weightBytes', text.weights, 'number')}
          {heading('multiplyAdds', text.multiplyAdds, 'number')}
        </>
      }
    />
  );
}

function sortOf(isSorted: boolean, column: Column): 'ascending' | 'descending' | undefined {
  if (!isSorted) return undefined;
  return column === 'order' ? 'ascending' : 'descending';
}
