/** The style of the HTML report. */
export const REPORT_STYLE = `
:root { --text: #1c2126; --dim: #5b6570; --back: #fff; --raised: #f4f6f8; --line: #d8dee4;
  --accent: #0b5cad; --heat1: #fff3d6; --heat2: #ffdfb0; --heat3: #ffc09a; --heat4: #f59a8b; --bar: #8fb6d9; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e9ee; --dim: #9daab6; --back: #14181c; --raised: #1d2328; --line: #343d46;
    --accent: #7cbcff; --heat1: #3b3318; --heat2: #52401a; --heat3: #6b3d1f; --heat4: #842f27; --bar: #3f6d96; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1500px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 32px 0 8px; }
.about, .evidence, figcaption, small { color: var(--dim); }
.about { margin: 0 0 20px; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.card dt { color: var(--dim); font-size: .85rem; }
.card dd { margin: 2px 0 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.card small { display: block; font-size: .85rem; font-weight: 400; overflow-wrap: anywhere; }
.suggestions { list-style: none; margin: 0; padding: 0; }
.suggestions li { background: var(--raised); border: 1px solid var(--line);
  border-left: 4px solid var(--accent); border-radius: 8px; padding: 10px 14px; margin: 0 0 10px; }
.suggestions p { margin: 0; overflow-wrap: anywhere; }
.suggestions pre { margin: 8px 0; padding: 8px 10px; background: var(--back); border: 1px solid var(--line);
  border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
.evidence { font-size: .85rem; }
.evidence span { margin-right: 10px; }
figure { margin: 28px 0 0; }
figcaption { font-size: .85rem; }
svg { display: block; width: 100%; height: 120px; background: var(--raised); border-radius: 6px; }
svg line { stroke: var(--dim); stroke-opacity: .35; vector-effect: non-scaling-stroke; }
svg .heat0 { fill: var(--bar); }
svg .heat1 { fill: #d9a93a; } svg .heat2 { fill: #d98a2b; } svg .heat3 { fill: #d4622a; } svg .heat4 { fill: #c93c2e; }
.scroll { overflow: auto; max-height: 80vh; border: 1px solid var(--line); border-radius: 8px; }
.scroll:focus-visible, button:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; z-index: 2; background: var(--raised); color: var(--dim); font-weight: 600; }
th[scope=row], .text, thead th:first-child { text-align: left; }
tbody th[scope=row] { font-weight: 400; max-width: 22rem; white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
.sortable tbody th[scope=row] { position: sticky; left: 0; z-index: 1; background: var(--back); }
.sortable thead th:nth-child(2) { text-align: left; }
.sortable td:first-child, .sortable thead th:first-child { text-align: right; }
.operator { display: block; color: var(--dim); font-size: .8rem; white-space: nowrap; }
.none { color: var(--dim); }
td.heat1 { background: var(--heat1); } td.heat2 { background: var(--heat2); }
td.heat3 { background: var(--heat3); } td.heat4 { background: var(--heat4); }
thead button { all: unset; cursor: pointer; white-space: nowrap; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
details { margin: 10px 0 0; }
summary { cursor: pointer; color: var(--accent); }
details .scroll { margin-top: 8px; }
details dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: .87rem; }
details dt { font-weight: 600; } details dd { margin: 0; }
@media (max-width: 640px) {
  main { padding: 16px 12px 40px; }
  th, td { padding: 5px 7px; }
  tbody th[scope=row] { min-width: 9.5rem; max-width: 11rem; }
  details dl { grid-template-columns: 1fr; } details dd { margin-bottom: 6px; }
}
@media print {
  @page { size: landscape; margin: 10mm; }
  :root { --text: #000; --dim: #444; --back: #fff; --raised: #fff; --line: #bbb; }
  body { font-size: 10px; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; max-height: none; border: 0; }
  thead th { position: static; } thead button { white-space: normal; }
  th, td { padding: 2px 4px; font-size: 8px; }
  tr, .card, .suggestions li { break-inside: avoid; }
  td, rect, .card { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Sorts a table by the column whose heading was pressed. */
export const REPORT_SCRIPT = `
for (const table of document.querySelectorAll('table.sortable')) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.querySelector('button').addEventListener('click', () => {
      const descending = heading.getAttribute('aria-sort') === 'ascending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const key = (row) => {
        const cell = row.cells[column];
        return 'value' in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
      };
      const isNothing = (row) => row.cells[column].className === 'none';
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        if (isNothing(a) || isNothing(b)) return isNothing(a) - isNothing(b);
        const [x, y] = [key(a), key(b)];
        const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
        return descending ? -order : order;
      });
      table.tBodies[0].append(...rows);
    });
  });
}
`;
