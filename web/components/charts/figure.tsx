import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { numeric, ScrollTable } from '../table.js';

export interface ChartTable {
  /** What the disclosure of the table says. */
  readonly label: string;
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: () => readonly (readonly string[])[];
}

interface FigureProps {
  readonly frame: RefObject<HTMLDivElement | null>;
  /** What the chart shows, in words; below it. */
  readonly caption: ComponentChildren;
  readonly legend?: ComponentChildren;
  /** Whether the caption is read out when it changes. */
  readonly isLive?: boolean;
  readonly table: ChartTable;
  readonly children: ComponentChildren;
}

/** A chart, what it says in words, and its numbers as a table. */
export function Figure({
  frame,
  caption,
  legend,
  isLive,
  table,
  children,
}: FigureProps): JSX.Element {
  return (
    <figure class="chart">
      <div class="chart-frame" ref={frame}>
        {children}
      </div>
      {legend && <ul class="chart-legend">{legend}</ul>}
      <figcaption class="help" aria-live={isLive ? 'polite' : undefined}>
        {caption}
      </figcaption>
      <TableTwin {...table} />
    </figure>
  );
}

/** Its rows are made when it is first opened. */
function TableTwin({ label, caption, columns, rows }: ChartTable): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details class="disclosure chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {open && (
        <ScrollTable
          label={label}
          caption={caption}
          columns={columns.map((column, i) => (i > 0 ? numeric(column) : column))}
        >
          <tbody>
            {rows().map(([head, ...cells]) => (
              <tr key={head}>
                <th scope="row">{head}</th>
                {cells.map((cell, index) => (
                  <td key={columns[index + 1]} class="number">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </details>
  );
}

interface LegendItemProps {
  /** Names the mark in the style sheet. */
  readonly mark: string;
  readonly children: ComponentChildren;
}

export function LegendItem({ mark, children }: LegendItemProps): JSX.Element {
  return (
    <li>
      <svg class="chart-key" width="18" height="12" aria-hidden="true">
        {mark.startsWith('line') ? (
          <line class={`chart-${mark}`} x1="0" x2="18" y1="6" y2="6" />
        ) : mark === 'dot' ? (
          <path class="chart-dot chart-dot-key" d="M9 6h0" />
        ) : (
          <rect class={`chart-${mark}`} width="18" height="12" rx="2" />
        )}
      </svg>
      {children}
    </li>
  );
}
