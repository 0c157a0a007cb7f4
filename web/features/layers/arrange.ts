import type { LayerRow } from './rows.js';

/** What rows can be sorted by. */
export type Column =
  | 'operator'
  | 'type'
  | 'bytesBefore'
  | 'bytesAfter'
  | 'sqnrDb'
  | 'localSqnrDb'
  | 'share'
  | 'clipped'
  | 'msBefore'
  | 'msAfter';

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** As the graph has them. */
export const GRAPH_ORDER: Order = { column: 'operator', descending: false };

/** Columns whose large values are what is looked for. */
const LARGE_FIRST: ReadonlySet<Column> = new Set([
  'bytesBefore',
  'bytesAfter',
  'share',
  'clipped',
  'msBefore',
  'msAfter',
]);

function valueOf(row: LayerRow, column: Column): number | string | null {
  if (column === 'operator') return row.place;
  // Among equal types, by what they are computed with.
  if (column === 'type') return `${row.type ?? ''} ${row.scheme}`;
  return row[column];
}

/** The order after a press on a column's heading: what matters first, then the other way. */
export function nextOrder(order: Order, column: Column): Order {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: LARGE_FIRST.has(column) };
}

/** In order; what was not measured comes last either way, and equals stay as the graph has them. */
export function sorted(rows: readonly LayerRow[], { column, descending }: Order): LayerRow[] {
  const sign = descending ? -1 : 1;
  const compare = (a: LayerRow, b: LayerRow): number => {
    const [x, y] = [valueOf(a, column), valueOf(b, column)];
    if (x === y) return a.place - b.place;
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * sign;
  };
  return [...rows].sort(compare);
}

export interface Filter {
  /** Parts of an operator's or tensor's name; all of them, in any order. */
  readonly text: string;
  readonly kind: 'all' | 'quantized' | 'float' | 'worse';
  /** For `worse`. */
  readonly decibels: number;
}

export const NO_FILTER: Filter = { text: '', kind: 'all', decibels: 20 };

export function filtered(rows: readonly LayerRow[], filter: Filter): LayerRow[] {
  const parts = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const isOfKind = ({ mode, sqnrDb }: LayerRow): boolean => {
    switch (filter.kind) {
      case 'quantized':
        return mode !== 'float';
      case 'float':
        return mode === 'float';
      case 'worse':
        return sqnrDb !== null && sqnrDb < filter.decibels;
      default:
        return true;
    }
  };
  return rows.filter((row) => {
    const text = `${row.name} ${row.operator} ${row.output} ${row.type ?? ''}`.toLowerCase();
    return isOfKind(row) && parts.every((part) => text.includes(part));
  });
}
