import { computed, effect } from '@preact/signals';
import { model } from '../open/state.js';
import { guessPreprocessing } from './guess.js';
import { isPresumed, preprocessing, presume } from './state.js';

/** What the open model seems to want. */
export const guess = computed(() => {
  const open = model.value;
  return open && guessPreprocessing(open.name, open.bytes, open.inspection);
});

effect(() => {
  const guessed = guess.value;
  if (guessed && isPresumed(preprocessing.peek())) presume(guessed.preprocessing);
});
