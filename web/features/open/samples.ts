import { parsePreprocessing, type Preprocessing } from '../data/preprocess.js';
import list from './samples.json' with { type: 'json' };

export const SAMPLE_IDS = ['shapes', 'sounds', 'pump'] as const;
export type SampleId = (typeof SAMPLE_IDS)[number];

/** A model that comes with the page, with its data: names of files in sample/<id>/. */
export interface BundledSample {
  readonly id: SampleId;
  readonly model: string;
  readonly calibration: string;
  readonly evaluation: string;
  /** The class of each sample of `evaluation`. */
  readonly labels: string;
  /** What the classes are called, one a line. */
  readonly classNames: string;
  readonly preprocessing: Preprocessing;
}

/** What comes with the page; the build copies the files that samples.json names. */
export function sampleOf(id: SampleId): BundledSample {
  const { preprocessing, ...files } = list.find((each) => each.id === id)!;
  return { ...files, id, preprocessing: parsePreprocessing(preprocessing) };
}
