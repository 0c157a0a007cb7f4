import { wireSize } from '../compress/wire_size.js';
import type {
  BenchmarkReport,
  CompareReport,
  Inspection,
  LayerDifference,
  OperatorTime,
  QuantizeReport,
} from '../types.js';
import { VERSION } from '../version.js';
import { coverageOf } from './coverage.js';
import type { DebugReport, ModelReport, ReportLayer, ReportModel, Suggestion } from './types.js';

/** What goes into a report about one of its two models. */
export interface ReportSide {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly inspection: Inspection;
  /** With profile. */
  readonly benchmark?: BenchmarkReport | undefined;
}

/** What a report is made of. */
export interface ReportParts {
  readonly before: ReportSide;
  readonly after: ReportSide;
  /** With perLayer. */
  readonly comparison: CompareReport;
  readonly quantization?: QuantizeReport | undefined;
  readonly debug?: DebugReport | undefined;
  readonly recipe?: string | undefined;
  /** What the comparison was measured on, in words. */
  readonly data?: string | undefined;
}

/** More clipping than this is worth a word. */
const MUCH_CLIPPED = 0.01;

async function describeModel(side: ReportSide): Promise<ReportModel> {
  const wire = await wireSize(side.bytes);
  return {
    name: side.name,
    kind: side.inspection.kind,
    bytes: side.bytes.byteLength,
    gzipBytes: wire.gzip,
    ...(wire.brotli !== undefined && { brotliBytes: wire.brotli }),
    weightBytesByType: side.inspection.weightBytesByType,
    ...(side.benchmark && { ms: side.benchmark.medianMs }),
  };
}

function timeOf(times: readonly OperatorTime[] | undefined, output: string): number | undefined {
  return times?.find((time) => time.output === output)?.ms;
}

function joinLayer(layer: LayerDifference, parts: ReportParts): ReportLayer {
  const msBefore = timeOf(parts.before.benchmark?.operators, layer.name);
  const msAfter = timeOf(parts.after.benchmark?.operators, layer.name);
  const debugged = parts.debug?.operators.find(
    ({ subgraph, op }) => subgraph === 0 && op === layer.operatorIndex,
  );
  return {
    ...layer,
    ...(msBefore !== undefined && { msBefore }),
    ...(msAfter !== undefined && { msAfter }),
    ...(debugged && {
      aloneSqnrDb: debugged.aloneSqnrDb,
      accumulatedSqnrDb: debugged.accumulatedSqnrDb,
      errorShare: debugged.errorShare,
    }),
  };
}

function clippingOf(layers: readonly LayerDifference[]): Suggestion[] {
  const clipped = layers
    .filter((layer) => layer.clipped > MUCH_CLIPPED)
    .sort((a, b) => b.clipped - a.clipped);
  const [worst] = clipped;
  if (!worst) return [];
  const percent = (100 * worst.clipped).toFixed(1);
  const others = clipped.length > 1 ? ` (and more than 1 % of ${clipped.length - 1} others)` : '';
  return [
    {
      id: 'clipping',
      text:
        `${percent} % of the values of ${worst.name} lie beyond what its type can hold${others}: ` +
        `the calibration saw a smaller range, or the observer chose one`,
      evidence: { tensor: worst.name, clipped: worst.clipped, tensors: clipped.length },
    },
  ];
}

/** Puts together what was measured. */
export async function buildReport(parts: ReportParts): Promise<ModelReport> {
  const { comparison, quantization, debug } = parts;
  const layers = comparison.layers ?? [];
  return {
    format: 'octolite-report',
    version: 1,
    madeBy: `Octolite ${VERSION}`,
    before: await describeModel(parts.before),
    after: await describeModel(parts.after),
    ...(parts.recipe !== undefined && { recipe: parts.recipe }),
    ...(parts.data !== undefined && { data: parts.data }),
    samples: comparison.samples,
    coverage: coverageOf(parts.after.inspection, quantization),
    outputs: comparison.outputs,
    layers: layers.map((layer) => joinLayer(layer, parts)),
    suggestions: [...(debug?.suggestions ?? []), ...clippingOf(layers)],
    warnings: quantization?.warnings ?? [],
  };
}
