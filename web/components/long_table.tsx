import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useRowWindow } from './row_window.js';

/** Height of a row, as the style has it. */
const ROW_REM = 3;

interface LongTableProps<Row> {
  readonly rows: readonly Row[];
  readonly label: string;
  readonly class?: string;
  /** The cells of its head. */
  readonly head: ComponentChildren;
  readonly keyOf: (row: Row) => string;
  readonly cells: (row: Row) => ComponentChildren;
}

/** A table of any number of rows of one height, in a box that scrolls: those in view are elements. */
export function LongTable<Row>(props: LongTableProps<Row>): JSX.Element {
  const { rows, label, class: name = '', head, keyOf, cells } = props;
  const box = useRef<HTMLDivElement>(null);
  const { start, end, follow } = useRowWindow(box, { count: rows.length, rowRem: ROW_REM });
  return (
    <div
      ref={box}
      class={`scroll long-table ${name}`}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={follow}
    >
      <div
        style={{
          paddingBlockStart: `${start * ROW_REM}rem`,
          paddingBlockEnd: `${(rows.length - end) * ROW_REM}rem`,
        }}
      >
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr aria-rowindex={1}>{head}</tr>
          </thead>
          <tbody>
            {rows.slice(start, end).map((row, i) => (
              <tr key={keyOf(row)} aria-rowindex={start + i + 2}>
                {cells(row)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
