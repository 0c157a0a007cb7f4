import { computed, signal } from '@preact/signals';
import type { OctoliteWorker } from 'octolite/worker';
import { engine, loadModel } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { planFor } from '../data/plan.js';
import { settings } from '../recipe/state.js';
import { makeVerdict } from '../run/make.js';
import { Session } from '../run/session.js';
import type { StageProgress } from '../run/state.js';
import { summary } from '../verdict/headline.js';
import type { Verdict } from '../verdict/state.js';
import { alreadyQuantized } from './quantized.js';
import { words } from './words.js';

/** What has become of a model in the queue. */
export type ItemState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'working'; readonly progress: StageProgress | null }
  | { readonly kind: 'done'; readonly verdict: Verdict }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface BatchItem {
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly state: ItemState;
}

export const items = signal<readonly BatchItem[]>([]);
/** Whether the queue is worked on. */
export const isGoing = signal(false);

export const finished = computed(() =>
  items.value.flatMap(({ state }) => (state.kind === 'done' ? [state.verdict] : [])),
);
export const isWaiting = computed(() => items.value.some(({ state }) => state.kind === 'waiting'));

let lastId = 0;
/** Stops the model that is worked on. */
let current: { readonly id: number; readonly abort: AbortController } | null = null;

/** Puts models into the queue. They wait until the queue is started. */
export function startBatch(models: readonly { name: string; bytes: Uint8Array }[]): void {
  const waiting: ItemState = { kind: 'waiting' };
  const added = models.map((model) => ({ ...model, id: ++lastId, state: waiting }));
  items.value = [...items.value, ...added];
  announce(words.value.queued(added.length));
}

function become(id: number, state: ItemState): void {
  items.value = items.value.map((item) => (item.id === id ? { ...item, state } : item));
}

async function make(
  worker: OctoliteWorker,
  { id, name, bytes }: BatchItem,
  abort: AbortSignal,
): Promise<Verdict> {
  const loaded = await loadModel(worker, bytes);
  const inspection = await worker.inspect(loaded).finally(() => loaded.dispose());
  if (!inspection.quantizable) throw alreadyQuantized(inspection.kind);
  const open = { name, bytes, inspection, isSample: false, shapes: null };
  const session = new Session(open);
  try {
    const plan = await planFor(open);
    const report = (progress: StageProgress): void => become(id, { kind: 'working', progress });
    return await makeVerdict(worker, { session, plan, settings: settings.value, abort, report });
  } finally {
    session.dispose();
  }
}

/** Works on a model until it is done or refused; what the user starts meanwhile comes first. */
async function workOn(item: BatchItem): Promise<void> {
  const abort = new AbortController();
  current = { id: item.id, abort };
  become(item.id, { kind: 'working', progress: null });
  let isBegun: AbortSignal | null = null;
  // Also when it gave way before it began.
  const wasStopped = (): boolean => isBegun === null || isBegun.aborted;
  try {
    const verdict = await engine.runYielding(abort.signal, (worker, signal) => {
      isBegun = signal;
      return make(worker, item, signal);
    });
    become(item.id, { kind: 'done', verdict });
    announce(words.value.isDone(item.name, summary(verdict)));
  } catch (error) {
    if (wasStopped()) {
      become(item.id, { kind: 'waiting' });
    } else {
      const refusal = toRefusal(error, item.name);
      become(item.id, { kind: 'refused', refusal });
      announce(words.value.isRefused(item.name, refusal.title));
    }
  } finally {
    current = null;
  }
}

/** Works on what waits, one after the other, until it is paused. */
export async function goOn(): Promise<void> {
  if (isGoing.value) return;
  isGoing.value = true;
  for (;;) {
    const next = items.value.find(({ state }) => state.kind === 'waiting');
    if (!next || !isGoing.value) break;
    await workOn(next);
  }
  isGoing.value = false;
}

/** Stops at once; the model that was worked on waits again. */
export function pause(): void {
  isGoing.value = false;
  current?.abort.abort();
}

/** Takes a model out of the queue. */
export function remove(id: number): void {
  items.value = items.value.filter((item) => item.id !== id);
  if (current?.id === id) current.abort.abort();
}

/** Stops, and forgets the queue. */
export function clear(): void {
  pause();
  items.value = [];
}
