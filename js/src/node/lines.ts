import { styled, type Look } from './terminal.js';

/** Rows of cells, laid out when they are printed. */
export interface Table {
  readonly rows: readonly (readonly (string | number)[])[];
  readonly indent: string;
}

/** A line that begins a part of what is printed. */
export interface Heading {
  readonly heading: string;
}

/** What commands print for people: plain lines, headings and tables. */
export type Line = string | Heading | Table;

export function heading(text: string): Heading {
  return { heading: text };
}

/** Columns of one width each; numbers to the right. */
export function table(rows: Table['rows'], indent = '  '): Table {
  return { rows, indent };
}

const GAP = '  ';
/** Columns are not made narrower than this, so that numbers stay: names are what is shortened. */
const NARROWEST = 8;

export function render(lines: readonly Line[], look: Look): string[] {
  return lines.flatMap((line) => {
    if (typeof line === 'string') return [line];
    return 'heading' in line ? [styled(line.heading, 'bold', look)] : layOut(line, look);
  });
}

function layOut({ rows, indent }: Table, { width }: Look): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, String(cell).length);
    });
  }
  const room = (width ?? Infinity) - indent.length - GAP.length * (widths.length - 1);
  narrow(widths, room);
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      typeof cell === 'number'
        ? String(cell).padStart(widths[i]!)
        : shortened(cell, widths[i]!).padEnd(widths[i]!),
    );
    return (indent + cells.join(GAP)).trimEnd();
  });
}

/** Takes from the widest columns until all fit. */
function narrow(widths: number[], room: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  for (; excess > 0; --excess) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROWEST) return;
    --widths[widest]!;
  }
}

/** Names of tensors differ at their ends, so the middle goes. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`;
}
