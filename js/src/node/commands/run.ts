import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset, readArray } from '../../data/dataset.js';
import { encodeNpy } from '../../data/npy.js';
import { randomSample } from '../../data/random.js';
import { OctoliteError } from '../../errors.js';
import type { Interpreter } from '../../interpreter.js';
import { elementCount, isTypedArray, toReal } from '../../tensor_data.js';
import type { TensorDetails, TensorInput, TensorValues } from '../../types.js';
import { MODEL, UsageError, type Command, type Context, type Outcome } from '../command.js';
import { dataFiles, fileError } from '../files.js';
import { formatMs, formatNumber } from '../format.js';
import { ARITHMETIC_OPTION, DATA_GROUP, THREADS_OPTION } from '../options.js';
import { OutputFile } from '../output_file.js';
import type { RunResult } from '../results.js';

/** Outputs of up to this many elements are printed whole with --json. */
const PRINTED_ELEMENTS = 1024;

export const run: Command<RunResult> = {
  summary: 'run a model once',
  usage: ['MODEL [--signature NAME] [--input NAME=FILE ...] [options]'],
  about: 'Runs a model once and says what comes out.',
  args: [MODEL],
  options: [
    {
      options: {
        input: {
          value: 'NAME=FILE',
          multiple: true,
          files: [],
          help:
            'content of an input: a .npy or any data file with one sample; just FILE for a model ' +
            'with one input. A .npy of another size resizes free dimensions. Inputs that are not ' +
            'given are random.',
        },
        signature: {
          value: 'NAME',
          help: 'run this signature; names are then those of its inputs and outputs',
        },
        seed: { value: 'N', help: 'for the random inputs; default 1' },
        output: { value: 'DIR', files: 'folder', help: 'write each output there as .npy' },
        ...ARITHMETIC_OPTION,
        ...THREADS_OPTION,
      },
    },
    DATA_GROUP,
  ],
  json: true,
  examples: [
    'octolite run model.tflite',
    'octolite run model.tflite --input image.npy --output results/',
    'octolite run model.tflite --input cat.jpg --resize crop --range 0,1',
    'octolite run two.tflite --input ids=ids.npy --input mask=mask.npy --json',
    'octolite run two.tflite --signature encode --input ids=ids.npy',
  ],

  async run(context: Context): Promise<Outcome<RunResult>> {
    const arithmetic = context.arithmetic();
    const seed = context.count('seed') ?? 1;
    const octolite = await context.octolite();
    const model = await context.loadModel(context.arg(0));
    const signature = context.text('signature');
    const interpreter = octolite.createInterpreter(model, { arithmetic, signature });
    const given = await readInputs(context, interpreter);
    interpreter.allocateTensors();

    const inputs = inputsOf(context, interpreter);
    const random = randomSample(inputs, seed) as readonly TensorInput[];
    const missing = inputs.filter(({ index }) => !given.has(index));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => `'${name}'`).join(', ');
      context.noteWithResult([`random values of seed ${seed} for ${names}`]);
    }
    inputs.forEach(({ index }, i) => interpreter.setTensor(index, given.get(index) ?? random[i]!));
    const start = performance.now();
    interpreter.invoke();
    const ms = performance.now() - start;

    const outputs = outputsOf(context, interpreter).map((details) => {
      const values = interpreter.getTensor(details.index);
      return { details, values };
    });
    const folder = context.text('output');
    const files = folder === undefined ? [] : await writeOutputs(context, folder, outputs);
    return {
      json: {
        ms,
        outputs: outputs.map(({ details, values }, i) => ({
          name: details.name,
          dtype: details.dtype,
          shape: details.shape,
          ...(isTypedArray(values) && statistics(toReal(values, details))),
          ...(files[i] !== undefined && { file: files[i] }),
          ...(values.length <= PRINTED_ELEMENTS && { values: printed(values, details) }),
        })),
      },
      lines: [
        `ran in ${formatMs(ms)}`,
        ...outputs.flatMap(({ details, values }, i) => describe(details, values, files[i])),
      ],
    };
  },
};

/** The inputs, by the names of the signature that runs. */
function inputsOf(context: Context, interpreter: Interpreter): TensorDetails[] {
  const key = context.text('signature');
  return key === undefined
    ? interpreter.getInputDetails()
    : renamed(interpreter.getSignatureRunner(key).getInputDetails());
}

function outputsOf(context: Context, interpreter: Interpreter): TensorDetails[] {
  const key = context.text('signature');
  return key === undefined
    ? interpreter.getOutputDetails()
    : renamed(interpreter.getSignatureRunner(key).getOutputDetails());
}

function renamed(tensors: Readonly<Record<string, TensorDetails>>): TensorDetails[] {
  return Object.entries(tensors).map(([name, details]) => ({ ...details, name }));
}

async function readInputs(
  context: Context,
  interpreter: Interpreter,
): Promise<Map<number, TensorInput>> {
  const given = new Map<number, TensorInput>();
  for (const argument of context.list('input')) {
    const inputs = inputsOf(context, interpreter);
    const { input, path } = parseInput(argument, inputs);
    const [file] = await dataFiles([path]);
    if (path.endsWith('.npy')) {
      const { shape } = await readArray(file!);
      if (fitsFreeDimensions(shape, input)) interpreter.resizeInputTensor(input.index, shape);
    }
    const details = inputsOf(context, interpreter).find(({ index }) => index === input.index)!;
    const dataset = await openDataset([file!], [details], context.datasetOptions());
    if (dataset.length !== 1) {
      throw new OctoliteError('SHAPE_MISMATCH', `there are ${dataset.length} samples`, {
        file: path,
        hint: 'a run takes one; choose it with --skip N --limit 1',
      });
    }
    context.noteWithResult(dataset.notes);
    for await (const sample of dataset) given.set(input.index, sample as TensorInput);
  }
  return given;
}

function parseInput(
  argument: string,
  inputs: readonly TensorDetails[],
): { input: TensorDetails; path: string } {
  // Names may hold "=", so the one that fits decides.
  for (const input of inputs) {
    if (argument.startsWith(`${input.name}=`)) {
      return { input, path: argument.slice(input.name.length + 1) };
    }
  }
  const names = inputs.map(({ name }) => name).join(', ');
  if (inputs.length === 1 && !argument.includes('=')) return { input: inputs[0]!, path: argument };
  throw new UsageError(`--input '${argument}' is not NAME=FILE; the inputs are ${names}`);
}

/** Whether a shape differs from an input's at most where the model leaves it free. */
function fitsFreeDimensions(shape: readonly number[], input: TensorDetails): boolean {
  const { shapeSignature } = input;
  return (
    shape.length === shapeSignature.length &&
    shape.some((size, i) => size !== input.shape[i]) &&
    shape.every((size, i) => shapeSignature[i]! < 0 || shapeSignature[i] === size)
  );
}

async function writeOutputs(
  context: Context,
  folder: string,
  outputs: readonly { details: TensorDetails; values: TensorValues }[],
): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(error, folder, 'make the folder');
  }
  const paths: string[] = [];
  for (const { details, values } of outputs) {
    let name = details.name.replaceAll(/[^\w.-]+/g, '_') || 'output';
    if (paths.includes(join(folder, `${name}.npy`))) name += `_${details.index}`;
    const path = join(folder, `${name}.npy`);
    const file = await OutputFile.reserve(path, { signal: context.signal });
    await file.commit(encodeNpy(values, details.shape, details.dtype));
    paths.push(path);
  }
  return paths;
}

/** Numbers as they are stored, float16 as what they mean. */
function printed(values: TensorValues, details: TensorDetails): (string | number)[] {
  if (!isTypedArray(values)) return values;
  const numbers = details.dtype.endsWith('float16') ? toReal(values, details) : values;
  return Array.from(numbers as ArrayLike<number | bigint>, Number);
}

function statistics(real: Float32Array): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of real) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { min, max, mean: sum / real.length };
}

function describe(
  details: TensorDetails,
  values: TensorValues,
  file: string | undefined,
): string[] {
  return [
    `${details.name}  ${details.dtype} [${details.shape.join(', ')}]`,
    ...(isTypedArray(values) ? describeNumbers(details, toReal(values, details)) : quoted(values)),
    ...(file === undefined ? [] : [`  written to ${file}`]),
  ];
}

function quoted(strings: readonly string[]): string[] {
  const shown = strings.slice(0, 5).map((text) => `'${text}'`);
  return [`  values ${shown.join(', ')}${strings.length > 5 ? ', ...' : ''}`];
}

function describeNumbers(details: TensorDetails, real: Float32Array): string[] {
  if (real.length === 0) return ['  no values'];
  const { min, max, mean } = statistics(real);
  const lines = [
    `  min ${formatNumber(min)}  max ${formatNumber(max)}  mean ${formatNumber(mean)}`,
  ];
  const rows = details.shape.slice(0, -1);
  if (real.length > 4 && elementCount(rows) === 1) {
    const order = Array.from(real.keys()).sort((a, b) => real[b]! - real[a]! || a - b);
    const best = order.slice(0, 5).map((i) => `${i} (${formatNumber(real[i]!)})`);
    lines.push(`  largest ${best.join(', ')}`);
  } else if (real.length <= 4) {
    lines.push(`  values ${Array.from(real, formatNumber).join(', ')}`);
  }
  return lines;
}
