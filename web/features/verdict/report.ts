import { isMeasured, type Verdict } from './state.js';
import { summary } from './words.js';

/** All that the page shows of a result, as JSON for people and scripts. Holds no data of the user. */
export function reportJson(verdict: Verdict): string {
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
      },
      fidelity: measured ? measurement.compare : null,
      accuracy: measured ? measurement.accuracy : null,
      latency: measured ? measurement.latency : null,
      notMeasured: measured ? null : measurement,
      quantization: report,
      runtime,
    },
    null,
    2,
  );
}
