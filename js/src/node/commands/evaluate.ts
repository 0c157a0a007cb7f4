import { readLabels } from '../../data/dataset.js';
import type { ClassifierReport } from '../../types.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { openPaths } from '../data_paths.js';
import { dataFiles } from '../files.js';
import { formatPercent } from '../format.js';
import { ARITHMETIC_OPTION, DATA_GROUP, dataOption, JOBS_OPTION, MODEL_FILES } from '../options.js';
import type { EvaluateResult } from '../results.js';

const SHOWN_CONFUSIONS = 5;

export const evaluate: Command<EvaluateResult> = {
  summary: 'how often a classifier is right',
  usage: ['MODEL --data PATH --labels PATH [options]'],
  about: 'Runs a classifier on labelled samples and says how often it is right.',
  args: [MODEL],
  options: [
    {
      options: {
        ...dataOption('samples; may be given several times'),
        labels: {
          value: 'PATH',
          files: [],
          help:
            'the class of each sample: .npy, idx, .csv or text with a number a line; --skip and ' +
            '--limit apply to them too',
        },
        against: {
          value: 'MODEL_B',
          files: MODEL_FILES,
          help: 'also run this one, a quantized one for instance: how often they agree',
        },
        ...JOBS_OPTION,
        ...ARITHMETIC_OPTION,
      },
    },
    DATA_GROUP,
  ],
  json: true,
  examples: [
    'octolite evaluate model.tflite --data images-idx4-ubyte.gz --labels labels-idx1-ubyte.gz',
    'octolite evaluate int8.tflite --data images.npy --labels labels.npy --skip 4',
    'octolite evaluate model.tflite --against int8.tflite --data images.npy --labels labels.npy',
  ],

  async run(context: Context): Promise<Outcome<EvaluateResult>> {
    const arithmetic = context.arithmetic();
    const paths = context.list('data');
    const labelPath = context.text('labels');
    if (paths.length === 0) throw new UsageError('say where the samples are: --data PATH');
    if (labelPath === undefined) throw new UsageError('say where the labels are: --labels PATH');
    if (paths.some((path) => path.startsWith('random:'))) {
      throw new UsageError('random samples have no labels');
    }
    const octolite = await context.library();
    const model = await context.loadModel(context.arg(0));
    const [labelFile] = await dataFiles([labelPath]);
    const labels = await readLabels(labelFile!, context.datasetOptions());
    const { inputs } = await octolite.inspect(model);
    const { data } = await openPaths(context, paths, inputs, '');
    const againstPath = context.text('against');
    const against = againstPath === undefined ? undefined : await context.loadModel(againstPath);
    const report = await octolite.evaluate(model, data, labels, {
      arithmetic,
      against,
      ...context.task(),
    });
    const lines = [
      ...describe(context.arg(0), report.samples, report),
      ...(report.against && againstPath !== undefined
        ? [
            ...describe(againstPath, report.samples, report.against),
            `the same class: ${formatPercent(report.against.agreement)}; top-1 drop: ${formatPercent(report.against.top1Drop)}`,
          ]
        : []),
    ];
    return { json: { model: context.arg(0), againstModel: againstPath, ...report }, lines };
  },
};

function describe(path: string, samples: number, report: ClassifierReport): string[] {
  const { correct, top1, top5, classes, confusions, worstClasses } = report;
  const worst = worstClasses.map((one) => `${one.label} (${one.correct} of ${one.samples} right)`);
  const confused = confusions
    .slice(0, SHOWN_CONFUSIONS)
    .map((one) => `${one.label} taken for ${one.predicted} (${one.count})`);
  return [
    `${path}: ${correct} of ${samples} right, ${classes} classes`,
    `  top-1  ${formatPercent(top1)}`,
    ...(top5 === undefined ? [] : [`  top-5  ${formatPercent(top5)}`]),
    ...(worst.length > 0 ? [`  worst classes  ${worst.join(', ')}`] : []),
    ...(confused.length > 0 ? [`  confusions     ${confused.join(', ')}`] : []),
  ];
}
