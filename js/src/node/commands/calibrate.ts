import { statisticsToJson } from '../../statistics_json.js';
import type { CalibrationStatistics } from '../../types.js';
import {
  DATA_HELP,
  DATA_OPTIONS,
  JSON_OPTION,
  THREADS_OPTION,
  UsageError,
  type Command,
  type Context,
} from '../command.js';
import { openPaths } from '../data_paths.js';
import { formatBytes, formatPercent } from '../format.js';
import { OutputFile } from '../output_file.js';
import { readMergedStatistics } from '../statistics_files.js';

export const calibrate: Command = {
  summary: 'learn the ranges of activations, or merge what was learned',
  files: ['MODEL'],
  moreFiles: true,
  options: {
    ...JSON_OPTION,
    ...DATA_OPTIONS,
    ...THREADS_OPTION,
    output: { type: 'string', short: 'o' },
    data: { type: 'string', multiple: true },
    merge: { type: 'boolean' },
    signature: { type: 'string' },
    'moving-average': { type: 'boolean' },
  },
  help: `Usage: octolite calibrate MODEL --data PATH ... -o STATS [options]
       octolite calibrate --merge STATS ... -o STATS

Runs a float model on samples and saves statistics of its activations, from which
'octolite quantize --calibration STATS' chooses ranges with any observer. They are JSON, hold no
tensor's content, and do not depend on the order of the samples: those of parts of the data, merged,
are the same file as those of all of it.

  -o, --output STATS     the file to write; it appears whole or not at all
  --data PATH            samples; may be given several times
  --merge                the files are statistics of one model, to be made one
  --signature NAME       run this signature; '*' for all, each with the samples that have its inputs
  --moving-average       also save what the observer moving_average needs, which does depend on the
                         order of the samples; averages of merged files are approximate
  --threads N            threads that share the work; default 1, auto: all cores
  --json                 one JSON object on standard output

${DATA_HELP}

Examples:
  octolite calibrate model.tflite --data photos/ --resize crop --range -1,1 -o stats.json
  octolite calibrate model.tflite --data samples.npy --limit 500 -o first.json
  octolite calibrate model.tflite --data samples.npy --skip 500 -o second.json
  octolite calibrate --merge first.json second.json -o stats.json
  octolite quantize model.tflite -o int8.tflite --calibration stats.json --observer mse`,

  async run(context: Context): Promise<void> {
    const outputPath = context.text('output');
    if (outputPath === undefined) throw new UsageError('say where to write them: -o STATS');
    const paths = context.list('data');
    const merging = context.flag('merge');
    if (merging && paths.length > 0) throw new UsageError('--merge takes no --data');
    if (!merging && context.files.length > 1) {
      throw new UsageError(`calibrate takes MODEL and no '${context.file(1)}'`);
    }
    if (!merging && paths.length === 0) {
      throw new UsageError('say where the samples are: --data PATH');
    }
    const output = await OutputFile.reserve(outputPath, merging ? [] : context.files);
    try {
      const statistics = merging
        ? await readMergedStatistics(context.files)
        : await learn(context, paths);
      const movingAverage = context.flag('moving-average');
      const bytes = new TextEncoder().encode(statisticsToJson(statistics, { movingAverage }));
      await output.commit(bytes);
      const { convergence, subgraphs } = statistics;
      const samples = Math.max(...subgraphs.map((subgraph) => subgraph.samples));
      const tensors = subgraphs.reduce((sum, subgraph) => sum + subgraph.tensors.length, 0);
      context.result(
        {
          inputs: context.files,
          output: outputPath,
          model: statistics.model,
          samples,
          subgraphs: subgraphs.length,
          tensors,
          bytes: bytes.length,
          convergence,
        },
        describe(context, outputPath, statistics, { samples, tensors, bytes: bytes.length }),
      );
    } finally {
      await output.abandon();
    }
  },
};

async function learn(context: Context, paths: readonly string[]): Promise<CalibrationStatistics> {
  const octolite = await context.octolite();
  const model = await context.loadModel(context.file(0));
  const { data } = await openPaths(
    context,
    paths,
    octolite.inspect(model).inputs,
    'calibrating with random data. The ranges will not be those of real inputs.',
  );
  return octolite.calibrate(model, data, {
    signature: context.text('signature'),
    ...context.task(),
  });
}

function describe(
  context: Context,
  outputPath: string,
  { convergence }: CalibrationStatistics,
  { samples, tensors, bytes }: { samples: number; tensors: number; bytes: number },
): string[] {
  return [
    `${context.files.join(', ')} -> ${outputPath}`,
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
