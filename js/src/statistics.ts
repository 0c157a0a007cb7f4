import { OctoliteError } from './errors.js';
import { isTypedArray } from './tensor_data.js';
import type { CalibrationStatistics, TensorStatistics } from './types.js';

/** Bins of a histogram that is not empty (src/calibrate/histogram.h). */
const BINS = 4096;

/** Whether something has the outer form of statistics, be what is inside right or wrong. */
export function looksLikeStatistics(value: unknown): boolean {
  return Array.isArray((value as Partial<CalibrationStatistics> | null | undefined)?.subgraphs);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTensorStatistics(value: unknown): value is TensorStatistics {
  if (typeof value !== 'object' || value === null) return false;
  const tensor = value as Partial<TensorStatistics>;
  return (
    [tensor.tensor, tensor.count, tensor.nanCount, tensor.infiniteCount].every(isWhole) &&
    typeof tensor.name === 'string' &&
    typeof tensor.min === 'number' &&
    typeof tensor.max === 'number' &&
    Number.isInteger(tensor.exponent) &&
    Math.abs(tensor.exponent!) <= 128 &&
    isTypedArray(tensor.histogram) &&
    (tensor.histogram.length === 0 || tensor.histogram.length === BINS) &&
    tensor.histogram.every(isWhole)
  );
}

/**
 * Checks statistics that come from a caller, who may have stored or changed them.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export function checkStatistics(statistics: CalibrationStatistics): void {
  const valid = statistics.subgraphs.every(
    (entry) =>
      isWhole(entry?.subgraph) &&
      isWhole(entry.samples) &&
      Array.isArray(entry.tensors) &&
      entry.tensors.every(isTensorStatistics),
  );
  if (!valid) {
    throw new OctoliteError('INVALID_ARGUMENT', 'these are not calibration statistics', {
      hint: 'pass what calibrate returned, unchanged',
    });
  }
}
