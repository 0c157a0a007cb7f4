import type { Inspection, TensorDetails } from '../../types.js';
import type { CompandingReport } from '../../compress/types.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { formatBytes, formatCount, formatNumber } from '../format.js';
import { heading, table, type Line } from '../lines.js';
import type { InspectResult } from '../results.js';

export const inspect: Command<InspectResult> = {
  summary: 'what is in a model: inputs, outputs, operators, quantization, sizes',
  usage: ['MODEL [--operators] [--companding [--bits N]] [--json]'],
  about: 'Says what is in a .tflite model.',
  args: [MODEL],
  options: [
    {
      options: {
        operators: {
          help: 'list every operator, with the name that recipes and --keep-float match',
        },
        companding: {
          help:
            'what a linear grid of levels costs each tensor of weights, and what powers of two, ' +
            'mu-law, sigmoid and a free table (k-means) cost at the same number of bits',
        },
        bits: { value: 'N', help: 'bits of --companding, 2 to 8; default 4' },
      },
    },
  ],
  json: true,
  examples: [
    'octolite inspect model.tflite',
    'octolite inspect model.tflite --operators',
    'octolite inspect model.tflite --companding --bits 4',
    'octolite inspect model.tflite --json',
  ],

  async run(context: Context): Promise<Outcome<InspectResult>> {
    const path = context.arg(0);
    const octolite = await context.octolite();
    const model = await context.loadModel(path);
    const inspection = octolite.inspect(model);
    const bits = context.count('bits', 2);
    if (bits !== undefined && !context.flag('companding')) {
      throw new UsageError('--bits goes with --companding');
    }
    const companding = context.flag('companding')
      ? await octolite.analyzeCompanding(model, { bits })
      : undefined;
    const lines = [
      `${path}: ${formatBytes(inspection.fileBytes)}, ${inspection.kind}`,
      ...(inspection.description ? [`  ${inspection.description}`] : []),
      ...describe(inspection, context.flag('operators')),
      ...(companding ? describeCompanding(companding) : []),
    ];
    return { json: { file: path, ...inspection, companding }, lines };
  },
};

function describe(inspection: Inspection, allOperators: boolean): Line[] {
  const lines: Line[] = [];
  inspection.subgraphs.forEach((subgraph, i) => {
    if (inspection.subgraphs.length > 1) lines.push('', heading(`subgraph ${i} ${subgraph.name}`));
    lines.push('', heading('inputs'), table(subgraph.inputs.map(tensorRow)));
    lines.push('', heading('outputs'), table(subgraph.outputs.map(tensorRow)));
    if (allOperators) {
      lines.push(
        '',
        heading(`operators (${subgraph.operators.length})`),
        table(
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
      heading(`operators (${total}${cost})`),
      table(inspection.operatorCounts.map(({ name, count }) => [count, name])),
    );
  }
  if (inspection.unsupportedOperators.length > 0) {
    lines.push('', `cannot run: ${inspection.unsupportedOperators.join(', ')}`);
  }
  const types = Object.entries(inspection.weightBytesByType);
  lines.push(
    '',
    heading('bytes'),
    table([
      ['weights', formatBytes(inspection.weightBytes), weightTypes(types)],
      ['metadata', formatBytes(inspection.metadataBytes), inspection.metadata.join(', ')],
      ['the rest', formatBytes(inspection.otherBytes), ''],
    ]),
  );
  return lines;
}

function describeCompanding({ bits, tensors, nonlinearWins }: CompandingReport): Line[] {
  const db = ({ sqnrDb }: { sqnrDb: number }): string => sqnrDb.toFixed(1);
  return [
    '',
    heading(`weights in ${bits} bits, SQNR in dB`),
    table([
      ['tensor', 'linear', 'clipped', 'power of 2', 'mu-law', 'sigmoid', 'k-means', 'gain'],
      ...tensors.map(({ name, grids, gainDb }) => [
        name,
        db(grids.linear),
        db(grids.clipped),
        db(grids.power_of_two),
        db(grids.mu_law),
        db(grids.sigmoid),
        db(grids.kmeans),
        `${gainDb > 0 ? '+' : ''}${gainDb.toFixed(1)}`,
      ]),
    ]),
    `  a nonlinear grid is better by 0.5 dB or more for ${nonlinearWins.length} of ${tensors.length}`,
  ];
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
