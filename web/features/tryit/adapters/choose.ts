import { classification } from './classification.js';
import { raw } from './raw.js';
import type { Adapter, AdapterId, Task } from './adapter.js';

/** In the order in which they are asked; the last one takes everything. */
export const ADAPTERS: readonly Adapter[] = [classification, raw];

/** The adapter that a model looks like, and that can read its outputs. */
export function recognize(task: Task): Adapter {
  return (
    ADAPTERS.find((each) => each.looksLike(task) && each.read(task.outputs, task) !== null) ?? raw
  );
}

/** The adapter of a choice; what was recognized when there is none. */
export function adapterFor(choice: AdapterId | 'auto', task: Task): Adapter {
  return ADAPTERS.find(({ id }) => id === choice) ?? recognize(task);
}
