import type { DatasetOptions } from '../data/dataset.js';
import { throwIfAborted } from '../errors.js';
import { load, type Octolite } from '../octolite.js';
import type { Model } from '../model.js';
import { connectPool, type OctolitePool } from '../worker/pool.js';
import type { Arithmetic, RuntimeInfo, TaskOptions } from '../types.js';
import { readFileBytes } from './files.js';
import { decodeJpeg } from './jpeg.js';
import type { Line } from './lines.js';
import { MODEL_FILES, type OptionGroup } from './options.js';
import { OutputFile } from './output_file.js';
import { ProgressBar } from './progress_bar.js';
import { lookOf, styled } from './terminal.js';

/** The command was written wrongly: exit status 2. */
export class UsageError extends Error {}

export type OptionValues = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

/** What a command has to say in the end. */
export interface Outcome<Result extends object> {
  /** With --json, all that standard output gets. */
  readonly json: Result;
  /** Without it, the same for people. */
  readonly lines: readonly Line[];
  /** Exit status; default 0. */
  readonly status?: number;
}

/** What stands on the command line without being an option. */
export interface Argument {
  readonly name: string;
  /** What files it names, by the ends of their names (empty: any); absent: no file. */
  readonly files?: readonly string[];
  readonly choices?: readonly string[];
}

export interface Command<Result extends object> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the command's name, a line a way to use it. */
  readonly usage: readonly string[];
  /** What it does. */
  readonly about: string;
  /** In order; all are needed. */
  readonly args: readonly Argument[];
  /** Whether any number of the last kind of argument may follow. */
  readonly moreArgs?: boolean;
  readonly options: readonly OptionGroup[];
  /** Whether it has --json. */
  readonly json: boolean;
  readonly tables?: readonly {
    readonly title: string;
    readonly rows: readonly (readonly [string, string])[];
  }[];
  readonly examples: readonly string[];
  run(context: Context): Promise<Outcome<Result> | undefined>;
}

/** What -o takes for standard output. */
export const STANDARD_OUTPUT = '-';

/** The model that a command is about. */
export const MODEL: Argument = { name: 'MODEL', files: MODEL_FILES };

/** Where a command reads and says things: a process, or what stands for one. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** What a command works with: its arguments, the library, and where to say things. */
export class Context {
  readonly values: OptionValues;
  readonly signal: AbortSignal;
  readonly streams: Streams;
  readonly #args: readonly string[];
  readonly #bar: ProgressBar;
  #notes: readonly string[] = [];
  #octolite: Promise<Octolite> | undefined;
  #pool: Promise<OctolitePool> | undefined;

  constructor(
    values: OptionValues,
    args: readonly string[],
    signal: AbortSignal,
    streams: Streams,
  ) {
    this.values = values;
    this.#args = args;
    this.signal = signal;
    this.streams = streams;
    this.#bar = new ProgressBar(streams.stderr);
  }

  arg(index: number): string {
    return this.#args[index]!;
  }

  get args(): readonly string[] {
    return this.#args;
  }

  get json(): boolean {
    return this.values.json === true;
  }

  octolite(): Promise<Octolite> {
    this.#octolite ??= this.#load();
    return this.#octolite;
  }

  async #load(): Promise<Octolite> {
    // There is nothing that whoever types a command could do about leaks.
    const octolite = await load({ threads: this.countOrAuto('threads'), leakWarnings: false });
    this.#noteThreads(octolite.runtimeInfo());
    return octolite;
  }

  #noteThreads({ threads, requestedThreads, variantReason }: RuntimeInfo): void {
    if (threads < requestedThreads) this.note(`runs on one thread: ${variantReason}`);
  }

  /** For commands with --jobs: the library in this thread, or in workers that share the samples. */
  library(): Promise<Octolite | OctolitePool> {
    const workers = this.countOrAuto('jobs');
    if (workers === undefined || workers === 1) return this.octolite();
    this.#pool ??= this.#connect(workers);
    return this.#pool;
  }

  async #connect(workers: number | 'auto'): Promise<OctolitePool> {
    const threads = this.countOrAuto('threads');
    const pool = await connectPool({ workers, threads, leakWarnings: false, signal: this.signal });
    this.#noteThreads(pool.info);
    return pool;
  }

  async loadModel(path: string): Promise<Model> {
    const [library, bytes] = await Promise.all([this.library(), readFileBytes(path)]);
    return library.loadModel(bytes);
  }

  /** For long tasks: a progress bar, and Ctrl+C. */
  task(): Required<TaskOptions> {
    return { signal: this.signal, onProgress: this.#bar.update };
  }

  /** What -o says. @param what For the message that asks for it: "the model: -o OUT". */
  outputPath(what: string): string {
    const path = this.text('output');
    if (path === undefined) throw new UsageError(`say where to write ${what}`);
    return path;
  }

  /**
   * The file of -o.
   * @param inputs Files that must not be overwritten.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  async output(path: string, inputs: readonly string[]): Promise<OutputFile> {
    if (path !== STANDARD_OUTPUT) return OutputFile.reserve(path, { inputs, signal: this.signal });
    if (this.json) throw new UsageError('-o - and --json both ask for standard output');
    if (this.streams.stdout.isTTY) {
      throw new UsageError('-o - writes to a terminal here; send it to a file or a program');
    }
    return OutputFile.standardOutput(this.streams.stdout, this.signal);
  }

  /** Says something on standard error. */
  note(text: string): void {
    this.#bar.clear();
    const { stderr } = this.streams;
    stderr.write(`${styled('octolite:', 'bold', lookOf(stderr))} ${text}\n`);
  }

  /** Says things with the result, if there is one: a refusal shall be one line. */
  noteWithResult(texts: readonly string[]): void {
    this.#notes = [...this.#notes, ...texts];
  }

  /** Lets the workers go, which would keep the process alive. */
  async end(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    pool?.terminate();
  }

  /** What was to be said with the result, before it. */
  close(done: boolean): void {
    if (done) throwIfAborted(this.signal);
    if (done) for (const note of this.#notes) this.note(note);
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

  countOrAuto(name: string): number | 'auto' | undefined {
    return this.text(name) === 'auto' ? 'auto' : this.count(name, 1);
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
      sampleRate: this.count('sample-rate', 1),
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
