import { statisticsToJson } from '../../statistics_json.js';
import type { CalibrationStatistics } from '../../types.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { openPaths } from '../data_paths.js';
import { formatBytes, formatPercent } from '../format.js';
import { expandPatterns } from '../globs.js';
import { DATA_GROUP, dataOption, JOBS_OPTION, outputOption, THREADS_OPTION } from '../options.js';
import type { CalibrateResult } from '../results.js';
import { readMergedStatistics } from '../statistics_files.js';

export const calibrate: Command<CalibrateResult> = {
  summary: 'learn the ranges of activations, or merge what was learned',
  usage: ['MODEL --data PATH ... -o STATS [options]', '--merge STATS ... -o STATS'],
  about:
    "Runs a float model on samples and saves statistics of its activations, from which 'octolite " +
    "quantize --calibration STATS' chooses ranges with any observer. They are JSON, hold no tensor's " +
    'content, and do not depend on the order of the samples: those of parts of the data, merged, are ' +
    'the same file as those of all of it.',
  args: [MODEL],
  moreArgs: true,
  options: [
    {
      options: {
        ...outputOption('STATS'),
        ...dataOption('samples; may be given several times'),
        merge: { help: 'the files are statistics of one model, to be made one; patterns too' },
        signature: {
          value: 'NAME',
          help: "run this signature; '*' for all, each with the samples that have its inputs",
        },
        'moving-average': {
          help:
            'also save what the observer moving_average needs, which does depend on the order of ' +
            'the samples; averages of merged files are approximate',
        },
        ...JOBS_OPTION,
        ...THREADS_OPTION,
      },
    },
    DATA_GROUP,
  ],
  json: true,
  examples: [
    'octolite calibrate model.tflite --data photos/ --resize crop --range 0,1 -o stats.json',
    "octolite calibrate model.tflite --data 'photos/**/*.png' --resize crop -o stats.json",
    'octolite calibrate model.tflite --data samples.npy --limit 5 -o first.json',
    'octolite calibrate model.tflite --data samples.npy --skip 5 -o second.json',
    'octolite calibrate model.tflite --data samples.npy --jobs auto -o stats.json',
    'octolite calibrate --merge first.json second.json -o stats.json',
    'octolite quantize model.tflite -o int8.tflite --calibration stats.json --observer mse',
  ],

  async run(context: Context): Promise<Outcome<CalibrateResult>> {
    const outputPath = context.outputPath('them: -o STATS');
    const paths = context.list('data');
    const merging = context.flag('merge');
    if (merging && paths.length > 0) throw new UsageError('--merge takes no --data');
    if (!merging && context.args.length > 1) {
      throw new UsageError(`calibrate takes MODEL and no '${context.arg(1)}'`);
    }
    if (!merging && paths.length === 0) {
      throw new UsageError('say where the samples are: --data PATH');
    }
    const inputs = merging ? await expandPatterns(context.args) : context.args;
    // Merging into one of the files is what a running sum does.
    const output = await context.output(outputPath, merging ? [] : inputs);
    try {
      const statistics = merging ? await readMergedStatistics(inputs) : await learn(context, paths);
      const movingAverage = context.flag('moving-average');
      const bytes = new TextEncoder().encode(statisticsToJson(statistics, { movingAverage }));
      await output.commit(bytes);
      const { convergence, subgraphs } = statistics;
      const samples = Math.max(...subgraphs.map((subgraph) => subgraph.samples));
      const tensors = subgraphs.reduce((sum, subgraph) => sum + subgraph.tensors.length, 0);
      const json = {
        inputs,
        output: outputPath,
        model: statistics.model,
        samples,
        subgraphs: subgraphs.length,
        tensors,
        bytes: bytes.length,
        convergence,
      };
      return { json, lines: describe(json) };
    } finally {
      await output.abandon();
    }
  },
};

async function learn(context: Context, paths: readonly string[]): Promise<CalibrationStatistics> {
  const octolite = await context.library();
  const model = await context.loadModel(context.arg(0));
  const { inputs } = await octolite.inspect(model);
  const { data } = await openPaths(
    context,
    paths,
    inputs,
    'calibrating with random data. The ranges will not be those of real inputs.',
  );
  return octolite.calibrate(model, data, {
    signature: context.text('signature'),
    ...context.task(),
  });
}

function describe({
  inputs,
  output,
  samples,
  tensors,
  bytes,
  convergence,
}: CalibrateResult): string[] {
  return [
    `${inputs.join(', ')} -> ${output}`,
    `  samples  ${samples}`,
    `  tensors  ${tensors}, in ${formatBytes(bytes)}`,
    ...(convergence
      ? [
          `  ranges   stable after ${convergence.stableAfter} of ${convergence.samples} samples; ` +
            `the last moved one by ${formatPercent(convergence.lastMove)}`,
        ]
      : []),
  ];
}
