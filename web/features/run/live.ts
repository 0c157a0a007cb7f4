import { computed, effect, signal } from '@preact/signals';
import { currentPlan } from '../data/plan.js';
import { obstacle } from '../open/state.js';
import { settings } from '../recipe/state.js';
import { verdict } from '../verdict/state.js';
import { isUnderWay, run } from './pipeline.js';
import { isOutdated } from './outdated.js';
import { lastRunMs } from './state.js';

/** A run that takes longer is not started by itself. */
const QUICK_MS = 10_000;
/** How long settings must stay as they are. */
const PAUSE_MS = 400;

/** What was chosen; null for what fits how long runs take. */
const chosen = signal<boolean | null>(null);

/** Whether every change of the settings makes a new result. */
export const isLive = computed(() => chosen.value ?? lastRunMs.value < QUICK_MS);

export function setLive(live: boolean): void {
  chosen.value = live;
}

effect(() => {
  const wanted = settings.value;
  const { plan } = currentPlan.value;
  if (!verdict.value || !plan || obstacle.value || !isLive.value || !isOutdated.value) return;
  const timer = setTimeout(() => {
    if (!isUnderWay(wanted, plan)) void run({ isQuiet: true });
  }, PAUSE_MS);
  return () => clearTimeout(timer);
});
