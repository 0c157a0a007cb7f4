import { readLabels } from '../../data/dataset.js';
import {
  ARITHMETIC_OPTION,
  DATA_HELP,
  DATA_OPTIONS,
  JSON_OPTION,
  UsageError,
  type Command,
  type Context,
} from '../command.js';
import { openPaths } from '../data_paths.js';
import { dataFiles } from '../files.js';
import { formatPercent } from '../format.js';

export const evaluate: Command = {
  summary: 'how often a classifier is right',
  files: ['MODEL'],
  options: {
    ...JSON_OPTION,
    ...DATA_OPTIONS,
    ...ARITHMETIC_OPTION,
    data: { type: 'string', multiple: true },
    labels: { type: 'string' },
  },
  help: `Usage: octolite evaluate MODEL --data PATH --labels PATH [options]

Runs a classifier on labelled samples and says how often it is right.

  --data PATH          samples; may be given several times
  --labels PATH        the class of each sample: .npy, idx, .csv or text with a number a line;
                       --skip and --limit apply to them too
  --arithmetic MODE    litert (default): the bits of LiteRT; reference: of microcontrollers
  --json               one JSON object on standard output

${DATA_HELP}

Examples:
  octolite evaluate model.tflite --data images-idx3-ubyte.gz --labels labels-idx1-ubyte.gz
  octolite evaluate int8.tflite --data images.npy --labels labels.npy --skip 200`,

  async run(context: Context): Promise<void> {
    const arithmetic = context.arithmetic();
    const paths = context.list('data');
    const labelPath = context.text('labels');
    if (paths.length === 0) throw new UsageError('say where the samples are: --data PATH');
    if (labelPath === undefined) throw new UsageError('say where the labels are: --labels PATH');
    if (paths.some((path) => path.startsWith('random:'))) {
      throw new UsageError('random samples have no labels');
    }
    const octolite = await context.octolite();
    const model = await context.loadModel(context.file(0));
    const [labelFile] = await dataFiles([labelPath]);
    const labels = await readLabels(labelFile!, context.datasetOptions());
    const { inputs } = octolite.inspect(model);
    const { data } = await openPaths(context, paths, inputs, '');
    const report = await octolite.evaluate(model, data, labels, { arithmetic, ...context.task() });
    const { samples, correct, top1, top5, classes } = report;
    context.result({ model: context.file(0), ...report }, [
      `${context.file(0)}: ${correct} of ${samples} right, ${classes} classes`,
      `  top-1  ${formatPercent(top1)}`,
      ...(top5 === undefined ? [] : [`  top-5  ${formatPercent(top5)}`]),
    ]);
  },
};
