import {
  ARITHMETIC_OPTION,
  JSON_OPTION,
  THREADS_OPTION,
  type Command,
  type Context,
} from '../command.js';
import { formatBytes, formatCount, formatMs, formatPercent, table } from '../format.js';

export const bench: Command = {
  summary: 'how long a model runs, whole and by operator',
  files: ['MODEL'],
  options: {
    ...JSON_OPTION,
    ...ARITHMETIC_OPTION,
    ...THREADS_OPTION,
    runs: { type: 'string' },
    warmup: { type: 'string' },
    profile: { type: 'boolean' },
  },
  help: `Usage: octolite bench MODEL [options]

Measures how long a model runs on random input.

  --runs N             timed runs; default 30
  --warmup N           runs before that are not timed; default 3
  --profile            also time every operator
  --arithmetic MODE    litert (default): the bits of LiteRT; reference: of microcontrollers
  --threads N          share the work of a run between N threads, or auto; default 1
  --json               one JSON object on standard output

Examples:
  octolite bench model.tflite
  octolite bench model.tflite --runs 100 --profile`,

  async run(context: Context): Promise<void> {
    const arithmetic = context.arithmetic();
    const runs = context.count('runs', 1);
    const warmup = context.count('warmup');
    const octolite = await context.octolite();
    const model = await context.loadModel(context.file(0));
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
    context.result({ model: context.file(0), runtime: info, node: process.version, ...report }, [
      `${context.file(0)} on ${info.variant} (${info.variantReason}), ${info.threads === 1 ? 'one thread' : `${info.threads} threads`}, Node.js ${process.version}`,
      `  median   ${formatMs(medianMs)} of ${report.runs} runs`,
      `  spread   ${formatMs(report.minMs)} .. ${formatMs(report.maxMs)}, std ${formatMs(report.stdMs)}`,
      `  work     ${formatCount(multiplyAdds)} multiply-adds${rate}`,
      `  memory   ${formatBytes(report.memoryBytes)}: the file ${formatBytes(report.fileBytes)}, packed weights ${formatBytes(report.weightBytes)}, activations ${formatBytes(report.arenaBytes)}, and the module's own`,
      ...(operators
        ? [
            '',
            'operators, in order of execution',
            ...table(
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
    ]);
  },
};
