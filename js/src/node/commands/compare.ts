import type { CompareReport, TensorDifference } from '../../types.js';
import {
  ARITHMETIC_OPTION,
  DATA_HELP,
  DATA_OPTIONS,
  JSON_OPTION,
  type Command,
  type Context,
} from '../command.js';
import { openPaths } from '../data_paths.js';
import { formatNumber, formatPercent, table } from '../format.js';

const MAX_SQNR_DB = 300;

export const compare: Command = {
  summary: 'how far apart the outputs of two models are',
  files: ['MODEL_A', 'MODEL_B'],
  options: {
    ...JSON_OPTION,
    ...DATA_OPTIONS,
    ...ARITHMETIC_OPTION,
    data: { type: 'string', multiple: true },
    'per-layer': { type: 'boolean' },
  },
  help: `Usage: octolite compare MODEL_A MODEL_B [--data PATH ...] [options]

Feeds two models the same samples and says how far the outputs of B are from those of A, as real
numbers: SQNR in dB (higher is closer; 300: no error at all), cosine similarity, largest error, and
how often the largest output is the same.

  --data PATH          samples, as A takes them; may be given several times; default random:10
  --per-layer          also compare the tensors inside that both models have, by name
  --arithmetic MODE    litert (default): the bits of LiteRT; reference: of microcontrollers
  --json               one JSON object on standard output

${DATA_HELP}

Examples:
  octolite compare model.tflite int8.tflite --data samples.npy
  octolite compare model.tflite int8.tflite --data photos/ --resize crop --range -1,1 --per-layer`,

  async run(context: Context): Promise<void> {
    const arithmetic = context.arithmetic();
    const octolite = await context.octolite();
    const a = await context.loadModel(context.file(0));
    const b = await context.loadModel(context.file(1));
    const paths = context.list('data');
    const { data, description } = await openPaths(
      context,
      paths.length > 0 ? paths : ['random:10'],
      octolite.inspect(a).inputs,
      'comparing with random data; with real inputs the figures will be others.',
    );
    const report = await octolite.compare(a, b, data, {
      arithmetic,
      perLayer: context.flag('per-layer'),
      ...context.task(),
    });
    context.result({ a: context.file(0), b: context.file(1), ...report }, [
      `${context.file(0)} and ${context.file(1)} on ${description}`,
      ...describe(report),
    ]);
  },
};

const HEADING = ['', 'SQNR dB', 'cosine', 'max error', 'range of A'];

function row(one: TensorDifference, name: string): string[] {
  return [
    name,
    one.sqnrDb >= MAX_SQNR_DB ? 'equal' : one.sqnrDb.toFixed(1),
    one.cosine.toFixed(6),
    formatNumber(one.maxAbsError),
    `${formatNumber(one.min)} .. ${formatNumber(one.max)}`,
  ];
}

function describe({ outputs, layers }: CompareReport): string[] {
  const lines = table([HEADING, ...outputs.map((one) => row(one, one.name))]);
  for (const { name, top1Agreement } of outputs) {
    if (top1Agreement !== undefined) {
      lines.push(`  same largest element of ${name}: ${formatPercent(top1Agreement)}`);
    }
  }
  const different = [...outputs, ...(layers ?? [])].reduce((sum, one) => sum + one.nonFinite, 0);
  if (different > 0) lines.push(`  ${different} values were left out because they are not finite`);
  if (layers) {
    lines.push(
      '',
      'inside, in order of execution',
      ...table([HEADING, ...layers.map((one) => row(one, `${one.operatorName} ${one.name}`))]),
    );
  }
  return lines;
}
