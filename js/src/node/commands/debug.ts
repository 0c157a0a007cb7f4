import { MAX_SQNR_DB } from '../../error_sum.js';
import { needsCalibration } from '../../recipe.js';
import { shortScope } from '../../report/format.js';
import type { DebugReport } from '../../report/types.js';
import { firstSamples } from '../../tasks.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { observerOptions, openCalibration } from '../calibration_paths.js';
import { openPaths } from '../data_paths.js';
import { formatBytes, formatPercent } from '../format.js';
import { heading, table, type Line } from '../lines.js';
import {
  ARITHMETIC_OPTION,
  CALIBRATION_OPTION,
  DATA_GROUP,
  dataOption,
  RANGE_OPTIONS,
  RECIPE_OPTION,
} from '../options.js';
import { makeReport, REPORT_OPTIONS, ReportFiles } from '../report_files.js';
import type { DebugResult } from '../results.js';
import { chooseRecipe } from './quantize.js';

export const debug: Command<DebugResult> = {
  summary: 'which operators the error of a quantized model comes from',
  usage: ['MODEL [--recipe NAME|FILE] [--calibration PATH ...] [options]'],
  about:
    'Quantizes the float model again and again, each operator alone and then all of them one after ' +
    'the other, and says what each does to the outputs. Then tries what could help, and measures it.',
  args: [MODEL],
  options: [
    {
      options: {
        ...RECIPE_OPTION,
        ...CALIBRATION_OPTION,
        ...RANGE_OPTIONS,
        ...dataOption('samples that errors are measured on; default those of the calibration'),
        samples: { value: 'N', help: 'how many of them; default 16' },
        'no-suggestions': { help: 'only look, try nothing' },
        ...REPORT_OPTIONS,
        ...ARITHMETIC_OPTION,
      },
    },
    DATA_GROUP,
  ],
  json: true,
  examples: [
    'octolite debug model.tflite --calibration samples.npy --samples 4',
    'octolite debug model.tflite --calibration photos/ --resize crop --report debug.html',
  ],

  async run(context: Context): Promise<Outcome<DebugResult>> {
    const path = context.arg(0);
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
      return {
        json: { model: path, recipe: name, ...report },
        lines: describe(path, name, report),
      };
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

function describe(path: string, recipe: string, report: DebugReport): Line[] {
  const { whole, operators, suggestions } = report;
  return [
    `${path} with ${recipe} on ${report.samples} samples`,
    `  worst output  ${decibels(whole.worstSqnrDb)} dB, ${formatBytes(report.floatBytes)} -> ${formatBytes(whole.fileBytes)}`,
    '',
    heading('operators: SQNR in dB of the worst output'),
    table([
      ['', '', 'it alone', 'all up to it', 'share of error', ''],
      ...operators.map((one) => [
        one.op,
        one.name,
        decibels(one.aloneSqnrDb),
        decibels(one.accumulatedSqnrDb),
        formatPercent(one.errorShare),
        shortScope(one.scope),
      ]),
    ]),
    ...(suggestions.length > 0 ? ['', heading('suggestions')] : []),
    ...suggestions.flatMap(({ text, change }) => [
      `  - ${text}`,
      ...(change?.keepFloat ?? []).map((regex) => `      --keep-float '${regex}'`),
      ...(change?.observer === undefined
        ? []
        : [`      --observer ${change.observer}${percentileText(change.percentile)}`]),
    ]),
  ];
}
