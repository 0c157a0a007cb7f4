import { computed, effect, signal } from '@preact/signals';
import { model } from '../open/state.js';
import { settledVerdict, type Verdict } from '../verdict/state.js';
import { GRAPH_ORDER, NO_FILTER, filtered, sorted, type Filter, type Order } from './arrange.js';
import { isSameLayer, layerOf, rowsOf, type LayerRow } from './rows.js';
import { measuredLayers, selectedLayer } from './state.js';

/** All operators of the verdict on the page. */
export const rows = computed<readonly LayerRow[]>(() => {
  const current = settledVerdict.value;
  return current ? rowsOf(current.inspection, current.report, measuredLayers.value) : [];
});

export const order = signal<Order>(GRAPH_ORDER);
export const filter = signal<Filter>(NO_FILTER);

/** Those that the table shows, in its order. */
export const shownRows = computed(() => sorted(filtered(rows.value, filter.value), order.value));

export const selectedRow = computed(
  () => rows.value.find((row) => isSameLayer(row, selectedLayer.value)) ?? null,
);

export function select(row: LayerRow): void {
  selectedLayer.value = layerOf(row);
}

/** The result that the one on the page took the place of; null when that was of another model. */
export const previousVerdict = signal<Verdict | null>(null);

let last: Verdict | null = null;
effect(() => {
  const current = settledVerdict.value;
  if (!current || current === last) return;
  previousVerdict.value = last?.open === current.open ? last : null;
  last = current;
});

// The same operator stays chosen, wherever it is in the new result.
effect(() => {
  const chosen = selectedLayer.peek();
  const all = rows.value;
  if (!chosen) return;
  const row = all.find((each) => isSameLayer(each, chosen) && each.scope === chosen.scope);
  const found = row ? layerOf(row) : null;
  if (JSON.stringify(found) !== JSON.stringify(chosen)) selectedLayer.value = found;
});
effect(() => {
  void model.value;
  filter.value = NO_FILTER;
  order.value = GRAPH_ORDER;
});
