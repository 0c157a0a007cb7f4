import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { BenchmarkReport, CompareReport, InspectedOperator } from 'octolite';
import type { Refusal } from '../../lib/refusal.js';
import { settledVerdict, type Verdict } from '../verdict/state.js';

/** An operator of the float model, and where it is in the quantized one. */
export interface Layer {
  readonly subgraph: number;
  /** Index in the float model. */
  readonly operator: number;
  /** "CONV_2D", or a custom operator's own code. */
  readonly name: string;
  /** What the regular expressions of a recipe are matched with. */
  readonly scope: string;
  /** Its first output: as the float model calls it, and its index in the two models. */
  readonly output: string;
  readonly tensor: number;
  /** Null where the quantized model has no such tensor. */
  readonly tensorAfter: number | null;
  /** Index of the operator of the quantized model that computes it; null where none does. */
  readonly operatorAfter: number | null;
}

/** What was measured of the operators of a verdict's models, one by one. */
export interface LayerMeasurement {
  /** With `layers`. */
  readonly comparison: CompareReport;
  /** With `operators`. */
  readonly before: BenchmarkReport;
  readonly after: BenchmarkReport;
}

/** Where measuring a verdict's layers has come to. */
export type LayerProgress = { readonly of: Verdict } & (
  | { readonly kind: 'working'; readonly share: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
);

/** By verdict, so that going back to a pinned one costs nothing. */
const measurements = new WeakMap<Verdict, LayerMeasurement>();
/** Counts what was put into `measurements`, which no signal watches. */
const stored = signal(0);

export function store(of: Verdict, measurement: LayerMeasurement): void {
  measurements.set(of, measurement);
  stored.value += 1;
}

/** What was measured of a verdict's layers so far, if anything. */
export function measurementOf(of: Verdict): LayerMeasurement | null {
  return measurements.get(of) ?? null;
}

/** Of the verdict on the page; null until it has been measured. */
export const measuredLayers: ReadonlySignal<LayerMeasurement | null> = computed(() => {
  void stored.value;
  return settledVerdict.value && measurementOf(settledVerdict.value);
});

/** What was last said of measuring, of whichever verdict. */
export const lastProgress = signal<LayerProgress | null>(null);

/** How far measuring the verdict on the page is; null when it has not begun or is done. */
export const layerProgress = computed(() =>
  lastProgress.value?.of === settledVerdict.value ? lastProgress.value : null,
);

/** The layer that table, graph and detail show; null for none. */
export const selectedLayer = signal<Layer | null>(null);

type MaybeOperator = InspectedOperator | undefined;

/** What the inspections of a verdict say of a layer. */
export function operatorsOf(
  { subgraph, operator, operatorAfter }: Layer,
  { before, after }: Verdict['inspection'],
): { readonly before: MaybeOperator; readonly after: MaybeOperator } {
  return {
    before: before.subgraphs[subgraph]?.operators[operator],
    after: after.subgraphs[subgraph]?.operators[operatorAfter ?? -1],
  };
}
