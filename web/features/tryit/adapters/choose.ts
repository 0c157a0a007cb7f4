import type { Adapter, AdapterId, Task } from './adapter.js';
import { anchors } from './anchors.js';
import { classification } from './classification.js';
import { detection } from './detection.js';
import { image } from './image.js';
import { keypoints } from './keypoints.js';
import { landmarks } from './landmarks.js';
import { raw } from './raw.js';
import { segmentation } from './segmentation.js';
import { yolo } from './yolo.js';

/** In the order in which they are asked; the last one takes everything. */
export const ADAPTERS: readonly Adapter[] = [
  detection,
  anchors,
  yolo,
  keypoints,
  landmarks,
  segmentation,
  image,
  classification,
  raw,
];

/** The adapter that a model looks like. */
export function recognize(task: Task): Adapter {
  return ADAPTERS.find((each) => each.looksLike(task)) ?? raw;
}

/** The adapter of a choice; what was recognized when there is none. */
export function adapterFor(choice: AdapterId | 'auto', task: Task): Adapter {
  return ADAPTERS.find(({ id }) => id === choice) ?? recognize(task);
}
