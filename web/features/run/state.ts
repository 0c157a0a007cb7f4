import { computed, signal } from '@preact/signals';
import type { Convergence } from 'octolite';
import type { Refusal } from '../../lib/refusal.js';

export type Stage = 'calibrate' | 'quantize' | 'recover' | 'compare' | 'evaluate' | 'benchmark';

export interface StageProgress {
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
  /** Milliseconds that the rest of the stage takes if it goes on as it did. */
  readonly remainingMs?: number;
  /** While calibrating: whether ranges still move. */
  readonly convergence?: Convergence;
  /** Whether it waits for the tab to be seen. */
  readonly isWaiting?: boolean;
}

export type Reporter = (progress: StageProgress) => void;

/** A stage of a run. */
export interface PlannedStage {
  readonly stage: Stage;
  /** Whether what it gives is known from a run before. */
  readonly isKept: boolean;
}

/** What is going on; null when nothing is. */
export const progress = signal<StageProgress | null>(null);
/** The stages of the run that is going on. */
export const stages = signal<readonly PlannedStage[]>([]);
/** Stops what is going on. */
export const controller = signal<AbortController | null>(null);
/** Why the last run ended without a result; null when it did not. */
export const runRefusal = signal<Refusal | null>(null);
export const wasCancelled = signal(false);
/** How long the last run took that came to a result. */
export const lastRunMs = signal(Infinity);

export const isRunning = computed(() => controller.value !== null);
