import { batch, effect, signal } from '@preact/signals';
import { announce } from '../../lib/announce.js';
import { currentPlan } from '../data/plan.js';
import { model } from '../open/state.js';
import { change } from '../recipe/state.js';
import { cancel } from '../run/pipeline.js';
import { verdict, type Verdict } from '../verdict/state.js';
import { nameOf } from './naming.js';
import { words } from './words.js';

/** A result that stays beside others. */
export interface Pin {
  readonly id: number;
  readonly name: string;
  readonly verdict: Verdict;
}

/** Of the open model, oldest first. */
export const pins = signal<readonly Pin[]>([]);

let lastId = 0;

effect(() => {
  const open = model.value;
  const kept = pins.peek().filter((pin) => pin.verdict.open === open);
  if (kept.length < pins.peek().length) pins.value = kept;
});

export function pin(result: Verdict): void {
  const taken = pins.value.map(({ name }) => name);
  const name = nameOf(result.settings, taken);
  pins.value = [...pins.value, { id: ++lastId, name, verdict: result }];
  announce(words.value.wasPinned(name));
}

export function unpin(id: number): void {
  pins.value = pins.value.filter((each) => each.id !== id);
}

export function rename(id: number, name: string): void {
  pins.value = pins.value.map((each) => (each.id === id ? { ...each, name } : each));
}

/** Sets the recipe of a pin again; where the data are the same too, its result is there at once. */
export function goBack({ name, verdict: result }: Pin): void {
  const { plan } = currentPlan.value;
  batch(() => {
    change(result.settings);
    if (plan?.key === result.plan.key) {
      cancel();
      verdict.value = result;
    }
  });
  announce(words.value.wentBack(name));
}
