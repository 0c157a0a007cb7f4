import type { ComponentChildren, JSX } from 'preact';

/** The heading of a column, with the class of its cells where it has one. */
export interface Column {
  readonly label: ComponentChildren;
  readonly class: string;
}

/** The heading of a column of numbers. */
export function numeric(label: string): Column {
  return { label, class: 'number' };
}

/** The cells of a table's head. */
export function Headings({
  columns,
}: {
  readonly columns: readonly (string | Column)[];
}): JSX.Element {
  return (
    <>
      {columns.map((column, i) =>
        typeof column === 'string' ? (
          <th key={i} scope="col">
            {column}
          </th>
        ) : (
          <th key={i} scope="col" class={column.class}>
            {column.label}
          </th>
        ),
      )}
    </>
  );
}

interface ScrollTableProps {
  /** What the table is called where it is not seen. */
  readonly label: string;
  readonly caption?: string | undefined;
  readonly columns: readonly (string | Column)[];
  readonly class?: string;
  /** The bodies of the table. */
  readonly children: ComponentChildren;
}

/** A table that scrolls by itself, with keys too, where it is wider than the page. */
export function ScrollTable(props: ScrollTableProps): JSX.Element {
  const { label, caption, columns, children } = props;
  return (
    <div class={`scroll ${props.class ?? ''}`} tabIndex={0} role="region" aria-label={label}>
      <table>
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            <Headings columns={columns} />
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}
