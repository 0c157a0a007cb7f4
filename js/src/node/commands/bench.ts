import { MODEL, type Command, type Context, type Outcome } from '../command.js';
import { formatBytes, formatCount, formatMs, formatPercent } from '../format.js';
import { heading, table } from '../lines.js';
import { ARITHMETIC_OPTION, THREADS_OPTION } from '../options.js';
import type { BenchResult } from '../results.js';

export const bench: Command<BenchResult> = {
  summary: 'how long a model runs, whole and by operator',
  usage: ['MODEL [options]'],
  about: 'Measures how long a model runs on random input.',
  args: [MODEL],
  options: [
    {
      options: {
        runs: { value: 'N', help: 'timed runs; default 30' },
        warmup: { value: 'N', help: 'runs before that are not timed; default 3' },
        profile: { help: 'also time every operator' },
        ...ARITHMETIC_OPTION,
        ...THREADS_OPTION,
      },
    },
  ],
  json: true,
  examples: [
    'octolite bench model.tflite',
    'octolite bench model.tflite --runs 100 --profile',
    'octolite bench model.tflite --threads auto --json',
  ],

  async run(context: Context): Promise<Outcome<BenchResult>> {
    const arithmetic = context.arithmetic();
    const runs = context.count('runs', 1);
    const warmup = context.count('warmup');
    const octolite = await context.octolite();
    const model = await context.loadModel(context.arg(0));
    const report = await octolite.benchmark(model, {
      runs,
      warmup,
      profile: context.flag('profile'),
      arithmetic,
      ...context.task(),
    });
    const info = octolite.runtimeInfo();
    const { operators, multiplyAdds, medianMs } = report;
    const rate =
      multiplyAdds > 0 ? `, ${(multiplyAdds / medianMs / 1e6).toFixed(1)} G a second` : '';
    const lines = [
      `${context.arg(0)} on ${info.variant} (${info.variantReason}), ${info.threads === 1 ? 'one thread' : `${info.threads} threads`}, Node.js ${process.version}`,
      `  median   ${formatMs(medianMs)} of ${report.runs} runs`,
      `  spread   ${formatMs(report.minMs)} .. ${formatMs(report.maxMs)}, std ${formatMs(report.stdMs)}`,
      `  work     ${formatCount(multiplyAdds)} multiply-adds${rate}`,
      `  memory   ${formatBytes(report.memoryBytes)}: the file ${formatBytes(report.fileBytes)}, packed weights ${formatBytes(report.weightBytes)}, activations ${formatBytes(report.arenaBytes)}, and the module's own`,
      ...(operators
        ? [
            '',
            heading('operators, in order of execution'),
            table(
              operators.map(({ index, name, output, ms, share }) => [
                index,
                name,
                formatMs(ms),
                formatPercent(share),
                output,
              ]),
            ),
          ]
        : []),
    ];
    const json = { model: context.arg(0), runtime: info, node: process.version, ...report };
    return { json, lines };
  },
};
