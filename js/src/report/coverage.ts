import type { Inspection, QuantizeReport, TensorDetails } from '../types.js';
import type { Coverage, FloatOperator } from './types.js';

function floatNames(tensors: readonly TensorDetails[]): string[] {
  return tensors.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
}

function isConversion(name: string): boolean {
  return name === 'QUANTIZE' || name === 'DEQUANTIZE';
}

/** "3 CONV_2D, 1 SOFTMAX", most frequent first. */
function countNames(operators: readonly { readonly name: string }[]): string {
  const counts = new Map<string, number>();
  for (const { name } of operators) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function summaryOf(
  operators: number,
  floats: readonly FloatOperator[],
  inputs: readonly string[],
  outputs: readonly string[],
): string {
  const reasons: string[] = [];
  if (floats.length > 0) {
    reasons.push(
      `${floats.length} of ${operators} operators compute in float32 (${countNames(floats)})`,
    );
  }
  const edge = (names: readonly string[], what: string) => {
    if (names.length > 0) reasons.push(`${what} ${names.join(', ')} ${isAre(names)} float32`);
  };
  edge(inputs, inputs.length === 1 ? 'input' : 'inputs');
  edge(outputs, outputs.length === 1 ? 'output' : 'outputs');
  return reasons.length === 0 ? 'yes' : `no, because ${reasons.join('; ')}`;
}

function isAre(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}

/**
 * Whether a model computes with integers alone.
 * @param report How it was made, which has the reasons; they are matched by names of outputs.
 */
export function coverageOf(
  model: Pick<Inspection, 'subgraphs'>,
  report?: Pick<QuantizeReport, 'operators'>,
): Coverage {
  const reasonOf = (subgraph: number, output: string): string => {
    const found = report?.operators.find(
      (one) => one.subgraph === subgraph && one.output === output,
    );
    if (!found) return '';
    if (found.reason !== '') return found.reason;
    return found.mode === 'float' ? '' : `${found.scheme}: its activations are float32`;
  };
  const all = model.subgraphs.flatMap(({ operators }, subgraph) =>
    operators.map((operator) => ({ ...operator, subgraph })),
  );
  const count = (name: string) => all.filter((operator) => operator.name === name).length;
  const operators = all.filter(({ name }) => !isConversion(name));
  const floatOperators = operators
    .filter(({ usesFloat }) => usesFloat)
    .map(({ subgraph, index, name, output }) => ({
      subgraph,
      index,
      name,
      output,
      reason: reasonOf(subgraph, output),
    }));
  const floatInputs = floatNames(model.subgraphs[0]?.inputs ?? []);
  const floatOutputs = floatNames(model.subgraphs[0]?.outputs ?? []);
  const summary = summaryOf(operators.length, floatOperators, floatInputs, floatOutputs);
  return {
    fullyInteger: summary === 'yes',
    summary,
    operators: operators.length,
    integerOperators: operators.length - floatOperators.length,
    floatOperators,
    floatInputs,
    floatOutputs,
    quantize: count('QUANTIZE'),
    dequantize: count('DEQUANTIZE'),
  };
}
