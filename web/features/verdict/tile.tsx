import type { ComponentChildren, JSX } from 'preact';
import { Headings, numeric } from '../../components/table.js';
import { words } from './words.js';

interface TileProps {
  readonly title: string;
  readonly figure: string;
  readonly figureLabel: string;
  readonly children: ComponentChildren;
}

/** A heading, one large number and what it is, then the details. */
export function Tile({ title, figure, figureLabel, children }: TileProps): JSX.Element {
  return (
    <section class="tile">
      <h3>{title}</h3>
      <p class="figure">
        <strong>{figure}</strong> {figureLabel}
      </p>
      {children}
    </section>
  );
}

interface FiguresProps {
  /** Of the first column. */
  readonly heading: string;
  readonly rows: readonly (readonly [label: string, before: string, after: string])[];
}

/** What bars show, as a table. */
export function Figures({ heading, rows }: FiguresProps): JSX.Element {
  const { figures, before, after } = words.value;
  return (
    <details class="disclosure">
      <summary>{figures}</summary>
      <table class="figures">
        <thead>
          <tr>
            <Headings columns={[heading, numeric(before), numeric(after)]} />
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, first, second]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="number">{first}</td>
              <td class="number">{second}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
