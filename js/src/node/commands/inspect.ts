import type { Inspection, TensorDetails } from '../../types.js';
import { JSON_OPTION, type Command, type Context } from '../command.js';
import { formatBytes, formatCount, formatNumber, table } from '../format.js';

export const inspect: Command = {
  summary: 'what is in a model: inputs, outputs, operators, quantization, sizes',
  files: ['MODEL'],
  options: { ...JSON_OPTION, operators: { type: 'boolean' } },
  help: `Usage: octolite inspect MODEL [--operators] [--json]

Says what is in a .tflite model.

  --operators   list every operator, with the name that recipes and --keep-float match
  --json        one JSON object on standard output

Examples:
  octolite inspect model.tflite
  octolite inspect model.tflite --operators
  octolite inspect model.tflite --json`,

  async run(context: Context): Promise<void> {
    const path = context.file(0);
    const octolite = await context.octolite();
    const model = await context.loadModel(path);
    const inspection = octolite.inspect(model);
    context.result({ file: path, ...inspection }, [
      `${path}: ${formatBytes(inspection.fileBytes)}, ${inspection.kind}`,
      ...(inspection.description ? [`  ${inspection.description}`] : []),
      ...describe(inspection, context.flag('operators')),
    ]);
  },
};

function describe(inspection: Inspection, allOperators: boolean): string[] {
  const lines: string[] = [];
  inspection.subgraphs.forEach((subgraph, i) => {
    if (inspection.subgraphs.length > 1) lines.push('', `subgraph ${i} ${subgraph.name}`);
    lines.push('', 'inputs', ...table(subgraph.inputs.map(tensorRow)));
    lines.push('', 'outputs', ...table(subgraph.outputs.map(tensorRow)));
    if (allOperators) {
      lines.push(
        '',
        `operators (${subgraph.operators.length})`,
        ...table(
          subgraph.operators.map((operator) => [
            operator.index,
            operator.supported ? operator.name : `${operator.name} (cannot run)`,
            operator.output,
            operator.weightBytes > 0 ? formatBytes(operator.weightBytes) : '',
          ]),
        ),
      );
    }
  });
  for (const { key, inputs, outputs } of inspection.signatures) {
    lines.push(
      '',
      `signature ${key}: (${Object.keys(inputs).join(', ')}) -> (${Object.keys(outputs).join(', ')})`,
    );
  }
  if (!allOperators) {
    const total = inspection.operatorCounts.reduce((sum, { count }) => sum + count, 0);
    const work = inspection.subgraphs.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
    const cost = work > 0 ? `, ${formatCount(work)} multiply-adds` : '';
    lines.push(
      '',
      `operators (${total}${cost})`,
      ...table(inspection.operatorCounts.map(({ name, count }) => [count, name])),
    );
  }
  if (inspection.unsupportedOperators.length > 0) {
    lines.push('', `cannot run: ${inspection.unsupportedOperators.join(', ')}`);
  }
  const types = Object.entries(inspection.weightBytesByType);
  lines.push(
    '',
    'bytes',
    ...table([
      ['weights', formatBytes(inspection.weightBytes), weightTypes(types)],
      ['metadata', formatBytes(inspection.metadataBytes), inspection.metadata.join(', ')],
      ['the rest', formatBytes(inspection.otherBytes), ''],
    ]),
  );
  return lines;
}

function weightTypes(types: readonly (readonly [string, number])[]): string {
  return types.map(([type, bytes]) => `${type} ${formatBytes(bytes)}`).join(', ');
}

function tensorRow(tensor: TensorDetails): string[] {
  const free = tensor.shapeSignature.some((size) => size < 0);
  const shape = free ? tensor.shapeSignature : tensor.shape;
  return [tensor.name, tensor.dtype, `[${shape.join(', ')}]`, quantizationText(tensor)];
}

function quantizationText({ quantization }: TensorDetails): string {
  const { scales, zeroPoint, scale } = quantization;
  if (scales.length === 0) return '';
  if (scales.length > 1) return `per channel, ${scales.length} scales`;
  return `scale ${formatNumber(scale)}, zero point ${zeroPoint}`;
}
