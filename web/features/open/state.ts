import { computed, signal } from '@preact/signals';
import type { Inspection } from 'octolite';
import type { Refusal } from '../../lib/refusal.js';
import { words } from './words.js';

/** The model on the table. */
export interface OpenModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly inspection: Inspection;
  /** Whether it is the sample that comes with the page. */
  readonly isSample: boolean;
}

export const model = signal<OpenModel | null>(null);
/** Name of the file that is being read, or empty. */
export const opening = signal('');
/** Why the last file was refused. */
export const openRefusal = signal<Refusal | null>(null);

/** What stands in the way of quantizing the open model, in words; empty when nothing does. */
export const obstacle = computed(() => {
  const inspection = model.value?.inspection;
  if (!inspection || inspection.quantizable) return '';
  return words.value.alreadyQuantized(inspection.kind);
});
