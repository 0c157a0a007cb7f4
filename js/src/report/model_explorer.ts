import type { ModelReport, ReportLayer } from './types.js';

/** Node data of Model Explorer for one graph; its keys are names of output tensors. */
export interface NodeData {
  readonly results: Readonly<Record<string, { readonly value: number }>>;
  /** What is not above `value`, and above the one before, gets the colour. */
  readonly thresholds?: readonly { readonly value: number; readonly bgColor: string }[];
  readonly gradient?: readonly { readonly stop: number; readonly bgColor: string }[];
}

/** What can be shown on the nodes. */
export const NODE_DATA_METRICS = [
  'sqnrDb',
  'localSqnrDb',
  'localShare',
  'aloneSqnrDb',
  'errorShare',
  'clipped',
  'klDivergence',
  'maxAbsError',
] as const;
/** A number that a report has for each tensor. */
export type NodeDataMetric = (typeof NODE_DATA_METRICS)[number];

/** From bad to good, in dB; better than the last is left white. */
const SQNR_COLOURS = [
  { value: 10, bgColor: '#d7301f' },
  { value: 20, bgColor: '#fc8d59' },
  { value: 30, bgColor: '#fdcc8a' },
  { value: 40, bgColor: '#fef0d9' },
];

const GRADIENT = [
  { stop: 0, bgColor: '#ffffff' },
  { stop: 1, bgColor: '#d7301f' },
];

/**
 * Figures of a report as custom node data of Google's Model Explorer, to be shown on the graph of
 * the float model (or of the quantized one, where names are the same).
 */
export function modelExplorerData(
  report: Pick<ModelReport, 'layers'>,
  metric: NodeDataMetric = 'sqnrDb',
): NodeData {
  const results = Object.fromEntries(
    report.layers.flatMap((layer: ReportLayer) => {
      const value = layer[metric];
      return value === undefined ? [] : [[layer.name, { value }]];
    }),
  );
  return metric.endsWith('SqnrDb') || metric === 'sqnrDb'
    ? { results, thresholds: SQNR_COLOURS }
    : { results, gradient: GRADIENT };
}
