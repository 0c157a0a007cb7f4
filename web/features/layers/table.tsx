import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useRowWindow } from '../../components/row_window.js';
import type { RowWindow } from '../../components/window.js';
import {
  formatBytes,
  formatDecibels,
  formatMilliseconds,
  formatPercent,
} from '../../lib/format.js';
import { nextOrder, type Column } from './arrange.js';
import { heatOfShare, heatOfSqnr } from './heat.js';
import { PrecisionSelect } from './precision.js';
import { isSameLayer, shortOutput, type LayerRow } from './rows.js';
import { RowEffect } from './row_effect.js';
import { measuredLayers, selectedLayer } from './state.js';
import { filter, order, rows, select, shownRows } from './view.js';
import { rowAfterKey, scrollToRow } from './window.js';
import { words } from './words.js';

/** Of a row, in the root's font size; layers.css says the same. */
const ROW_REM = 2.75;

const DASH = '–';

/** The least that has a digit. */
const LEAST_MS = 0.001;

interface Cell {
  readonly text: string;
  /** 0 to 1; absent for what has no colour. */
  readonly heat?: number;
  readonly title?: string;
  /** A second line, smaller. */
  readonly note?: string;
}

function heated(
  value: number | null,
  text: (value: number) => string,
  heat: (value: number) => number,
): Cell {
  return value === null ? { text: DASH } : { text: text(value), heat: heat(value) };
}

/** The columns behind the operator; `class` is what narrow screens leave out. */
const COLUMNS: readonly {
  readonly column: Exclude<Column, 'operator'>;
  readonly class: string;
  readonly cell: (row: LayerRow) => Cell;
}[] = [
  {
    column: 'sqnrDb',
    class: 'number',
    cell: (row) => heated(row.sqnrDb, formatDecibels, heatOfSqnr),
  },
  {
    column: 'localSqnrDb',
    class: 'number wide-only',
    cell: (row) => heated(row.localSqnrDb, formatDecibels, heatOfSqnr),
  },
  {
    column: 'share',
    class: 'number',
    cell: (row) => heated(row.share, formatPercent, heatOfShare),
  },
  {
    column: 'clipped',
    class: 'number widest-only',
    cell: ({ clipped }) => ({ text: clipped === null ? DASH : formatPercent(clipped) }),
  },
  { column: 'bytesBefore', class: 'number middle-only', cell: bytesCell('bytesBefore') },
  { column: 'bytesAfter', class: 'number middle-only', cell: bytesCell('bytesAfter') },
  { column: 'msBefore', class: 'number wide-only', cell: timeCell('msBefore') },
  { column: 'msAfter', class: 'number wide-only', cell: timeCell('msAfter') },
  {
    column: 'type',
    class: 'middle-only',
    cell: ({ type, mode, reason, operatorAfter }) => {
      const { modes, gone } = words.value;
      const note = operatorAfter === null ? gone : modes[mode];
      return { text: type ?? DASH, note, title: reason || note };
    },
  },
];

function bytesCell(column: 'bytesBefore' | 'bytesAfter'): (row: LayerRow) => Cell {
  return ({ [column]: bytes }) => ({ text: bytes > 0 ? formatBytes(bytes) : DASH });
}

function timeCell(column: 'msBefore' | 'msAfter'): (row: LayerRow) => Cell {
  return ({ [column]: ms, operatorAfter }) => {
    if (ms !== null) {
      const isTiny = ms < LEAST_MS / 2;
      return { text: isTiny ? '< 1 µs' : formatMilliseconds(ms) };
    }
    const { gone, fused } = words.value;
    const reason = column === 'msAfter' && operatorAfter === null ? gone : fused;
    return { text: DASH, ...(measuredLayers.value && { title: reason }) };
  };
}

function Heading({
  column,
  class: name,
}: {
  readonly column: Column;
  readonly class: string;
}): JSX.Element {
  const { columns, columnHelp } = words.value;
  const { column: sortedBy, descending } = order.value;
  const isSorted = sortedBy === column;
  return (
    <th
      scope="col"
      class={`${name} column-${column}`}
      aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        title={columnHelp[column]}
        onClick={() => (order.value = nextOrder(order.value, column))}
      >
        {columns[column]}
        <span class="sort-mark" aria-hidden="true">
          {isSorted ? (descending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}

function Row({
  row,
  index,
  isSelected,
  isReached,
}: {
  readonly row: LayerRow;
  readonly index: number;
  readonly isSelected: boolean;
  /** By Tab. */
  readonly isReached: boolean;
}): JSX.Element {
  return (
    <tr
      data-row={index}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isReached ? 0 : -1}
      onClick={() => select(row)}
    >
      <th scope="row">
        <span class="layer-name">
          <span class="help">{row.operator}</span> {row.name}
        </span>
        <span class="layer-output" title={row.output}>
          <RowEffect row={row} /> {shortOutput(row.output)}
        </span>
      </th>
      {COLUMNS.map(({ column, class: name, cell }) => {
        const { text, heat, title, note } = cell(row);
        return (
          <td
            key={column}
            class={heat === undefined ? name : `${name} heat`}
            style={heat === undefined ? undefined : { '--heat': `${Math.round(100 * heat)}%` }}
            title={title}
          >
            {text}
            {note && <span class="layer-note">{note}</span>}
          </td>
        );
      })}
      <td class="wide-only precision">
        <PrecisionSelect row={row} isReached={isReached} />
      </td>
    </tr>
  );
}

/**
 * The operators as a heat map. However many there are, only those in view are elements: a grid with
 * one row that Tab reaches, moved by the arrow keys.
 */
export function LayerTable(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  /** The row that shall have the focus when it is there. */
  const wanted = useRef<number | null>(null);
  const shown = shownRows.value;
  const chosen = selectedLayer.value;
  const chosenAt = chosen ? shown.findIndex((row) => isSameLayer(row, chosen)) : -1;

  const headHeight = (): number =>
    scroller.current?.querySelector('thead')?.getBoundingClientRect().height ?? 0;

  // A row that goes leaves the focus to the box, whose keys lead on from it.
  const onMove = (next: RowWindow): void => {
    const box = scroller.current;
    const focused = document.activeElement?.closest<HTMLElement>('[data-row]');
    if (!box || !focused || !box.contains(focused)) return;
    const at = Number(focused.dataset['row']);
    if (at < next.start || at >= next.end) box.focus({ preventScroll: true });
  };
  const { start, end, follow, scrollTo, rowHeight } = useRowWindow(scroller, {
    count: shown.length,
    rowRem: ROW_REM,
    onMove,
  });

  const reveal = (row: number): void => {
    const box = scroller.current;
    if (!box) return;
    const height = box.clientHeight - headHeight();
    scrollTo(scrollToRow(box.scrollTop, height, rowHeight(), row));
  };

  // Another order or filter is looked at from its beginning.
  useEffect(() => scrollTo(0), [order.value, filter.value]);
  // What was chosen in the graph comes into view; what was clicked here is.
  useEffect(() => {
    if (chosenAt >= 0) reveal(chosenAt);
  }, [chosen]);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const box = scroller.current;
    const isOfRow = event.target === box || (event.target as Element).matches('[data-row]');
    if (!box || !isOfRow || event.altKey || event.ctrlKey || event.metaKey) return;
    const focused = (event.target as HTMLElement).dataset['row'];
    const from = focused === undefined ? chosenAt : Number(focused);
    const inView = Math.floor((box.clientHeight - headHeight()) / rowHeight());
    const isChoosing = event.key === 'Enter' || event.key === ' ';
    const to = isChoosing ? from : rowAfterKey(event.key, from, shown.length, inView);
    const row = to === null ? undefined : shown[to];
    if (!row || to === null) return;
    event.preventDefault();
    wanted.current = to;
    select(row);
    reveal(to);
  };

  const reached = chosenAt >= start && chosenAt < end ? chosenAt : start;
  const { table, keys, precision } = words.value;
  return (
    // The rows in it take the focus; the box only where its row has scrolled away.
    <div ref={scroller} class="layers-scroll" tabIndex={-1} onScroll={follow} onKeyDown={onKeyDown}>
      <div
        style={{
          paddingBlockStart: `${start * ROW_REM}rem`,
          paddingBlockEnd: `${(shown.length - end) * ROW_REM}rem`,
        }}
      >
        <table
          role="grid"
          aria-label={table}
          aria-description={keys}
          aria-rowcount={shown.length + 1}
          aria-readonly="true"
        >
          <thead>
            <tr aria-rowindex={1}>
              <Heading column="operator" class="" />
              {COLUMNS.map(({ column, class: name }) => (
                <Heading key={column} column={column} class={name} />
              ))}
              <th scope="col" class="wide-only column-precision">
                {precision}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(start, end).map((row, i) => (
              <Row
                key={row.place}
                row={row}
                index={start + i}
                isSelected={start + i === chosenAt}
                isReached={start + i === reached}
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && rows.value.length > 0 && <p class="help">{words.value.none}</p>}
      </div>
    </div>
  );
}
