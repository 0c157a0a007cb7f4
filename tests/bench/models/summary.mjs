/** What a run of the benchmark says: times, rates, ratios and their means. */
import { geometricMean, median, pairedRatio, percentile } from './statistics.mjs';

/** The order in which groups of models are listed. */
const GROUPS = ['int8', 'uint8', 'float32', 'float16', 'dynamic', 'small'];

/** Below so many multiply-adds, what is measured is calls rather than kernels. */
const SMALL = 1e6;

export const label = ({ engine, variant }) => (variant ? `${engine} ${variant}` : engine);

/** Outputs that agree less than that are those of another network: such times are not compared. */
export const SAME_OUTPUTS = 0.9;

/** One engine's times with one model; `rival` is the report of the Octolite it is compared with. */
function summarizeReport(report, rival, multiplyAdds) {
  if (report.error) return { label: label(report), error: report.error };
  const { samples, loadMs, compileMs, firstMs, readyHeapBytes, heapBytes, cosine } = report;
  const medianMs = median(samples);
  const comparable = rival && !rival.error && (cosine ?? 1) >= SAME_OUTPUTS;
  return {
    label: label(report),
    medianMs,
    p10Ms: percentile(samples, 0.1),
    p90Ms: percentile(samples, 0.9),
    gigaPerSecond: multiplyAdds / medianMs / 1e6,
    ...(comparable ? { ratio: pairedRatio(rival.samples, samples) } : {}),
    ...{ loadMs, compileMs, firstMs, readyHeapBytes, heapBytes, cosine },
  };
}

/** Geometric means of the ratios to each peer, by group and over all models. */
function means(rows) {
  const labels = [...new Set(rows.flatMap(({ engines }) => engines.map((engine) => engine.label)))];
  const groups = [...GROUPS.filter((group) => rows.some((row) => row.group === group)), 'all'];
  return groups.map((group) => ({
    group,
    ratios: labels.map((name) => {
      const ratios = rows
        .filter((row) => group === 'all' || row.group === group)
        .flatMap(({ engines }) => engines.find((engine) => engine.label === name)?.ratio ?? []);
      return { label: name, models: ratios.length, mean: geometricMean(ratios) };
    }),
  }));
}

/** How many times faster a model is than the same network in float32, in the same engine. */
function twins(rows) {
  return rows.flatMap((row) => {
    const name = row.name.replace(/_(u?int8|dynamic)(_floatio)?$/, '_float');
    const float = rows.find((other) => other.name === name);
    if (float === undefined || float === row) return [];
    const ratios = row.engines.flatMap(({ label: engine, medianMs }) => {
      const floatMs = float.engines.find((other) => other.label === engine)?.medianMs;
      return medianMs && floatMs ? [{ label: engine, ratio: floatMs / medianMs }] : [];
    });
    return [{ name: row.name, ratios }];
  });
}

/**
 * @param section { host, threads, models: [{ name, group, multiplyAdds, reports }] }
 * @param rivalOf engine and variant to the variant of Octolite that they are compared with, if any
 */
export function summarize({ host, threads, models }, rivalOf) {
  const rows = models.map(({ name, group, multiplyAdds, reports }) => ({
    name,
    group: multiplyAdds < SMALL ? 'small' : group,
    multiplyAdds,
    engines: reports.map((report) => {
      const variant = rivalOf(report.engine, report.variant);
      const rival = reports.find(
        (other) => other.engine === 'octolite' && other.variant === variant,
      );
      return summarizeReport(report, rival, multiplyAdds);
    }),
  }));
  rows.sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
  return { host, threads, rows, means: means(rows), twins: twins(rows) };
}
