import type { ParseArgsConfig } from 'node:util';
import { OBSERVER_NAMES } from '../observers.js';
import { RECIPE_NAMES } from '../recipe.js';

/** What the names of files end in, for completion; `folder` stands for folders. */
export const MODEL_FILES: readonly string[] = ['.tflite'];
export const JSON_FILES: readonly string[] = ['.json'];

/** An option of a command, from which parsing, help, completion and documentation are made. */
export interface Option {
  /** What the help calls its value, "N" or "FILE"; a flag has none. */
  readonly value?: string;
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  readonly help: string;
  /** Values for completion; with `files`, some of those that are possible. */
  readonly choices?: readonly string[];
  /** Whether the value is a path, and what it ends in (empty: any file). */
  readonly files?: readonly string[] | 'folder';
}

export interface OptionGroup {
  /** The heading in the help; default "Options". */
  readonly title?: string;
  /** What is said of all of them, before the first. */
  readonly text?: string;
  readonly options: Readonly<Record<string, Option>>;
}

/** For node:util's parseArgs. */
export function parseConfig(
  groups: readonly OptionGroup[],
): NonNullable<ParseArgsConfig['options']> {
  const config: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, { value, short, multiple }] of optionsOf(groups)) {
    config[name] = {
      type: value === undefined ? 'boolean' : 'string',
      ...(short !== undefined && { short }),
      ...(multiple && { multiple }),
    };
  }
  return config;
}

export function optionsOf(groups: readonly OptionGroup[]): [string, Option][] {
  return groups.flatMap(({ options }) => Object.entries(options));
}

// --- Options that several commands have -------------------------------------------------------------

export const HELP_OPTION = {
  help: { short: 'h', help: 'this text' },
} as const satisfies Record<string, Option>;

export const JSON_OPTION = {
  json: { help: 'one JSON object on standard output, and nothing else there' },
} as const satisfies Record<string, Option>;

export const ARITHMETIC_OPTION = {
  arithmetic: {
    value: 'MODE',
    choices: ['litert', 'reference'],
    help: 'litert (default): the bits of LiteRT; reference: those of microcontrollers',
  },
} as const satisfies Record<string, Option>;

export const THREADS_OPTION = {
  threads: {
    value: 'N',
    choices: ['auto'],
    help: 'threads that share the work of a run, 1 to 64, or auto; default 1',
  },
} as const satisfies Record<string, Option>;

export const JOBS_OPTION = {
  jobs: {
    value: 'N',
    choices: ['auto'],
    help:
      'workers that share the samples out among them, 1 to 64, or auto; each has the library and ' +
      'the model; default 1; the result is the same',
  },
} as const satisfies Record<string, Option>;

/** -o of the commands that write one file. */
export function outputOption(value: string): { output: Option } {
  return {
    output: {
      short: 'o',
      value,
      files: [],
      help: 'the file to write, which appears whole or not at all; - for standard output',
    },
  };
}

export const CALIBRATION_OPTION = {
  calibration: {
    value: 'PATH',
    multiple: true,
    files: [],
    help:
      "samples that static recipes learn the ranges of activations from, or what 'octolite " +
      "calibrate' saved; may be given several times",
  },
} as const satisfies Record<string, Option>;

export const RECIPE_OPTION = {
  recipe: {
    value: 'NAME|FILE',
    files: JSON_FILES,
    choices: RECIPE_NAMES,
    help:
      'a recipe by name (quantize --help lists them), or a JSON file in the form of the ' +
      'LiteRT Quantizer; default static_wi8_ai8 with --calibration, else dynamic_wi8_afp32',
  },
} as const satisfies Record<string, Option>;

/** How ranges are chosen, and what stays as it is. */
export const RANGE_OPTIONS = {
  observer: {
    value: 'NAME',
    choices: OBSERVER_NAMES,
    help:
      'how ranges are chosen: min_max (default, all that was seen), moving_average (as the LiteRT ' +
      'Quantizer), percentile (without the rarest values), mse (least squared error) or entropy ' +
      '(least loss of information)',
  },
  percentile: {
    value: 'P',
    help: 'what the observer percentile keeps, above 50 and up to 100 %; default 99.99',
  },
  'keep-float': {
    value: 'REGEX',
    multiple: true,
    help: 'keep operators in float whose output names match; may be given several times',
  },
} as const satisfies Record<string, Option>;

/** Samples to measure on. */
export function dataOption(help: string): { data: Option } {
  return { data: { value: 'PATH', multiple: true, files: [], help } };
}

/** Of every command that reads samples. */
export const DATA_GROUP: OptionGroup = {
  title: 'Data',
  text:
    'A PATH is a .npy, .npz (arrays by input name), idx (-ubyte, also .gz), .csv, .wav or image ' +
    'file (png, jpeg, bmp), a folder of such files, a pattern (*, ?, [a-z], {a,b}, and ** for ' +
    'folders at any depth; in quotes where the shell would expand it), or random:N for N random ' +
    'samples.',
  options: {
    range: {
      value: 'LOW,HIGH',
      help: 'map pixels 0..255 to LOW..HIGH; default 0,1, or what a quantized input holds',
    },
    mean: {
      value: 'M[,M,M]',
      help: 'then subtract M, one number or one a channel; with it and no --range, pixels are 0..255',
    },
    std: { value: 'S[,S,S]', help: 'and divide by S, as with --mean' },
    resize: {
      value: 'HOW',
      choices: ['stretch', 'crop', 'pad'],
      help: 'fit images of another size: stretch, crop or pad; without it they are refused',
    },
    layout: {
      value: 'ORDER',
      choices: ['NHWC', 'NCHW'],
      help: "order of the input's dimensions: NHWC (default) or NCHW",
    },
    'sample-rate': {
      value: 'HZ',
      help: 'resample sounds to the rate that the model takes; default: as they are',
    },
    skip: { value: 'N', help: 'leave out the first N samples; default 0' },
    limit: { value: 'N', help: 'use at most N samples; default all' },
  },
};
