import { coverageOf } from 'octolite';
import { summary } from '../verdict/headline.js';
import { isMeasured, type Verdict } from '../verdict/state.js';

/** Of both files, compressed; null until it is known. */
export interface GzipSizes {
  readonly before: number | null;
  readonly after: number | null;
}

/** All that the page shows of a result, as JSON for people and scripts. Holds no data of the user. */
export function reportJson(verdict: Verdict, gzip: GzipSizes): string {
  const { open, fileName, settings, inspection, report, data, measurement, runtime, made } =
    verdict;
  const measured = isMeasured(measurement);
  return JSON.stringify(
    {
      tool: `octolite ${runtime?.version ?? ''}`.trim(),
      made: made.toISOString(),
      summary: summary(verdict),
      model: { before: open.name, after: fileName },
      recipe: settings,
      data,
      size: {
        bytesBefore: report.bytesBefore,
        bytesAfter: report.bytesAfter,
        weightBytesBefore: inspection.before.weightBytes,
        weightBytesAfter: inspection.after.weightBytes,
        gzipBytesBefore: gzip.before,
        gzipBytesAfter: gzip.after,
      },
      fidelity: measured ? measurement.compare : null,
      accuracy: measured ? measurement.accuracy : null,
      latency: measured ? measurement.latency : null,
      notMeasured: measured ? null : measurement,
      coverage: coverageOf(inspection.after, report),
      quantization: report,
      runtime,
    },
    null,
    2,
  );
}
