import type { JSX } from 'preact';
import { gzipBytesOf } from '../verdict/compressed.js';
import { ModelLink } from '../takeaway/model_link.js';
import { isMeasured, verdict, type Verdict } from '../verdict/state.js';
import { describeRecipe } from './naming.js';
import { rowsOf } from './rows.js';
import { goBack, pins, rename, unpin, type Pin } from './state.js';
import { words } from './words.js';

function NameField({ id, name }: Pin): JSX.Element {
  return (
    <input
      class="control pin-name"
      type="text"
      value={name}
      aria-label={words.value.nameLabel(name)}
      onChange={(event) => {
        const wished = event.currentTarget.value.trim();
        if (wished) rename(id, wished);
        else event.currentTarget.value = name;
      }}
    />
  );
}

function Actions({ pin }: { readonly pin: Pin }): JSX.Element {
  const { goBack: back, download, unpin: remove, ofPin } = words.value;
  return (
    <div class="pin-actions">
      <button type="button" aria-label={ofPin(back, pin.name)} onClick={() => goBack(pin)}>
        {back}
      </button>
      <ModelLink result={pin.verdict} label={download} ariaLabel={ofPin(download, pin.name)} />
      <button
        type="button"
        class="quiet"
        aria-label={ofPin(remove, pin.name)}
        onClick={() => unpin(pin.id)}
      >
        {remove}
      </button>
    </div>
  );
}

interface Column {
  readonly pin: Pin | null;
  readonly result: Verdict;
}

/** The pins, and what is on the page where it is none of them. */
function columns(): Column[] {
  const pinned = pins.value.map((pin) => ({ pin, result: pin.verdict }));
  const current = verdict.value;
  const isNew = current && !pinned.some(({ result }) => result === current);
  return isNew ? [...pinned, { pin: null, result: current }] : pinned;
}

function Table(): JSX.Element {
  const all = columns();
  const results = all.map(({ result }) => result);
  const rows = rowsOf(
    results,
    results.map(({ bytes }) => gzipBytesOf(bytes)),
  );
  const { rows: labels, best, recipe, data, actions, current, result: heading } = words.value;
  const keyOf = ({ pin }: Column): number => pin?.id ?? 0;
  return (
    <table class="pins">
      <thead>
        <tr>
          <th scope="col">{heading}</th>
          {all.map((column) => (
            <th key={keyOf(column)} scope="col">
              {column.pin ? <NameField {...column.pin} /> : current}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, texts, best: isBest }) => (
          <tr key={name} data-row={name}>
            <th scope="row">{labels[name]}</th>
            {all.map((column, index) => (
              <td key={keyOf(column)} class={isBest[index] ? 'best' : undefined}>
                {texts[index]}
                {isBest[index] && <span class="best-mark">★ {best}</span>}
              </td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">{recipe}</th>
          {all.map((column) => (
            <td key={keyOf(column)}>{describeRecipe(column.result.settings).join(', ')}</td>
          ))}
        </tr>
        <tr>
          <th scope="row">{data}</th>
          {all.map((column) => (
            <td key={keyOf(column)}>
              {isMeasured(column.result.measurement)
                ? `${column.result.data.measured}: ${column.result.data.description}`
                : '–'}
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">{actions}</th>
          {all.map((column) => (
            <td key={keyOf(column)}>{column.pin && <Actions pin={column.pin} />}</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

/** Results side by side; nothing until one is pinned. */
export function ComparePanel(): JSX.Element | null {
  if (pins.value.length === 0) return null;
  const { title, help, tableLabel } = words.value;
  return (
    <section class="panel compare" aria-labelledby="compare-title">
      <h2 id="compare-title">{title}</h2>
      <p class="help">{help}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={tableLabel}>
        <Table />
      </div>
    </section>
  );
}
