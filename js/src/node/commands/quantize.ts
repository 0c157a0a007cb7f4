import { readFile, stat } from 'node:fs/promises';
import { randomSamples } from '../../data/random.js';
import { OctoliteError } from '../../errors.js';
import {
  isRecipeName,
  needsCalibration,
  parseRecipe,
  RECIPE_NAMES,
  toRules,
  type RecipeRule,
} from '../../recipe.js';
import { coverageOf } from '../../report/coverage.js';
import { firstSamples } from '../../tasks.js';
import { wireSize } from '../../compress/wire_size.js';
import { RECOVERY_PASSES } from '../../recover.js';
import { TARGET_NAMES } from '../../targets.js';
import type { QuantizeReport, RecoveryPass, RecoveryReport, TargetMisfit } from '../../types.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { openFile } from '../byte_file.js';
import { observerOptions, openCalibration, type OpenedCalibration } from '../calibration_paths.js';
import {
  COMPRESSION_OPTIONS,
  compressionChoice,
  describeCompression,
  describeSizes,
} from '../compression.js';
import type { OpenedData } from '../data_paths.js';
import { readFileBytes } from '../files.js';
import { formatBytes } from '../format.js';
import {
  CALIBRATION_OPTION,
  DATA_GROUP,
  JOBS_OPTION,
  outputOption,
  RANGE_OPTIONS,
  RECIPE_OPTION,
} from '../options.js';
import type { OutputFile } from '../output_file.js';
import { makeReport, REPORT_OPTIONS, ReportFiles, type ReportedModel } from '../report_files.js';
import type { QuantizedResult } from '../results.js';

const IO_TYPES = ['float32', 'int8', 'uint8', 'int16'] as const;

export const quantize: Command<QuantizedResult> = {
  summary: 'make a smaller, faster model',
  usage: ['MODEL -o OUT [options]'],
  about: 'Writes a quantized copy of a float model.',
  args: [MODEL],
  options: [
    {
      options: {
        ...outputOption('OUT'),
        ...RECIPE_OPTION,
        ...CALIBRATION_OPTION,
        ...RANGE_OPTIONS,
        io: {
          value: 'TYPE',
          choices: IO_TYPES,
          help: 'inputs and outputs of the new model: float32 (default), int8, uint8 or int16',
        },
        target: {
          value: 'NAME',
          choices: TARGET_NAMES,
          help:
            'what it is to run on: litert (default), tflite-micro, edgetpu or npu-per-tensor; ' +
            'operators that do not fit stay in float and are named',
        },
        recover: {
          value: 'LIST',
          choices: ['all', ...RECOVERY_PASSES],
          help:
            'more accuracy at the same size, from the samples of --calibration: all, or some of ' +
            'equalize,smooth,bias,rounding',
        },
        ...REPORT_OPTIONS,
        stream: {
          help:
            'read and write piece by piece, in little memory; files of 256 MB and more are treated ' +
            'so where the recipe needs no calibration',
        },
        ...COMPRESSION_OPTIONS,
        ...JOBS_OPTION,
      },
    },
    DATA_GROUP,
  ],
  tables: [
    {
      title: 'Recipes',
      rows: [
        ['static_wi8_ai8', 'int8 weights and activations; fastest, needs --calibration'],
        ['static_wi8_ai16', 'int8 weights, int16 activations; nearly exact, needs --calibration'],
        ['static_wi4_ai8', 'int4 weights where kernels take them, int8 activations; --calibration'],
        ['static_wi4_ai16', 'the same with int16 activations'],
        ['static_wi8_au8', 'as static_wi8_ai8, with uint8 inputs and outputs'],
        ['dynamic_wi8_afp32', 'int8 weights, activations quantized while running; no data needed'],
        ['dynamic_wi4_afp32', 'the same with int4 weights; dynamic_wi4b32_afp32: by blocks of 32'],
        ['dynamic_legacy_wi8_afp32', 'weights of fewer than 1,024 elements stay in float'],
        ['weight_only_wi8_afp32', 'int8 weights, float arithmetic; smaller, not faster'],
        ['weight_only_wi4_afp32', 'the same with 4 bits; weight_only_wi2_afp32: with 2'],
        ['float16', 'float16 weights, float arithmetic; half the size, nearly exact'],
      ],
    },
  ],
  json: true,
  examples: [
    'octolite quantize model.tflite -o small.tflite',
    'octolite quantize model.tflite -o int8.tflite --calibration photos/ --resize crop --range 0,1',
    "octolite quantize model.tflite -o int8.tflite --calibration 'photos/*.png' --resize pad",
    'octolite quantize model.tflite -o int8.tflite --calibration samples.npy --io int8',
    'octolite quantize model.tflite -o int8.tflite --recipe my_recipe.json --calibration samples.npz',
    "octolite quantize model.tflite -o int8.tflite --calibration samples.npy --keep-float '^head/'",
    'octolite quantize model.tflite -o - | gzip > small.tflite.gz',
  ],

  async run(context: Context): Promise<Outcome<QuantizedResult>> {
    const path = context.arg(0);
    const outputPath = context.outputPath('the model: -o OUT');
    const paths = context.list('calibration');
    const io = context.choice('io', IO_TYPES);
    const { observer, percentile } = observerOptions(context);
    const compression = compressionChoice(context);
    const target = context.choice('target', TARGET_NAMES);
    const recover = recoverOption(context);
    const { rules, name } = await chooseRecipe(context, paths.length > 0);

    const output = await context.output(outputPath, [path]);
    let reports: ReportFiles | undefined;
    try {
      reports = await ReportFiles.reserve(context, [path, outputPath]);
      const asWhole = reports.wanted || target !== undefined || Object.keys(compression).length > 0;
      if (!asWhole && (await inParts(context, path, rules))) {
        return await quantizeInParts(context, path, output, rules, { name, outputPath });
      }
      const octolite = await context.library();
      const model = await context.loadModel(path);
      let calibration: OpenedCalibration | undefined;
      if (needsCalibration(rules) || recover) {
        if (paths.length > 0) {
          calibration = await openCalibration(
            context,
            paths,
            (await octolite.inspect(model)).inputs,
            'calibrating with random data. The ranges will not be those of real inputs, and the ' +
              'model may be useless. Use it to try things out, never for a model that you ship.',
          );
        }
      } else if (paths.length > 0) {
        context.note(`the recipe ${name} needs no calibration; --calibration is ignored`);
      }
      const { bytes, report } = await octolite.quantize(model, {
        recipe: rules,
        calibration: calibration?.source,
        observer,
        percentile,
        inputType: io,
        outputType: io,
        keepFloat: context.list('keep-float'),
        target,
        recover,
        ...compression,
        ...context.task(),
      });
      const small = await octolite.loadModel(bytes);
      const coverage = coverageOf(await octolite.inspect(small), report);
      if (reports.wanted) {
        const before = { path, model };
        const after = { path: outputPath, model: small, bytes };
        const samples = calibration?.opened;
        await writeReport(context, reports, before, after, { recipe: name, report, samples });
      }
      await output.commit(bytes);
      const samples = calibration?.samples;
      const sizes = {
        before: await wireSize(await readFileBytes(path)),
        after: await wireSize(bytes),
      };
      const facts = { input: path, output: outputPath, recipe: name };
      const { description } = calibration ?? {};
      const sizeLines = describeSizes(sizes.before, sizes.after);
      return {
        json: { ...facts, samples, ...report, coverage, sizes },
        lines: [
          ...describe(path, outputPath, name, description, report, sizeLines),
          `  fully integer: ${coverage.summary}`,
        ],
      };
    } finally {
      await output.abandon();
      await reports?.abandon();
    }
  },
};

/** Samples of the calibration that a report's errors are measured on. */
const REPORT_SAMPLES = 16;

async function writeReport(
  context: Context,
  reports: ReportFiles,
  before: ReportedModel,
  after: ReportedModel,
  made: { recipe: string; report: QuantizeReport; samples: OpenedData | undefined },
): Promise<void> {
  const octolite = await context.library();
  const { inputs } = await octolite.inspect(before.model);
  const data = made.samples
    ? firstSamples(made.samples.data, REPORT_SAMPLES)
    : randomSamples(inputs, REPORT_SAMPLES);
  const comparison = await octolite.compare(before.model, after.model, data, {
    perLayer: true,
    ...context.task(),
  });
  const kind = made.samples ? 'calibration' : 'random';
  const parts = {
    comparison,
    quantization: made.report,
    recipe: made.recipe,
    data: `${comparison.samples} ${kind} samples`,
  };
  await reports.write(await makeReport(context, octolite, before, after, parts));
}

/** From here on, a model and what is made of it are not held in memory if that can be helped. */
const LARGE_BYTES = 256 * 2 ** 20;
/** What a flatbuffer cannot hold; such a file is refused without being read. */
const TOO_LARGE_BYTES = 2 ** 31 - 1;

async function inParts(context: Context, path: string, rules: RecipeRule[]): Promise<boolean> {
  const stream = context.flag('stream');
  if (stream && context.text('recover') !== undefined) {
    throw new UsageError('--recover needs the whole model in memory, which --stream avoids');
  }
  const size = await stat(path).then(
    (file) => file.size,
    () => 0, // it is opened later, which says what is wrong
  );
  if (stream || size >= TOO_LARGE_BYTES) return true;
  const fromSamples = needsCalibration(rules) || context.text('recover') !== undefined;
  return size >= LARGE_BYTES && !fromSamples;
}

async function quantizeInParts(
  context: Context,
  path: string,
  output: OutputFile,
  rules: RecipeRule[],
  { name, outputPath }: { name: string; outputPath: string },
): Promise<Outcome<QuantizedResult>> {
  const octolite = await context.octolite();
  const source = openFile(path);
  try {
    const report = await octolite.quantizeStream(
      source,
      { write: (chunk) => output.write(chunk) },
      { recipe: rules, keepFloat: context.list('keep-float'), ...context.task() },
    );
    await output.commit();
    const { bytesBefore, bytesAfter } = report;
    const share = `${((100 * bytesAfter) / bytesBefore).toFixed(1)} %`;
    const size = `${formatBytes(bytesBefore)} -> ${formatBytes(bytesAfter)} (${share})`;
    return {
      json: { input: path, output: outputPath, recipe: name, ...report },
      lines: describe(path, outputPath, name, undefined, report, [`  size       ${size}`]),
    };
  } finally {
    source.close();
  }
}

function recoverOption(context: Context): 'all' | RecoveryPass[] | undefined {
  const text = context.text('recover');
  if (text === undefined || text === 'all') return text;
  return text.split(',').map((name) => {
    const pass = RECOVERY_PASSES.find((known) => known === name);
    if (!pass) throw new UsageError(`--recover takes all, or some of ${RECOVERY_PASSES.join(',')}`);
    return pass;
  });
}

export async function chooseRecipe(
  context: Context,
  hasCalibration: boolean,
): Promise<{ rules: RecipeRule[]; name: string }> {
  const given = context.text('recipe');
  if (given === undefined) {
    const name = hasCalibration ? 'static_wi8_ai8' : 'dynamic_wi8_afp32';
    context.noteWithResult([`using the recipe ${name}`]);
    return { rules: toRules(name), name };
  }
  if (isRecipeName(given)) {
    return { rules: toRules(given), name: given };
  }
  let text: string;
  try {
    text = await readFile(given, 'utf8');
  } catch {
    throw new OctoliteError('INVALID_RECIPE', `'${given}' is neither a recipe nor a file`, {
      hint: `the recipes are ${RECIPE_NAMES.join(', ')}`,
    });
  }
  return { rules: parseRecipe(text), name: given };
}

function describe(
  path: string,
  outputPath: string,
  name: string,
  samples: string | undefined,
  report: QuantizeReport,
  sizes: readonly string[],
): string[] {
  const { operators, warnings } = report;
  const counts = new Map<string, number>();
  for (const { mode } of operators) counts.set(mode, (counts.get(mode) ?? 0) + 1);
  const different = operators.filter(({ reason }) => reason !== '');
  return [
    `${path} -> ${outputPath}`,
    `  recipe     ${name}${samples === undefined ? '' : `, calibrated with ${samples}`}`,
    ...sizes,
    ...describeCompression(report.compression),
    `  operators  ${[...counts].map(([mode, count]) => `${count} ${mode}`).join(', ')}`,
    ...(report.addedQuantize + report.addedDequantize > 0
      ? [`  added      ${report.addedQuantize} QUANTIZE, ${report.addedDequantize} DEQUANTIZE`]
      : []),
    ...(different.length > 0 ? ['  not as asked, because', ...summarize(different)] : []),
    ...describeRecovery(report.recovery),
    ...describeMisfits(report.misfits ?? []),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ];
}

function describeRecovery(recovery: RecoveryReport | undefined): string[] {
  if (!recovery?.verdict) return [];
  const { samples, plainSqnrDb, sqnrDb, kept } = recovery.verdict;
  const figures = `${plainSqnrDb.toFixed(1)} -> ${sqnrDb.toFixed(1)} dB`;
  return [`  recovery   ${figures} on ${samples} samples kept out${kept ? '' : ': not taken'}`];
}

function describeMisfits(misfits: readonly TargetMisfit[]): string[] {
  if (misfits.length === 0) return [];
  return ['  does not fit the target, stays float', ...summarize(misfits)];
}

/** A line for each reason: "it has no weights: 17 RELU, 16 ADD". */
function summarize(operators: readonly { name: string; reason: string }[]): string[] {
  const reasons = new Map<string, Map<string, number>>();
  for (const { name, reason } of operators) {
    const counts = reasons.get(reason) ?? new Map<string, number>();
    counts.set(name, (counts.get(name) ?? 0) + 1);
    reasons.set(reason, counts);
  }
  return [...reasons].map(([reason, counts]) => {
    const names = [...counts].map(([name, count]) => `${count} ${name}`);
    return `    ${reason}: ${names.join(', ')}`;
  });
}
