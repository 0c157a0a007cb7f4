import type { CompareReport, LayerDifference, TensorDifference } from '../../types.js';
import type { Command, Context, Outcome } from '../command.js';
import { openPaths } from '../data_paths.js';
import { formatNumber, formatPercent } from '../format.js';
import { heading, table, type Line } from '../lines.js';
import { ARITHMETIC_OPTION, DATA_GROUP, dataOption, MODEL_FILES } from '../options.js';
import { makeReport, REPORT_OPTIONS, ReportFiles } from '../report_files.js';
import type { CompareResult } from '../results.js';

const MAX_SQNR_DB = 300;

export const compare: Command<CompareResult> = {
  summary: 'how far apart the outputs of two models are',
  usage: ['MODEL_A MODEL_B [--data PATH ...] [options]'],
  about:
    'Feeds two models the same samples and says how far the outputs of B are from those of A, as ' +
    'real numbers: SQNR in dB (higher is closer; 300: no error at all), cosine similarity, largest ' +
    'error, and how often the largest output is the same.',
  args: [
    { name: 'MODEL_A', files: MODEL_FILES },
    { name: 'MODEL_B', files: MODEL_FILES },
  ],
  options: [
    {
      options: {
        ...dataOption('samples, as A takes them; may be given several times; default random:10'),
        'per-layer': {
          help:
            'also compare the tensors inside that both models have, by name: type, clipping, and ' +
            'the error that each operator adds by itself',
        },
        ...REPORT_OPTIONS,
        ...ARITHMETIC_OPTION,
      },
    },
    DATA_GROUP,
  ],
  json: true,
  examples: [
    'octolite compare model.tflite int8.tflite --data samples.npy',
    'octolite compare model.tflite int8.tflite --data photos/ --resize crop --per-layer',
    'octolite compare model.tflite int8.tflite --data samples.npy --report report.html',
  ],

  async run(context: Context): Promise<Outcome<CompareResult>> {
    const arithmetic = context.arithmetic();
    const reports = await ReportFiles.reserve(context, [context.arg(0), context.arg(1)]);
    try {
      const octolite = await context.octolite();
      const a = await context.loadModel(context.arg(0));
      const b = await context.loadModel(context.arg(1));
      const paths = context.list('data');
      const { data, description } = await openPaths(
        context,
        paths.length > 0 ? paths : ['random:10'],
        octolite.inspect(a).inputs,
        'comparing with random data; with real inputs the figures will be others.',
      );
      const perLayer = context.flag('per-layer');
      const report = await octolite.compare(a, b, data, {
        arithmetic,
        perLayer: perLayer || reports.wanted,
        ...context.task(),
      });
      if (reports.wanted) {
        const before = { path: context.arg(0), model: a };
        const after = { path: context.arg(1), model: b };
        const parts = { comparison: report, data: description };
        await reports.write(await makeReport(context, octolite, before, after, parts));
      }
      const { layers, ...outputs } = report;
      const shown = perLayer && layers ? { ...outputs, layers } : outputs;
      const lines = [
        `${context.arg(0)} and ${context.arg(1)} on ${description}`,
        ...describe(perLayer ? report : outputs),
      ];
      return { json: { a: context.arg(0), b: context.arg(1), ...shown }, lines };
    } finally {
      await reports.abandon();
    }
  },
};

const HEADING = ['', 'SQNR dB', 'cosine', 'max error', 'range of A'];

function row(one: TensorDifference, name: string): string[] {
  return [
    name,
    decibels(one.sqnrDb),
    one.cosine.toFixed(6),
    formatNumber(one.maxAbsError),
    `${formatNumber(one.min)} .. ${formatNumber(one.max)}`,
  ];
}

const LAYER_HEADING = [
  '',
  'type',
  'SQNR dB',
  'own dB',
  'share',
  'clipped',
  'max error',
  'weights dB',
];

function decibels(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= MAX_SQNR_DB ? 'equal' : value.toFixed(1);
}

function layerRow(one: LayerDifference): string[] {
  return [
    `${one.operatorName} ${one.name}`,
    one.dtype,
    decibels(one.sqnrDb),
    decibels(one.localSqnrDb),
    formatPercent(one.localShare),
    one.scale > 0 ? formatPercent(one.clipped) : '',
    formatNumber(one.maxAbsError),
    decibels(one.weightSqnrDb),
  ];
}

function describe({ outputs, layers }: CompareReport): Line[] {
  const lines: Line[] = [table([HEADING, ...outputs.map((one) => row(one, one.name))])];
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
      heading('inside, in order of execution; own: what the operator adds by itself'),
      table([LAYER_HEADING, ...layers.map(layerRow)]),
    );
  }
  return lines;
}
