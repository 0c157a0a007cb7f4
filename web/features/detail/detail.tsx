import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { announce } from '../../lib/announce.js';
import { isSameLayer } from '../layers/rows.js';
import { selectedLayer } from '../layers/state.js';
import { rows, select } from '../layers/view.js';
import { settledVerdict } from '../verdict/state.js';
import { ActivationRange } from './activation.js';
import { Numbers } from './numbers.js';
import { FloatAgainstQuantized } from './scatter.js';
import { shownLayer } from './state.js';
import { WeightRanges } from './weights.js';
import { words } from './words.js';

/** A longer list is slow to draw, and no help: such a model's layers go by number. */
const MOST_OPTIONS = 300;

/** To choose from. */
const options = computed(() =>
  rows.value.map(({ name, output, place }) => (
    <option key={place} value={place}>
      {`${place + 1}. ${name} ${output}`}
    </option>
  )),
);

/** One layer of the result: its numbers, its range, its weights, its errors. */
export function LayerDetail(): JSX.Element | null {
  const text = words.value;
  if (!settledVerdict.value) return null;
  const layers = rows.value;
  const layer = shownLayer.value;
  const at = layers.findIndex((row) => isSameLayer(row, layer));
  const go = (to: number): void => {
    const chosen = layers[to];
    if (!chosen) return;
    select(chosen);
    announce(`${text.place(to + 1, layers.length)}: ${chosen.name} ${chosen.output}`);
  };
  return (
    <section class="panel detail" aria-labelledby="detail-title">
      <div class="detail-head">
        <h2 id="detail-title">{layer ? text.titleOf(layer.name) : text.title}</h2>
        <div class="detail-chooser">
          <button
            type="button"
            aria-label={text.previousLayer}
            disabled={at <= 0}
            onClick={() => go(at - 1)}
          >
            ‹
          </button>
          {layers.length > MOST_OPTIONS ? (
            <input
              class="control-inline"
              type="number"
              aria-label={text.layer}
              min={1}
              max={layers.length}
              value={at < 0 ? '' : at + 1}
              onChange={(event) => go(event.currentTarget.valueAsNumber - 1)}
            />
          ) : (
            <select
              class="control-inline"
              aria-label={text.layer}
              value={at}
              onChange={(event) => {
                const chosen = Number(event.currentTarget.value);
                if (chosen < 0) selectedLayer.value = null;
                else go(chosen);
              }}
            >
              <option value={-1}>{text.none}</option>
              {options.value}
            </select>
          )}
          <button
            type="button"
            aria-label={text.nextLayer}
            disabled={at === layers.length - 1}
            onClick={() => go(at + 1)}
          >
            ›
          </button>
        </div>
      </div>
      {layer ? (
        <>
          <p class="name">{layer.output}</p>
          <Numbers layer={layer} />
          {layer.subgraph === 0 ? (
            <div class="detail-parts">
              <ActivationRange layer={layer} />
              <WeightRanges />
              <FloatAgainstQuantized />
            </div>
          ) : (
            <p class="help">{text.otherSubgraph}</p>
          )}
        </>
      ) : (
        <p class="help">{text.choose}</p>
      )}
    </section>
  );
}
