import { afterAll, beforeAll } from '@jest/globals';
import {
  load,
  openDataset,
  readLabels,
  type FileDataset,
  type Interpreter,
  type InterpreterOptions,
  type Model,
  type Octolite,
  type Sample,
} from 'octolite';
import { dataFiles } from 'octolite/node';
import { join } from 'node:path';
import { SAMPLE, sampleModelBytes } from './files.js';

/** An engine with the sample model in it, for the tests of one file. */
export function withSampleModel(): { octolite: Octolite; model: Model } {
  const context = {} as { octolite: Octolite; model: Model };
  beforeAll(async () => {
    context.octolite = await load();
    context.model = context.octolite.loadModel(sampleModelBytes());
  });
  afterAll(() => {
    context.model.dispose();
  });
  return context;
}

/** Runs `use` with an interpreter of a model that has no other use. */
export async function usingInterpreter(
  octolite: Octolite,
  model: Uint8Array,
  use: (interpreter: Interpreter) => unknown,
  options: InterpreterOptions = {},
): Promise<void> {
  const loaded = octolite.loadModel(model, options);
  const interpreter = octolite.createInterpreter(loaded, options);
  loaded.dispose();
  try {
    await use(interpreter);
  } finally {
    interpreter.dispose();
  }
}

/** Pictures of the sample set for the sample model's input. */
export async function samplePictures(
  { octolite, model }: { octolite: Octolite; model: Model },
  set: 'calibration' | 'evaluation',
  limit: number,
): Promise<{ data: FileDataset; labels: Int32Array }> {
  const files = await dataFiles([join(SAMPLE, `${set}-images-idx4-ubyte.gz`)]);
  const [labelFile] = await dataFiles([join(SAMPLE, `${set}-labels-idx1-ubyte.gz`)]);
  const options = { range: [0, 1], limit } as const;
  return {
    data: await openDataset(files, octolite.inspect(model).inputs, options),
    labels: await readLabels(labelFile!, options),
  };
}

/** The first pictures of the calibration set. */
export async function calibrationPictures(
  context: { octolite: Octolite; model: Model },
  limit: number,
): Promise<Sample[]> {
  const { data } = await samplePictures(context, 'calibration', limit);
  const samples: Sample[] = [];
  for await (const sample of data) samples.push(sample);
  return samples;
}
