import type { Inspection, TensorDetails } from 'octolite';
import type { PictureShape } from '../../data/preprocess.js';
import type { Output, Reading } from '../reading.js';

/** What is known of a model when its outputs are to be understood. */
export interface Task {
  readonly inputs: readonly TensorDetails[];
  /** The picture that it takes, if it takes one. */
  readonly picture: PictureShape | null;
  readonly inspection: Inspection;
  /** Outputs as a run left them, with their true shapes. */
  readonly outputs: readonly Output[];
  /** How many names of classes there are; 0 when there are none. */
  readonly names: number;
  /** Boxes below it are not shown. */
  readonly leastScore: number;
}

export const ADAPTER_IDS = [
  'classification',
  'detection',
  'yolo',
  'anchors',
  'keypoints',
  'landmarks',
  'segmentation',
  'image',
  'raw',
] as const;
export type AdapterId = (typeof ADAPTER_IDS)[number];

/** A way to understand outputs. */
export interface Adapter {
  readonly id: AdapterId;
  /** Whether the model looks as if it meant this. */
  readonly looksLike: (task: Task) => boolean;
  /** Null where the outputs cannot be read this way. */
  readonly read: (outputs: readonly Output[], task: Task) => Reading | null;
}

/** A shape without its dimensions of size 1. */
export function squeeze(shape: readonly number[]): number[] {
  return shape.filter((size) => size !== 1);
}

/** The operator that makes an output, looked for behind what only changes its type or shape. */
export function maker({ inspection }: Task, output: number): string {
  const passing = new Set(['DEQUANTIZE', 'QUANTIZE', 'RESHAPE', 'SQUEEZE', 'CAST']);
  const operators = inspection.subgraphs[0]?.operators ?? [];
  let tensor = inspection.outputs[output]?.index;
  for (let at = operators.length - 1; at >= 0; --at) {
    const operator = operators[at]!;
    if (tensor === undefined || !operator.outputs.includes(tensor)) continue;
    if (!passing.has(operator.name)) return operator.name;
    tensor = operator.inputs[0];
  }
  return '';
}
