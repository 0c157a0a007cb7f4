/** What both models are given, where it stands still: samples, a file, random values. */
import { computed } from '@preact/signals';
import type { TensorDetails, TensorInput } from 'octolite';
import { assignInputs } from '../data/assign.js';
import { kindOf } from '../../lib/file_kind.js';
import { openFileSet, openSet, reader } from '../data/client.js';
import type { Preprocessing } from '../data/preprocess.js';
import type { Frame, OpenedSet } from '../data/protocol.js';
import { WHOLE } from '../data/region.js';
import { readable } from '../data/sound_files.js';
import { random } from '../data/state.js';
import type { OpenModel } from '../open/state.js';
import { verdict } from '../verdict/state.js';
import { arraysOf } from './duel.js';
import {
  cut,
  file,
  fileCount,
  filePosition,
  inputKind,
  opened,
  picture,
  position,
  preparation,
  seed,
  tries,
  type Given,
} from './state.js';

/** Values at random for all inputs, by seed, between the bounds that the data panel has. */
const randomSet = computed(() => {
  void tries.value;
  const inputs = opened.value?.inspection.inputs ?? [];
  const { layout } = preparation.value;
  const { min, max } = random.value;
  return openSet({ kind: 'random', inputs, layout, count: Infinity, seed: 0, min, max });
});

async function randomFrame(made: Promise<OpenedSet>, index: number): Promise<Frame> {
  return reader.ask('frame', { set: (await made).set, index, cut: WHOLE });
}

/** Of a frame for one of several inputs one for all; the others get random values, always the same. */
export function completing(
  { inspection: { inputs } }: OpenModel,
  fed: readonly TensorDetails[],
): (frame: Frame) => Promise<Given> {
  const others = inputs.filter((input) => !fed.includes(input));
  const filled = others.map(({ name }) => name);
  const rest = filled.length > 0 ? randomFrame(randomSet.value, 1) : null;
  // It is waited for later, and told there why it failed.
  rest?.catch(() => undefined);
  return async (frame) => {
    if (!rest) return { ...frame, filled };
    const arrays = [...((await rest).sample as readonly TensorInput[])];
    arraysOf(frame.sample, fed).forEach((array, i) => {
      arrays[inputs.indexOf(fed[i]!)] = array;
    });
    return { ...frame, sample: arrays, filled };
  };
}

/** The inputs that a file is for: all, or one by what it is or is called. */
function fedBy(chosen: File, inputs: readonly TensorDetails[]): readonly TensorDetails[] {
  if (inputs.length < 2 || /\.npz$/i.test(chosen.name)) return inputs;
  if (picture.value && kindOf(chosen) === 'picture') return [inputs[picture.value.place]!];
  const [name] = assignInputs([chosen.name], inputs, []);
  return inputs.filter((input) => input.name === name);
}

async function openFile(
  chosen: File,
  fed: readonly TensorDetails[],
  preprocessing: Preprocessing,
): Promise<OpenedSet> {
  return openFileSet(await readable(chosen), fed, preprocessing);
}

/** The file that is chosen, opened: a picture, pieces of a sound, rows, arrays. */
const fileSet = computed(() => {
  void tries.value;
  const [open, chosen] = [opened.value, file.value];
  if (!open || !chosen) return null;
  const fed = fedBy(chosen, open.inspection.inputs);
  return { fed, opening: openFile(chosen, fed, preparation.value) };
});

async function givenOfFile(open: OpenModel): Promise<Given> {
  // All signals are read before anything is waited for, so that an effect sees them.
  const [{ fed, opening }, at, part] = [fileSet.value!, filePosition.value, cut.value];
  const complete = completing(open, fed);
  const { set, count } = await opening;
  fileCount.value = count;
  return complete(await reader.ask('frame', { set, index: Math.min(at, count - 1), cut: part }));
}

/** What is chosen; null where nothing is yet, or where it is live. */
export function chosenInput(open: OpenModel): Promise<Given> | null {
  const complete = completing(open, open.inspection.inputs);
  switch (inputKind.value) {
    case 'samples': {
      const { measure } = verdict.value!.plan;
      return measure.frame(position.value % measure.count).then(complete);
    }
    case 'random':
      return randomFrame(randomSet.value, seed.value).then(complete);
    case 'file':
      return file.value && givenOfFile(open);
    default:
      return null;
  }
}
