import {
  decodeSound,
  encodeNpy,
  imageToTensor,
  isOctoliteError,
  OctoliteError,
  openDataset,
  parseWav,
  type DataFile,
  type FileDataset,
  type Sample,
  type TensorDetails,
  type TensorInput,
} from 'octolite';
import { parseTable } from './csv_table.js';
import { kindOf } from '../../lib/file_kind.js';
import { optionsOf, type Preprocessing } from './preprocess.js';
import type { FileFacts } from './protocol.js';

/** A file as browsers have it, or a part of one in tests. */
export interface SourceFile extends DataFile {
  readonly type: string;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** An opened file: `count` samples, each read when it is asked for. */
export interface OpenedFile {
  readonly count: number;
  readonly sample: (index: number) => Promise<Sample>;
  readonly facts: Partial<
    Pick<FileFacts, 'detail' | 'columns' | 'labelColumn' | 'classes' | 'classNames' | 'sampleRate'>
  >;
  readonly notes: readonly string[];
}

export interface OpenSettings {
  readonly preprocessing: Preprocessing;
  /** The label's column of a csv file; null for none, undefined to guess. */
  readonly labelColumn: number | null | undefined;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How the pictures that browsers decode begin; a dot is any byte. */
const PICTURE_START = /^(\x89PNG|BM|\xff\xd8\xff|GIF8|RIFF.{4}WEBP|.{4}ftyp(avi[fs]|hei|mif1))/s;

const starts = new WeakMap<SourceFile, string>();

/** The first bytes of a file as characters, read once. */
async function startOf(file: SourceFile): Promise<string> {
  const known = starts.get(file);
  if (known !== undefined) return known;
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  starts.set(file, start);
  return start;
}

/** Pictures are many, so their pixels wait until they are wanted; what is no picture is told now. */
async function openPicture(
  file: SourceFile,
  input: TensorDetails,
  { preprocessing }: OpenSettings,
): Promise<OpenedFile> {
  const start = await startOf(file);
  if (!PICTURE_START.test(start)) {
    throw new OctoliteError(
      'BAD_DATA_FILE',
      start === '' ? 'the file is empty' : 'this is not a picture',
      { file: file.name, hint: 'give png, jpeg, webp, bmp, gif or avif' },
    );
  }
  const options = optionsOf(preprocessing);
  // Whether the input takes pictures at all does not depend on which.
  const dot = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  imageToTensor(dot, input, { ...options, resize: 'stretch' }, file.name);
  return ofDataset(await openDataset([file], [input], options));
}

function ofDataset(dataset: FileDataset, facts: OpenedFile['facts'] = {}): OpenedFile {
  return {
    count: dataset.length,
    sample: (index) => dataset.sample(index),
    facts,
    notes: dataset.notes,
  };
}

async function bytesOf(file: DataFile): Promise<Uint8Array> {
  const content = await file.arrayBuffer();
  return ArrayBuffer.isView(content) ? content : new Uint8Array(content);
}

/** A sound is cut into pieces of the input's length; the end is filled with silence if it is short. */
async function openSound(
  file: SourceFile,
  input: TensorDetails,
  { preprocessing }: OpenSettings,
): Promise<OpenedFile> {
  const { name } = file;
  const whole = parseWav(await bytesOf(file), name);
  const seconds = whole.samples.length / whole.channels / whole.sampleRate;
  const sampleRate = preprocessing.sampleRate || whole.sampleRate;
  const length = Math.ceil(
    (whole.samples.length / whole.channels) * (sampleRate / whole.sampleRate),
  );
  if (length === 0) {
    throw new OctoliteError('BAD_DATA_FILE', 'the sound is empty', { file: name });
  }
  const size = elements(input.shape);
  const hop = preprocessing.hop || size;
  const notes: string[] = [];
  if (preprocessing.sampleRate === 0) {
    notes.push(`sound is given to the model at its own ${whole.sampleRate} Hz`);
  }
  if (length < size) notes.push('sounds shorter than the input are filled up with silence');
  // The pieces of a sound are mostly asked for one after the other.
  let latest: WeakRef<Float32Array> | undefined;
  const decoded = async (): Promise<Float32Array> => {
    const kept = latest?.deref();
    if (kept) return kept;
    const samples = await decodeSound(await bytesOf(file), { sampleRate, file: name });
    latest = new WeakRef(samples);
    return samples;
  };
  return {
    count: length <= size ? 1 : Math.floor((length - size) / hop) + 1,
    async sample(index) {
      const piece = (await decoded()).slice(index * hop, index * hop + size);
      if (piece.length === size) return piece;
      const filled = new Float32Array(size);
      filled.set(piece);
      return filled;
    },
    facts: {
      detail: `${whole.sampleRate} Hz, ${seconds.toFixed(2)} s`,
      sampleRate: whole.sampleRate,
    },
    notes,
  };
}

async function openTable(
  file: SourceFile,
  input: TensorDetails,
  { preprocessing, labelColumn }: OpenSettings,
): Promise<OpenedFile> {
  const text = new TextDecoder().decode(await bytesOf(file));
  const table = parseTable(text, file.name, elements(input.shape), labelColumn);
  const width = table.columns.length - (table.labelColumn === null ? 0 : 1);
  const npy = encodeNpy(table.values, [table.rows, width]);
  const asArray = { name: file.name, arrayBuffer: () => Promise.resolve(npy) };
  const { columns, classes, classNames } = table;
  const facts = {
    detail: `${table.rows} × ${width}`,
    columns,
    labelColumn: table.labelColumn,
    classes,
    classNames,
  };
  return ofDataset(await openDataset([asArray], [input], optionsOf(preprocessing)), facts);
}

/** Opens one file for one input, or a .npz for all of them. */
export async function openFile(
  file: SourceFile,
  inputs: readonly TensorDetails[],
  settings: OpenSettings,
): Promise<OpenedFile> {
  const [input] = inputs;
  if (input && inputs.length === 1) {
    const kind = kindOf(file);
    if (kind === 'picture') return openPicture(file, input, settings);
    if (kind === 'sound') return openSound(file, input, settings);
    if (/\.(csv|tsv|txt)$/i.test(file.name)) return openTable(file, input, settings);
  }
  return ofDataset(await openDataset([file], inputs, optionsOf(settings.preprocessing)));
}

/** One sample of several inputs, each from files of its own. */
export async function joinInputs(
  parts: readonly { readonly name: string; readonly sample: () => Promise<Sample> }[],
): Promise<Sample> {
  const entries: [string, TensorInput][] = [];
  for (const { name, sample } of parts) entries.push([name, (await sample()) as TensorInput]);
  return Object.fromEntries(entries);
}

export function asOctoliteError(error: unknown, file: string): OctoliteError {
  if (isOctoliteError(error)) return error;
  const what = error instanceof Error ? error.message : String(error);
  // A file that was moved or changed since it was chosen cannot be read any more.
  const gone = error instanceof Error && error.name === 'NotReadableError';
  return new OctoliteError(gone ? 'BAD_DATA_FILE' : 'INTERNAL', what, { file }, { cause: error });
}
