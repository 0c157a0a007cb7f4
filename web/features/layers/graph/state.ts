import { computed, effect, signal } from '@preact/signals';
import { settledVerdict } from '../../verdict/state.js';
import { computingOperators } from '../rows.js';
import { selectedLayer } from '../state.js';
import type { GraphLayout } from './layout.js';
import type { LayoutAnswer, LayoutRequest } from './layout_worker.js';
import { edgesOf, hasAround, partAround } from './part.js';

/** A larger graph shows the part around the chosen operator. */
const MOST_NODES = 200;

/** Of the subgraph that is drawn. */
export const subgraph = computed(() => selectedLayer.value?.subgraph ?? 0);
export const operators = computed(() => {
  const graph = settledVerdict.value?.inspection.before.subgraphs[subgraph.value];
  return graph ? computingOperators(graph) : [];
});

const edges = computed(() => edgesOf(operators.value));
const center = signal(0);
const part = computed(() => {
  const all = operators.value.map(({ index }) => index);
  return partAround(all, edges.value, center.value, MOST_NODES);
});
// It moves when what is chosen is at its edge, or not in it.
effect(() => {
  const chosen = selectedLayer.value?.operator;
  if (chosen !== undefined && !hasAround(part.value, edges.value, chosen)) center.value = chosen;
});

/** Null until the first one is laid out. */
export const drawing = signal<GraphLayout | null>(null);

// Started with this script, so that nothing is fetched later, when there may be no network.
const worker = new Worker(new URL('./layout.js', import.meta.url), { type: 'module' });
let latest = 0;
worker.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
  if (data.id === latest) drawing.value = data.layout;
});
effect(() => {
  const wanted = part.value;
  if (wanted.nodes.length === 0) return;
  latest += 1;
  worker.postMessage({ id: latest, part: wanted } satisfies LayoutRequest);
});
