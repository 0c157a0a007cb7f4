import type { ObserverName } from './types.js';

/** In the order of ObserverKind in src/calibrate/observer.h. */
export const OBSERVER_NAMES: readonly ObserverName[] = [
  'min_max',
  'moving_average',
  'percentile',
  'mse',
  'entropy',
];
