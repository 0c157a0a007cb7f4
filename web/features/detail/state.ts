import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { TensorStatistics } from 'octolite';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { selectedLayer, type Layer } from '../layers/state.js';
import { isRunning } from '../run/state.js';
import { settledVerdict, type Verdict } from '../verdict/state.js';
import { channelSums, type ChannelRanges } from './channels.js';
import { differenceSums, sampleIndices, type Difference } from './difference.js';
import type { Range } from './histogram.js';
import { channelAxis } from './places.js';
import { closeSession, readOutput, readWeights, type TensorPair } from './session.js';
import { inSlices } from './slices.js';

/** Points of a scatter, drawn and compared. */
export interface Points {
  readonly float: Float32Array;
  readonly quantized: Float32Array;
}

/** A tensor in both models, and how far they are apart; null where there is only the float one. */
export interface Compared {
  readonly tensors: TensorPair;
  readonly points: Points | null;
  readonly difference: Difference | null;
}

export interface Weights extends Compared {
  readonly axis: number;
  readonly channels: ChannelRanges;
}

export type Loaded<Of> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: Of }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Which of the samples that were measured the output is of. */
export const position = signal(0);
/** The range that is being tried out for a tensor. */
export const draft = signal<{ readonly tensor: string; readonly range: Range } | null>(null);

export const output = signal<Loaded<Compared | null>>({ kind: 'loading' });
export const weights = signal<Loaded<readonly Weights[]>>({ kind: 'loading' });

/** What calibration saw of the selected layer's output; null when it saw nothing. */
export const observed: ReadonlySignal<TensorStatistics | null> = computed(() => {
  const layer = shownLayer.value;
  const seen = settledVerdict.value?.statistics?.subgraphs.find(
    ({ subgraph }) => subgraph === layer?.subgraph,
  );
  const found = seen?.tensors.find(({ tensor }) => tensor === layer?.tensor) ?? null;
  return found && found.histogram.length > 0 && found.min <= found.max ? found : null;
});

const MOST_POINTS = 4000;

async function compared(tensors: TensorPair, abort: AbortSignal): Promise<Compared> {
  const { float, quantized } = tensors;
  if (!quantized) return { tensors, points: null, difference: null };
  const sums = differenceSums(float, quantized);
  await inSlices(float.length, abort, sums.add);
  const indices = sampleIndices(float.length, MOST_POINTS);
  const points = {
    float: Float32Array.from(indices, (index) => float[index]!),
    quantized: Float32Array.from(indices, (index) => quantized[index]!),
  };
  return { tensors, points, difference: sums.result() };
}

async function weightsOf(
  of: Verdict,
  layer: Layer,
  abort: AbortSignal,
): Promise<readonly Weights[]> {
  const pairs = await readWeights(of, layer, abort);
  const all: Weights[] = [];
  for (const tensors of pairs) {
    const { before, after, float, quantized } = tensors;
    const isPerChannel = (after?.quantization.scales.length ?? 0) > 1;
    const axis = isPerChannel
      ? after!.quantization.quantizedDimension
      : channelAxis(layer.name, before.shape);
    const { add, ...channels } = channelSums(float, quantized, before.shape, axis);
    await inSlices(float.length, abort, add);
    all.push({ ...(await compared(tensors, abort)), axis, channels });
  }
  return all;
}

/** Puts into `target` what `load` gives; nothing, when `abort` was aborted meanwhile. */
async function fill<Of>(
  target: Signal<Loaded<Of>>,
  abort: AbortSignal,
  load: () => Promise<Of>,
): Promise<void> {
  try {
    const value = await load();
    if (!abort.aborted) target.value = { kind: 'ready', value };
  } catch (error) {
    if (!abort.aborted) target.value = { kind: 'refused', refusal: toRefusal(error) };
  }
}

/** The layer that is selected, if it is one of the verdict's model. */
export const shownLayer: ReadonlySignal<Layer | null> = computed(() => {
  const layer = selectedLayer.value;
  const graph = settledVerdict.value?.inspection.before.subgraphs[layer?.subgraph ?? 0];
  return layer && graph?.operators[layer.operator]?.output === layer.output ? layer : null;
});

/** What is run and read: tensors of other subgraphs are there only while these are called. */
const looked = computed(() => {
  const layer = shownLayer.value;
  return settledVerdict.value && layer?.subgraph === 0 ? { of: settledVerdict.value, layer } : null;
});

const tries = signal(0);

/** Reads the tensors once more. */
export function readAgain(): void {
  tries.value += 1;
}

effect(() => {
  void tries.value;
  // Whoever measures is left alone; a new verdict starts this again.
  if (isRunning.value) return;
  if (!looked.value) {
    closeSession();
    return;
  }
  const { of, layer } = looked.value;
  const abort = new AbortController();
  weights.value = { kind: 'loading' };
  void fill(weights, abort.signal, () => weightsOf(of, layer, abort.signal));
  return () => abort.abort();
});

/** What the output that is there is of. */
let drawnOf: Layer | null = null;

effect(() => {
  void tries.value;
  if (isRunning.value || !looked.value) return;
  const { of, layer } = looked.value;
  const at = Math.min(position.value, of.plan.measure.count - 1);
  const abort = new AbortController();
  // The old picture stays until the next one is there, but for that of another layer.
  const isKept = drawnOf === layer && output.peek().kind !== 'refused';
  if (!isKept) output.value = { kind: 'loading' };
  drawnOf = layer;
  void fill(output, abort.signal, async () => {
    const tensors = await readOutput(of, layer, at, abort.signal);
    return tensors && compared(tensors, abort.signal);
  });
  return () => abort.abort();
});

effect(() => {
  void settledVerdict.value;
  void selectedLayer.value;
  draft.value = null;
});
