import { quantizesActivations, type RecipeSettings } from '../recipe/settings.js';
import type { PlannedStage, Stage } from './state.js';

/**
 * Whether the quantizer has to see the samples themselves: to recover accuracy, and to calibrate the
 * model as it is when some of its weights are 0.
 */
export function takesSamples(settings: RecipeSettings): boolean {
  const { recover, prune } = settings;
  return recover.length > 0 || (prune > 0 && quantizesActivations(settings));
}

/**
 * The stages of a run with these settings.
 * @param isCalibrated Whether the statistics of the samples are known.
 */
export function stagesOf(
  settings: RecipeSettings,
  hasLabels: boolean,
  isCalibrated: boolean,
): PlannedStage[] {
  const stages: Stage[] = [
    ...(quantizesActivations(settings) ? ['calibrate' as const] : []),
    'quantize',
    ...(settings.recover.length > 0 ? ['recover' as const] : []),
    'compare',
    ...(hasLabels ? ['evaluate' as const] : []),
    'benchmark',
  ];
  const isKept = isCalibrated && !takesSamples(settings);
  return stages.map((stage) => ({ stage, isKept: stage === 'calibrate' && isKept }));
}
