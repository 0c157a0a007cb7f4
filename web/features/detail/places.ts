/** Which tensors of the two models belong together. */
import type { InspectedOperator, Inspection } from 'octolite';
import type { Layer } from '../layers/state.js';
import type { Pair } from '../verdict/state.js';

type Graph = Inspection['subgraphs'][number];

function makerOf({ operators }: Graph, tensor: number): InspectedOperator | undefined {
  return operators.find(({ outputs }) => outputs.includes(tensor));
}

/** What a tensor was before it was only converted: that of a DEQUANTIZE is its input. */
function origin(graph: Graph, tensor: number): number {
  const maker = makerOf(graph, tensor);
  return maker?.name === 'DEQUANTIZE' ? (maker.inputs[0] ?? tensor) : tensor;
}

/** Tensor indices: in the float model, and in the quantized one where it has the same. */
export interface Place {
  readonly before: number;
  readonly after: number | null;
}

/** Where a layer's output is, in the quantized model before it is made float again. */
export function outputPlace(
  { subgraph, tensor, output }: Layer,
  { after }: Pair<Inspection>,
): Place {
  const graph = after.subgraphs[subgraph];
  // By name, so that it holds for the next verdict too.
  const other = graph?.operators.find((operator) => operator.output === output)?.outputs[0];
  return { before: tensor, after: graph && other !== undefined ? origin(graph, other) : null };
}

/** Where a layer's constant operands are. */
export function constantPlaces(layer: Layer, { before, after }: Pair<Inspection>): Place[] {
  const graph = before.subgraphs[layer.subgraph];
  const operator = graph?.operators[layer.operator];
  if (!graph || !operator) return [];
  const graphAfter = after.subgraphs[layer.subgraph];
  const output = outputPlace(layer, { before, after }).after;
  const operatorAfter = graphAfter && output !== null ? makerOf(graphAfter, output) : undefined;
  const isSame = operatorAfter?.name === operator.name;
  const given = new Set(graph.inputs.map(({ index }) => index));
  return operator.inputs.flatMap((tensor, position) => {
    // Float models may hold float16 constants, which an operator makes float.
    const constant = tensor < 0 ? -1 : origin(graph, tensor);
    if (constant < 0 || given.has(constant) || makerOf(graph, constant)) return [];
    const other = isSame ? operatorAfter.inputs[position] : undefined;
    const isThere = graphAfter && other !== undefined && other >= 0;
    return [{ before: constant, after: isThere ? origin(graphAfter, other) : null }];
  });
}

/** The dimension of weights whose indices are the channels, by how the operator uses them. */
export function channelAxis(operator: string, shape: readonly number[]): number {
  return operator === 'DEPTHWISE_CONV_2D' ? shape.length - 1 : 0;
}

/** Operators whose output has one scale for ever: the format says so. */
const FIXED = new Set(['SOFTMAX', 'LOGISTIC', 'TANH', 'L2_NORMALIZATION', 'LOG_SOFTMAX']);

export function hasFixedRange(operator: string): boolean {
  return FIXED.has(operator);
}
