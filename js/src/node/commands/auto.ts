import { readLabels } from '../../data/dataset.js';
import { shortScope } from '../../report/format.js';
import type { AutoBudget, AutoReport } from '../../types.js';
import { observerOptions, openCalibration } from '../calibration_paths.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { openPaths } from '../data_paths.js';
import { dataFiles } from '../files.js';
import { formatBytes, formatPercent } from '../format.js';
import {
  ARITHMETIC_OPTION,
  CALIBRATION_OPTION,
  DATA_GROUP,
  dataOption,
  JSON_FILES,
  outputOption,
  RANGE_OPTIONS,
} from '../options.js';
import { OutputFile } from '../output_file.js';
import type { AutoQuantizedResult } from '../results.js';

export const auto: Command<AutoQuantizedResult> = {
  summary: 'quantize each operator as exactly as a budget needs',
  usage: ['MODEL -o OUT --calibration PATH (--sqnr DB | --drop PERCENT | --size N)'],
  about:
    'Quantizes a float model statically, most operators to int8 and those that it needs to 16-bit ' +
    'activations or float: measures each operator alone, then the whole model until it keeps the ' +
    'budget.',
  args: [MODEL],
  options: [
    {
      options: {
        ...outputOption('OUT'),
        sqnr: {
          value: 'DB',
          help: 'least SQNR of the worst output against the float model, in dB',
        },
        drop: {
          value: 'PERCENT',
          help: 'greatest loss of top-1 accuracy, in percentage points; needs --labels',
        },
        size: {
          value: 'N',
          help: 'greatest size of the file, such as 250000 (bytes), 250kB or 1.5MB',
        },
        ...CALIBRATION_OPTION,
        ...dataOption('samples to measure on; default those of the calibration'),
        labels: { value: 'PATH', files: [], help: 'the class of each sample of --data' },
        samples: { value: 'N', help: 'how many of them; default 16, with --labels all' },
        int4: { help: 'also int4 weights' },
        ...RANGE_OPTIONS,
        'save-recipe': {
          value: 'FILE',
          files: JSON_FILES,
          help: 'rules that make the same model again with quantize --recipe',
        },
        ...ARITHMETIC_OPTION,
      },
    },
    DATA_GROUP,
  ],
  json: true,
  examples: [
    'octolite auto model.tflite -o small.tflite --calibration photos/ --resize crop --sqnr 25',
    'octolite auto model.tflite -o small.tflite --calibration samples.npy --size 300kB --int4',
    'octolite auto model.tflite -o small.tflite --calibration samples.npy --data images.npy ' +
      '--labels labels.npy --drop 1',
  ],

  async run(context: Context): Promise<Outcome<AutoQuantizedResult>> {
    const path = context.arg(0);
    const outputPath = context.outputPath('the model: -o OUT');
    const calibrationPaths = context.list('calibration');
    if (calibrationPaths.length === 0) {
      throw new UsageError('say what to calibrate with: --calibration PATH');
    }
    const budget = await readBudget(context);
    const recipePath = context.text('save-recipe');
    const { observer, percentile } = observerOptions(context);

    const output = await context.output(outputPath, [path]);
    let recipeFile: OutputFile | undefined;
    try {
      if (recipePath !== undefined) {
        const { signal } = context;
        recipeFile = await OutputFile.reserve(recipePath, { inputs: [path, outputPath], signal });
      }
      const octolite = await context.octolite();
      const model = await context.loadModel(path);
      const { inputs } = octolite.inspect(model);
      const warning = 'with real inputs the figures will be others.';
      const calibration = await openCalibration(context, calibrationPaths, inputs, warning);
      const dataPaths = context.list('data');
      const data =
        dataPaths.length > 0
          ? await openPaths(context, dataPaths, inputs, warning)
          : calibration.opened;
      if (!data) throw new UsageError('saved statistics are no samples: give --data PATH too');
      const { bytes, report, auto } = await octolite.quantizeAuto(model, {
        budget,
        calibration: calibration.source,
        data: data.data,
        samples: context.count('samples', 1) ?? (budget.labels ? data.data.length : undefined),
        int4: context.flag('int4'),
        observer,
        percentile,
        keepFloat: context.list('keep-float'),
        arithmetic: context.arithmetic(),
        ...context.task(),
      });
      const recipeText = `${JSON.stringify(auto.recipe, null, 2)}\n`;
      await recipeFile?.commit(new TextEncoder().encode(recipeText));
      await output.commit(bytes);
      const lines = [
        `${path} -> ${outputPath}`,
        `  size       ${formatBytes(report.bytesBefore)} -> ${formatBytes(report.bytesAfter)}`,
        ...describe(auto),
      ];
      return { json: { input: path, output: outputPath, ...report, auto }, lines };
    } finally {
      await output.abandon();
      await recipeFile?.abandon();
    }
  },
};

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  kib: 1024,
  mib: 1 << 20,
};

function sizeOption(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase().replace(/^b$/, '')];
  const bytes = Math.floor(Number(number) * (factor ?? NaN));
  if (number === '' || !(bytes > 0)) throw new UsageError('--size takes bytes, kB or MB');
  return bytes;
}

async function readBudget(context: Context): Promise<AutoBudget> {
  const given = ['sqnr', 'drop', 'size'].filter((name) => context.text(name) !== undefined);
  if (given.length !== 1) throw new UsageError('give one of --sqnr, --drop and --size');
  const size = context.text('size');
  if (size !== undefined) return { bytes: sizeOption(size) };
  const [name] = given;
  const [value = NaN] = context.numbers(name!) ?? [];
  if (!(value >= 0)) throw new UsageError(`--${name} takes a number from 0`);
  if (name === 'sqnr') return { sqnrDb: value };
  const labelPath = context.text('labels');
  if (labelPath === undefined) throw new UsageError('--drop needs the classes: --labels PATH');
  const [file] = await dataFiles([labelPath]);
  return { top1Drop: value / 100, labels: await readLabels(file!, context.datasetOptions()) };
}

function describe({ reached, measured, top1, floatTop1, choices, samples }: AutoReport): string[] {
  const counts = new Map<string, number>();
  for (const { scheme } of choices) counts.set(scheme, (counts.get(scheme) ?? 0) + 1);
  const others = choices.filter(({ scheme }) => scheme !== 'static_wi8_ai8');
  return [
    `  budget     ${reached ? 'kept' : 'NOT kept: this is the closest'}`,
    `  measured   ${measured.worstSqnrDb.toFixed(1)} dB on ${samples} samples` +
      (top1 === undefined
        ? ''
        : `, top-1 ${formatPercent(top1)} where the float model has ${formatPercent(floatTop1!)}`),
    `  operators  ${[...counts].map(([scheme, count]) => `${count} ${scheme}`).join(', ')}`,
    ...others.map(({ name, scope, scheme }) => `    ${scheme}  ${name} ${shortScope(scope)}`),
  ];
}
