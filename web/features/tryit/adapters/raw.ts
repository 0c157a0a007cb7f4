import type { Adapter } from './adapter.js';

/** The numbers as they are: what is left when nothing else fits. */
export const raw: Adapter = {
  id: 'raw',
  looksLike: () => true,
  read: () => ({ kind: 'raw' }),
};
