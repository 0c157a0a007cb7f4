import type { ParseArgsConfig } from 'node:util';
import type { DatasetOptions } from '../data/dataset.js';
import { load, type Octolite } from '../octolite.js';
import type { Model } from '../model.js';
import type { Arithmetic, TaskOptions } from '../types.js';
import { readFileBytes } from './files.js';
import { decodeJpeg } from './jpeg.js';
import { ProgressBar } from './progress_bar.js';

/** The command was written wrongly: exit status 2. */
export class UsageError extends Error {}

export type OptionSpec = NonNullable<ParseArgsConfig['options']>;
export type OptionValues = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  readonly options: OptionSpec;
  /** Names of the files that it takes, in order. */
  readonly files: readonly string[];
  /** Whether it also takes any number of files beyond those. */
  readonly moreFiles?: boolean;
  run(context: Context): Promise<void>;
}

/** What a command works with: its arguments, the library, and where to say things. */
export class Context {
  readonly values: OptionValues;
  readonly #files: readonly string[];
  readonly #signal: AbortSignal;
  readonly #bar = new ProgressBar(process.stderr);
  #notes: readonly string[] = [];
  #octolite: Promise<Octolite> | undefined;

  constructor(values: OptionValues, files: readonly string[], signal: AbortSignal) {
    this.values = values;
    this.#files = files;
    this.#signal = signal;
  }

  file(index: number): string {
    return this.#files[index]!;
  }

  get files(): readonly string[] {
    return this.#files;
  }

  get json(): boolean {
    return this.values.json === true;
  }

  octolite(): Promise<Octolite> {
    this.#octolite ??= this.#load();
    return this.#octolite;
  }

  async #load(): Promise<Octolite> {
    const automatic = this.values.threads === 'auto';
    const octolite = await load({ threads: automatic ? 'auto' : this.count('threads', 1) });
    const { threads, requestedThreads, variantReason } = octolite.runtimeInfo();
    if (threads < requestedThreads) this.note(`runs on one thread: ${variantReason}`);
    return octolite;
  }

  async loadModel(path: string): Promise<Model> {
    const [octolite, bytes] = await Promise.all([this.octolite(), readFileBytes(path)]);
    return octolite.loadModel(bytes);
  }

  /** For long tasks: a progress bar, and Ctrl+C. */
  task(): Required<TaskOptions> {
    return { signal: this.#signal, onProgress: this.#bar.update };
  }

  /** Says something on standard error. */
  note(text: string): void {
    this.#bar.clear();
    process.stderr.write(`octolite: ${text}\n`);
  }

  /** Says things with the result, if there is one: a refusal shall be one line. */
  noteWithResult(texts: readonly string[]): void {
    this.#notes = [...this.#notes, ...texts];
  }

  /** The result, on standard output: one JSON object, or lines for people. */
  result(json: object, lines: readonly string[]): void {
    for (const note of this.#notes) this.note(note);
    this.#bar.clear();
    const text = this.json ? JSON.stringify(json, plain, 2) : lines.join('\n');
    process.stdout.write(`${text}\n`);
  }

  close(): void {
    this.#bar.clear();
  }

  // --- Options --------------------------------------------------------------------------------------

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): string[] {
    const value = this.values[name];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'string' ? [value] : [];
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw new UsageError(`--${name} takes ${orList(choices)}, not '${value}'`);
  }

  count(name: string, least = 0): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
    throw new UsageError(`--${name} takes a whole number from ${least}, not '${value}'`);
  }

  numbers(name: string): number[] | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const numbers = value.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
    if (numbers.every(Number.isFinite)) return numbers;
    throw new UsageError(`--${name} takes numbers with commas between them, not '${value}'`);
  }

  arithmetic(): Arithmetic | undefined {
    return this.choice('arithmetic', ['litert', 'reference'] as const);
  }

  /** How data files become samples. */
  datasetOptions(): DatasetOptions {
    const range = this.numbers('range');
    if (range && range.length !== 2) throw new UsageError('--range takes two numbers: LOW,HIGH');
    return {
      resize: this.choice('resize', ['stretch', 'crop', 'pad'] as const),
      range: range && [range[0]!, range[1]!],
      mean: this.numbers('mean'),
      std: this.numbers('std'),
      layout: this.choice('layout', ['NHWC', 'NCHW'] as const),
      skip: this.count('skip'),
      limit: this.count('limit', 1),
      decodeImage: decodeJpeg,
    };
  }
}

function orList(choices: readonly string[]): string {
  return choices.length < 2
    ? choices.join('')
    : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/** JSON has neither 64-bit integers nor infinities. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

export const JSON_OPTION = { json: { type: 'boolean' } } as const satisfies OptionSpec;

export const ARITHMETIC_OPTION = { arithmetic: { type: 'string' } } as const satisfies OptionSpec;

export const THREADS_OPTION = { threads: { type: 'string' } } as const satisfies OptionSpec;

/** Options of every command that reads samples. */
export const DATA_OPTIONS = {
  mean: { type: 'string' },
  std: { type: 'string' },
  range: { type: 'string' },
  resize: { type: 'string' },
  layout: { type: 'string' },
  skip: { type: 'string' },
  limit: { type: 'string' },
} as const satisfies OptionSpec;

export const DATA_HELP = `Data:
  A PATH is a .npy, .npz (arrays by input name), idx (-ubyte, also .gz), .csv, .wav or image file
  (png, jpeg, bmp), a folder of such files, or random:N for N random samples.
  --range LOW,HIGH     map pixels 0..255 to LOW..HIGH; default 0,1, or what a quantized input holds
  --mean M[,M,M]       then subtract M and divide by S, one number or one a channel; with these and
  --std S[,S,S]        no --range, pixels are 0..255
  --resize HOW         fit images of another size: stretch, crop or pad; without it they are refused
  --layout NHWC|NCHW   order of the input's dimensions; default NHWC
  --skip N --limit N   leave out the first N samples; use at most N samples`;
