import { OctoliteError } from 'octolite';

/** Rows of numbers with, perhaps, a column that says the class of each row. */
export interface Table {
  /** Of all columns, the label's too; "1", "2" ... where the file names none. */
  readonly columns: readonly string[];
  readonly hasHeader: boolean;
  readonly rows: number;
  /** Rows x columns without the label's. */
  readonly values: Float32Array;
  /** Index of the label's column in `columns`; null when there is none. */
  readonly labelColumn: number | null;
  readonly classes: Int32Array | null;
  /** By class, where the column has words. */
  readonly classNames: readonly string[] | null;
}

/** What columns of labels are called, the surest first. */
const LABEL_NAMES = [/^label/i, /^class/i, /^(target|category)/i, /^y$/i];

function refuse(file: string, what: string, hint?: string): never {
  throw new OctoliteError('BAD_DATA_FILE', what, { file, ...(hint && { hint }) });
}

function cellsOf(line: string): string[] {
  const separator = line.includes(',') ? ',' : line.includes(';') ? ';' : /\s+/;
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function isNumber(cell: string): boolean {
  return cell !== '' && !Number.isNaN(Number(cell));
}

function isClass(cell: string): boolean {
  return /^\d+(\.0*)?$/.test(cell);
}

/** Which column is probably the label's, when a row holds one more than the input takes. */
function guessLabelColumn(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
): number | null {
  const width = rows[0]?.length ?? 0;
  const words = rows[0]?.findIndex((cell) => !isNumber(cell)) ?? -1;
  if (words >= 0) return words;
  for (const pattern of LABEL_NAMES) {
    const named = header?.findIndex((name) => pattern.test(name)) ?? -1;
    if (named >= 0) return named;
  }
  const found = [0, width - 1].find((column) => rows.every((row) => isClass(row[column]!)));
  return found ?? null;
}

/**
 * Reads rows separated by commas, semicolons, tabs or spaces.
 * @param valuesPerRow How many numbers the input takes: where a row has one more, one column is
 *     taken for the label.
 * @param wanted The label's column; null for none, undefined to guess.
 * @throws OctoliteError BAD_DATA_FILE naming the line.
 */
export function parseTable(
  text: string,
  file: string,
  valuesPerRow: number,
  wanted?: number | null,
): Table {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  const cells = lines.map(({ line }) => cellsOf(line));
  const [first, second] = cells;
  if (!first) refuse(file, 'there are no numbers in this file');
  // A row of words is a header; a word among numbers is one only where the next row has a number.
  const hasHeader =
    first.every((cell) => !isNumber(cell)) ||
    first.some((cell, column) => !isNumber(cell) && isNumber(second?.[column] ?? ''));
  const header = hasHeader ? first : null;
  const rows = hasHeader ? cells.slice(1) : cells;
  const numbers = lines.slice(hasHeader ? 1 : 0).map(({ number }) => number);
  if (rows.length === 0) refuse(file, 'there are no numbers in this file');
  const width = first.length;
  const uneven = rows.findIndex((row) => row.length !== width);
  if (uneven >= 0) {
    refuse(
      file,
      `line ${numbers[uneven]} has ${rows[uneven]!.length} values, the first line ${width}`,
    );
  }
  const labelColumn =
    wanted !== undefined
      ? wanted
      : width === valuesPerRow + 1
        ? guessLabelColumn(header, rows)
        : null;
  const kept = first.map((_, column) => column).filter((column) => column !== labelColumn);
  const values = new Float32Array(rows.length * kept.length);
  let at = 0;
  rows.forEach((row, index) => {
    for (const column of kept) {
      const cell = row[column]!;
      if (!isNumber(cell)) {
        refuse(
          file,
          `line ${numbers[index]} has '${cell}' where a number belongs`,
          'words may stand in one column only, as labels',
        );
      }
      values[at++] = Number(cell);
    }
  });
  const columns = header ?? first.map((_, column) => String(column + 1));
  const table = { columns, hasHeader, rows: rows.length, values, labelColumn };
  if (labelColumn === null) return { ...table, classes: null, classNames: null };
  const labels = rows.map((row) => row[labelColumn]!);
  if (labels.every(isClass)) {
    return { ...table, classes: Int32Array.from(labels, Number), classNames: null };
  }
  const classNames = [...new Set(labels)].sort();
  const indices = new Map(classNames.map((name, index) => [name, index]));
  const classes = Int32Array.from(labels, (label) => indices.get(label)!);
  return { ...table, classes, classNames };
}
