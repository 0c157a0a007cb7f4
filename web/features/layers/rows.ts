import type {
  BenchmarkReport,
  DataType,
  InspectedOperator,
  InspectedSubgraph,
  Inspection,
  LayerDifference,
  OperatorMode,
  QuantizeReport,
} from 'octolite';
import type { Layer, LayerMeasurement } from './state.js';

/** What the table shows of an operator of the float model; null is what was not measured. */
export interface LayerRow extends Layer {
  /** Its place among all operators of all subgraphs. */
  readonly place: number;
  /** Of its output in the quantized model. */
  readonly type: DataType | null;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Of its output, with all that came before it. */
  readonly sqnrDb: number | null;
  /** Of what it adds by itself. */
  readonly localSqnrDb: number | null;
  /** Its share in all that operators add, 0 to 1. */
  readonly share: number | null;
  readonly clipped: number | null;
  readonly msBefore: number | null;
  readonly msAfter: number | null;
  readonly mode: OperatorMode;
  readonly asked: OperatorMode;
  /** As recipes are called: "static_wi8_ai8". */
  readonly scheme: string;
  /** Why it did not get what was asked; empty when it did. */
  readonly reason: string;
}

type Outcome = QuantizeReport['operators'][number];

/** Where the operators of a quantized subgraph are, by what they make. */
class Places {
  readonly #makers = new Map<number, number>();
  readonly #byOutput = new Map<string, number>();
  readonly #subgraph: InspectedSubgraph | undefined;

  constructor(subgraph: InspectedSubgraph | undefined) {
    this.#subgraph = subgraph;
    for (const { index, outputs, output } of subgraph?.operators ?? []) {
      for (const tensor of outputs) this.#makers.set(tensor, index);
      if (output) this.#byOutput.set(output, index);
    }
  }

  /** The operator that computes a tensor: not the one that only converts the result. */
  find(name: string, output: string, tensor: number | null): number | null {
    const index = tensor === null ? this.#byOutput.get(output) : this.#makers.get(tensor);
    const found = index === undefined ? undefined : this.#subgraph?.operators[index];
    if (!found) return null;
    const converts = found.name === 'DEQUANTIZE' || found.name === 'QUANTIZE';
    if (!converts || found.name === name) return found.index;
    return this.#makers.get(found.inputs[0] ?? -1) ?? found.index;
  }

  output(index: number | null): number | null {
    return this.#subgraph?.operators[index ?? -1]?.outputs[0] ?? null;
  }
}

/** Activations of "static_wi8_ai16" are int16. */
function activationType(scheme: string): DataType | null {
  const bits = /_ai(8|16)$/.exec(scheme)?.[1];
  return bits ? (`int${bits}` as DataType) : null;
}

/** Milliseconds by operator index. */
function timesOf(benchmark: BenchmarkReport | undefined): Map<number, number> {
  return new Map(benchmark?.operators?.map(({ index, ms }) => [index, ms]));
}

/** The operators of a subgraph but those that only unpack a constant, as float16 models have them. */
export function computingOperators({
  inputs,
  operators,
}: Pick<InspectedSubgraph, 'inputs' | 'operators'>): readonly InspectedOperator[] {
  const made = new Set(inputs.map(({ index }) => index));
  for (const { outputs } of operators) for (const tensor of outputs) made.add(tensor);
  return operators.filter(
    ({ name, inputs: [first = -1] }) => name !== 'DEQUANTIZE' || made.has(first),
  );
}

/** One row for each operator of the float model that computes, in the order of the graph. */
export function rowsOf(
  { before, after }: { readonly before: Inspection; readonly after: Inspection },
  { operators: outcomes }: Pick<QuantizeReport, 'operators'>,
  measured: LayerMeasurement | null,
): LayerRow[] {
  const key = (subgraph: number, index: number): string => `${subgraph}/${index}`;
  const outcomeOf = new Map<string, Outcome>(
    outcomes.map((outcome) => [key(outcome.subgraph, outcome.index), outcome]),
  );
  // What runs, and is measured, is the first subgraph. Of several outputs the first one stands.
  const differences = new Map<number, LayerDifference>();
  for (const layer of measured?.comparison.layers ?? []) {
    if (!differences.has(layer.operatorIndex)) differences.set(layer.operatorIndex, layer);
  }
  const times = { before: timesOf(measured?.before), after: timesOf(measured?.after) };
  let place = 0;
  return before.subgraphs.flatMap((graph, subgraph) => {
    const places = new Places(after.subgraphs[subgraph]);
    const isMain = subgraph === 0;
    return computingOperators(graph).map(
      ({ index, name, scope, output, outputs, weightBytes }): LayerRow => {
        const outcome = outcomeOf.get(key(subgraph, index));
        const difference = isMain ? differences.get(index) : undefined;
        const operatorAfter = places.find(name, output, difference?.tensorB ?? null);
        const scheme = outcome?.scheme ?? 'float';
        const timeOf = (all: ReadonlyMap<number, number>, at: number | null): number | null =>
          isMain && at !== null ? (all.get(at) ?? null) : null;
        return {
          place: place++,
          subgraph,
          operator: index,
          name,
          scope,
          output,
          tensor: outputs[0] ?? -1,
          tensorAfter: difference?.tensorB ?? places.output(operatorAfter),
          operatorAfter,
          type: activationType(scheme) ?? difference?.dtype ?? null,
          bytesBefore: outcome?.weightBytesBefore ?? weightBytes,
          bytesAfter: outcome?.weightBytesAfter ?? weightBytes,
          sqnrDb: difference?.sqnrDb ?? null,
          localSqnrDb: difference?.localSqnrDb ?? null,
          share: difference?.localShare ?? null,
          clipped: difference?.clipped ?? null,
          msBefore: timeOf(times.before, index),
          msAfter: timeOf(times.after, operatorAfter),
          mode: outcome?.mode ?? 'float',
          asked: outcome?.asked ?? 'float',
          scheme,
          reason: outcome?.reason ?? '',
        };
      },
    );
  });
}

export function isSameLayer(a: Layer | null, b: Layer | null): boolean {
  return a !== null && b !== null && a.subgraph === b.subgraph && a.operator === b.operator;
}

/** Which layer a row is of, without what was measured. */
export function layerOf(row: LayerRow): Layer {
  const { subgraph, operator, name, scope, output, tensor, tensorAfter, operatorAfter } = row;
  return { subgraph, operator, name, scope, output, tensor, tensorAfter, operatorAfter };
}

/** "block5/conv" of "model/block5/conv;model/block5/bias": the end says most. */
export function shortOutput(output: string): string {
  const [first = ''] = output.split(';');
  return first.split('/').slice(-2).join('/');
}
