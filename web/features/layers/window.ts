/** Where to scroll so that a row is in view, moving as little as may be. */
export function scrollToRow(top: number, height: number, rowHeight: number, row: number): number {
  const [begin, end] = [row * rowHeight, (row + 1) * rowHeight];
  if (begin < top) return begin;
  return end > top + height ? end - height : top;
}

/** Where a key leads from a row; null for keys that lead nowhere. */
export function rowAfterKey(
  key: string,
  row: number,
  count: number,
  rowsInView: number,
): number | null {
  const page = Math.max(rowsInView - 1, 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  };
  const wanted = steps[key];
  if (wanted === undefined || count === 0) return null;
  return Math.min(Math.max(wanted, 0), count - 1);
}
