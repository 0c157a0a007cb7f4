import { signal } from '@preact/signals';

/** What screen readers are told: the stage of a task, its end, a refusal. */
export const announcement = signal('');

export function announce(text: string): void {
  announcement.value = text;
}
