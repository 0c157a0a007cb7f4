import { MAX_SQNR_DB } from '../../error_sum.js';
import { needsCalibration } from '../../recipe.js';
import { shortScope } from '../../report/format.js';
import type { DebugReport } from '../../report/types.js';
import { firstSamples } from '../../tasks.js';
import {
  ARITHMETIC_OPTION,
  DATA_HELP,
  DATA_OPTIONS,
  JSON_OPTION,
  UsageError,
  type Command,
  type Context,
} from '../command.js';
import { observerOptions, openCalibration } from '../calibration_paths.js';
import { openPaths } from '../data_paths.js';
import { formatBytes, formatPercent, table } from '../format.js';
import { makeReport, REPORT_HELP, REPORT_OPTIONS, ReportFiles } from '../report_files.js';
import { chooseRecipe } from './quantize.js';

export const debug: Command = {
  summary: 'which operators the error of a quantized model comes from',
  files: ['MODEL'],
  options: {
    ...JSON_OPTION,
    ...DATA_OPTIONS,
    ...ARITHMETIC_OPTION,
    recipe: { type: 'string' },
    calibration: { type: 'string', multiple: true },
    observer: { type: 'string' },
    percentile: { type: 'string' },
    'keep-float': { type: 'string', multiple: true },
    data: { type: 'string', multiple: true },
    samples: { type: 'string' },
    'no-suggestions': { type: 'boolean' },
    ...REPORT_OPTIONS,
  },
  help: `Usage: octolite debug MODEL [--recipe NAME|FILE] [--calibration PATH ...] [options]

Quantizes the float model again and again, each operator alone and then all of them one after the
other, and says what each does to the outputs. Then tries what could help, and measures it.

  --recipe NAME|FILE     as quantize takes it
  --calibration PATH     samples that static recipes learn ranges from; several times too
  --observer, --percentile, --keep-float   as quantize takes them
  --data PATH            samples that errors are measured on; default those of the calibration
  --samples N            how many of them; default 16
  --no-suggestions       only look, try nothing
${REPORT_HELP}
  --arithmetic MODE      litert (default): the bits of LiteRT; reference: of microcontrollers
  --json                 one JSON object on standard output

${DATA_HELP}

Examples:
  octolite debug model.tflite --calibration samples.npy
  octolite debug model.tflite --calibration photos/ --resize crop --report debug.html`,

  async run(context: Context): Promise<void> {
    const path = context.file(0);
    const arithmetic = context.arithmetic();
    const samples = context.count('samples', 1) ?? 16;
    const { observer, percentile } = observerOptions(context);
    const calibrationPaths = context.list('calibration');
    const dataPaths = context.list('data');
    const { rules, name } = await chooseRecipe(context, calibrationPaths.length > 0);
    const isStatic = needsCalibration(rules);
    if (isStatic && calibrationPaths.length === 0) {
      throw new UsageError('say what to calibrate with: --calibration PATH');
    }
    const reports = await ReportFiles.reserve(context, [path]);
    try {
      const octolite = await context.octolite();
      const model = await context.loadModel(path);
      const { inputs } = octolite.inspect(model);
      const warning = 'with real inputs the figures will be others.';
      const calibration =
        calibrationPaths.length > 0
          ? await openCalibration(context, calibrationPaths, inputs, warning)
          : undefined;
      const others = dataPaths.length > 0 ? dataPaths : ['random:16'];
      const own = dataPaths.length === 0 ? calibration?.opened : undefined;
      const data = own ?? (await openPaths(context, others, inputs, warning));
      const settings = {
        recipe: rules,
        observer,
        percentile,
        keepFloat: context.list('keep-float'),
      };
      const samplesToLearn = isStatic ? calibration?.opened : undefined;
      const statistics = samplesToLearn
        ? await octolite.calibrate(model, samplesToLearn.data, context.task())
        : calibration?.source;
      const report = await octolite.debug(model, {
        ...settings,
        calibration: statistics,
        data: data.data,
        samples,
        arithmetic,
        suggest: !context.flag('no-suggestions'),
        ...context.task(),
      });
      if (reports.wanted) {
        const { bytes, report: quantization } = await octolite.quantize(model, {
          ...settings,
          calibration: statistics,
        });
        const small = octolite.loadModel(bytes);
        const comparison = await octolite.compare(model, small, firstSamples(data.data, samples), {
          arithmetic,
          perLayer: true,
          ...context.task(),
        });
        const before = { path, model };
        const after = { path: `${path} as ${name}`, model: small, bytes };
        const parts = {
          comparison,
          quantization,
          debug: report,
          recipe: name,
          data: `${comparison.samples} samples`,
        };
        await reports.write(await makeReport(context, octolite, before, after, parts));
      }
      context.result({ model: path, recipe: name, ...report }, describe(path, name, report));
    } finally {
      await reports.abandon();
    }
  },
};

function percentileText(percentile: number | undefined): string {
  return percentile === undefined ? '' : ` --percentile ${percentile}`;
}

function decibels(value: number): string {
  return value >= MAX_SQNR_DB ? 'equal' : value.toFixed(1);
}

function describe(path: string, recipe: string, report: DebugReport): string[] {
  const { whole, operators, suggestions } = report;
  return [
    `${path} with ${recipe} on ${report.samples} samples`,
    `  worst output  ${decibels(whole.worstSqnrDb)} dB, ${formatBytes(report.floatBytes)} -> ${formatBytes(whole.fileBytes)}`,
    '',
    'operators: SQNR in dB of the worst output with it alone quantized, with all up to it, and its share of the error',
    ...table([
      ['', '', 'alone', 'up to here', 'share', ''],
      ...operators.map((one) => [
        one.op,
        one.name,
        decibels(one.aloneSqnrDb),
        decibels(one.accumulatedSqnrDb),
        formatPercent(one.errorShare),
        shortScope(one.scope),
      ]),
    ]),
    ...(suggestions.length > 0 ? ['', 'suggestions'] : []),
    ...suggestions.flatMap(({ text, change }) => [
      `  - ${text}`,
      ...(change?.keepFloat ?? []).map((regex) => `      --keep-float '${regex}'`),
      ...(change?.observer === undefined
        ? []
        : [`      --observer ${change.observer}${percentileText(change.percentile)}`]),
    ]),
  ];
}
