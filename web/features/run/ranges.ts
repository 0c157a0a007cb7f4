import type { CalibrationStatistics } from 'octolite';
import type { RecipeSettings } from '../recipe/settings.js';

/**
 * What calibration saw, with ranges set by hand in the place of what was seen. Without a histogram
 * a range counts as recorded: every observer takes it as it is.
 */
export function withRanges(
  statistics: CalibrationStatistics,
  ranges: RecipeSettings['ranges'],
): CalibrationStatistics {
  if (Object.keys(ranges).length === 0) return statistics;
  return {
    ...statistics,
    subgraphs: statistics.subgraphs.map((subgraph) => ({
      ...subgraph,
      tensors: subgraph.tensors.map((tensor) => {
        const range = Object.hasOwn(ranges, tensor.name) ? ranges[tensor.name] : undefined;
        if (!range) return tensor;
        const [min, max] = range;
        return { ...tensor, min, max, histogram: new Float64Array(0) };
      }),
    })),
  };
}
