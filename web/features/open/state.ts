import { computed, signal } from '@preact/signals';
import type { Inspection } from 'octolite';
import type { Refusal } from '../../lib/refusal.js';
import { asksForShape, type Shape } from './shapes.js';
import { words } from './words.js';

/** The model on the table. */
export interface OpenModel {
  readonly name: string;
  /** Of the file; where sizes of inputs were chosen, with these in it. */
  readonly bytes: Uint8Array;
  readonly inspection: Inspection;
  /** Whether it is a sample that comes with the page. */
  readonly isSample: boolean;
  /** The sizes that were chosen for the inputs, in their order; null for those of the file. */
  readonly shapes: readonly Shape[] | null;
}

export const model = signal<OpenModel | null>(null);
/** Name of the file that is being read, or empty. */
export const opening = signal('');
/** Why the last file was refused. */
export const openRefusal = signal<Refusal | null>(null);

/** Whether sizes of inputs have to be chosen before anything can run. */
export const needsShapes = computed(() => {
  const open = model.value;
  return open !== null && open.shapes === null && open.inspection.inputs.some(asksForShape);
});

/** What stands in the way of quantizing the open model, in words; empty when nothing does. */
export const obstacle = computed(() => {
  const inspection = model.value?.inspection;
  if (!inspection) return '';
  if (!inspection.quantizable) return words.value.alreadyQuantized(inspection.kind);
  return needsShapes.value ? words.value.shapesFirst : '';
});
