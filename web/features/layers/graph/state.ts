import { computed, effect, signal } from '@preact/signals';
import { helper } from '../../../helper.js';
import { toRefusal, type Refusal } from '../../../lib/refusal.js';
import { settledVerdict } from '../../verdict/state.js';
import { computingOperators } from '../rows.js';
import { selectedLayer } from '../state.js';
import type { GraphLayout } from './layout.js';
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

/** Why there is none of the part that is wanted. */
export const drawingRefusal = signal<Refusal | null>(null);
const tries = signal(0);

export function layOutAgain(): void {
  tries.value += 1;
}

effect(() => {
  void tries.value;
  const wanted = part.value;
  drawingRefusal.value = null;
  if (wanted.nodes.length === 0) return;
  let isWanted = true;
  helper.ask('layOut', wanted).then(
    (layout) => {
      if (isWanted) drawing.value = layout;
    },
    (error: unknown) => {
      if (isWanted) drawingRefusal.value = toRefusal(error);
    },
  );
  return () => {
    isWanted = false;
  };
});
