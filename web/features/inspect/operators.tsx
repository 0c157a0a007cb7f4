import { useComputed, useSignal } from '@preact/signals';
import type { InspectedOperator } from 'octolite';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatBytes, formatMultiplyAdds } from '../../lib/format.js';
import { windowOf, type RowWindow } from '../layers/window.js';
import { model } from '../open/state.js';
import { words } from './words.js';

/** Height of a row, as the style has it; all are of one height, so that only those in view are elements. */
const ROW_REM = 3;

type Column = 'order' | 'weightBytes' | 'multiplyAdds';

function Row({
  row,
  index,
}: {
  readonly row: InspectedOperator;
  readonly index: number;
}): JSX.Element {
  const text = words.value;
  return (
    <tr aria-rowindex={index + 2}>
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
    </tr>
  );
}

/** Every operator of the model, in its order or by what it weighs. */
export function OperatorTable(): JSX.Element {
  const text = words.value;
  const box = useRef<HTMLDivElement>(null);
  const view = useSignal<RowWindow>({ start: 0, end: 24 });
  const by = useSignal<Column>('weightBytes');
  const rows = useComputed(() => {
    const all = (model.value?.inspection.subgraphs ?? []).flatMap(({ operators }) => operators);
    const column = by.value;
    return column === 'order' ? all : all.sort((a, b) => b[column] - a[column]);
  });
  const look = (): void => {
    if (!box.current) return;
    const { scrollTop, clientHeight } = box.current;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const next = windowOf(scrollTop, clientHeight, ROW_REM * rem, rows.value.length);
    if (next.start !== view.value.start || next.end !== view.value.end) view.value = next;
  };
  useLayoutEffect(look, [rows.value]);
  const heading = (column: Column, label: string, name: string): JSX.Element => (
    <th scope="col" class={name} aria-sort={sortOf(by.value === column, column)}>
      <button type="button" class="quiet" onClick={() => (by.value = column)}>
        {label}
        <span aria-hidden="true">{by.value === column && (column === 'order' ? ' ▲' : ' ▼')}</span>
      </button>
    </th>
  );
  const { start, end } = view.value;
  const below = Math.max(rows.value.length - end, 0);
  return (
    <div
      ref={box}
      class="scroll every-operator"
      tabIndex={0}
      role="region"
      aria-label={text.everyOperator}
      onScroll={look}
    >
      <div
        style={{
          paddingBlockStart: `${start * ROW_REM}rem`,
          paddingBlockEnd: `${below * ROW_REM}rem`,
        }}
      >
        <table aria-rowcount={rows.value.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {heading('order', text.operator, '')}
              <th scope="col">{text.computesIn}</th>
              {heading('weightBytes', text.weights, 'number')}
              {heading('multiplyAdds', text.multiplyAdds, 'number')}
            </tr>
          </thead>
          <tbody>
            {rows.value.slice(start, end).map((row, i) => (
              <Row key={`${row.index} ${row.output}`} row={row} index={start + i} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function sortOf(isSorted: boolean, column: Column): 'ascending' | 'descending' | undefined {
  if (!isSorted) return undefined;
  return column === 'order' ? 'ascending' : 'descending';
}
