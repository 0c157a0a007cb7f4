import { computed, signal } from '@preact/signals';
import type { Refusal } from '../../lib/refusal.js';
import { isStatic } from '../recipe/state.js';

export type Stage = 'calibrate' | 'quantize' | 'compare' | 'evaluate' | 'benchmark';

export interface StageProgress {
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
}

export const STAGE_LABELS: Readonly<Record<Stage, string>> = {
  calibrate: 'Calibrate',
  quantize: 'Quantize',
  compare: 'Compare',
  evaluate: 'Score',
  benchmark: 'Time',
};

/** What is going on; null when nothing is. */
export const progress = signal<StageProgress | null>(null);
/** Stops what is going on. */
export const controller = signal<AbortController | null>(null);
/** Why the last run ended without a result; null when it did not. */
export const runRefusal = signal<Refusal | null>(null);
export const wasCancelled = signal(false);

/** The stages of a run as things are set now. Counting needs labels. */
export function stagesOf(hasLabels: boolean): Stage[] {
  return [
    ...(isStatic.value ? (['calibrate'] as const) : []),
    'quantize',
    'compare',
    ...(hasLabels ? (['evaluate'] as const) : []),
    'benchmark',
  ];
}

export const isRunning = computed(() => controller.value !== null);
