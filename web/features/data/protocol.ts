/** What the page and the worker that reads data files say to each other. */
import type { Sample, TensorDetails } from 'octolite';
import type { ErrorRecord } from '../../lib/worker_protocol.js';
import type { Stretch, ValueStats } from './look.js';
import type { Layout, Preprocessing } from './preprocess.js';
import type { Cut } from './region.js';

/** Samples that are asked for by place; made of files, or at random. */
export type SetRecipe =
  | {
      readonly kind: 'files';
      /** By the numbers under which they were handed over. */
      readonly files: readonly number[];
      readonly inputs: readonly TensorDetails[];
      readonly preprocessing: Preprocessing;
      /** The label's column of csv files, by file; absent to guess. */
      readonly labelColumns: Readonly<Record<number, number | null>>;
      /** Which input a file is for, by file; absent to guess. */
      readonly assigned: Readonly<Record<number, string>>;
    }
  | {
      readonly kind: 'random';
      readonly inputs: readonly TensorDetails[];
      readonly layout: Layout;
      readonly count: number;
      readonly seed: number;
      readonly min: number;
      readonly max: number;
    };

/** An error with the file to blame, where one is. */
export interface DataErrorRecord extends ErrorRecord {
  readonly culprit?: number;
}

/** What is known of a file after opening. */
export interface FileFacts {
  readonly file: number;
  readonly name: string;
  /** Number of samples; 0 when it was refused. */
  readonly count: number;
  /** What is in it: "5000 × 28 × 28 uint8", "16000 Hz, 1.00 s"; empty when only reading would tell. */
  readonly detail: string;
  readonly refusal: DataErrorRecord | null;
  /** Of csv files. */
  readonly columns: readonly string[] | null;
  readonly labelColumn: number | null;
  /** Of each sample, where the file says. */
  readonly classes: Int32Array | null;
  readonly classNames: readonly string[] | null;
  /** Of a sound, in Hz; null of others. */
  readonly sampleRate: number | null;
  /** The names of the inputs that it feeds. */
  readonly feeds: readonly string[];
}

export interface OpenedSet {
  readonly set: number;
  readonly count: number;
  /** In the order of the files. */
  readonly facts: readonly FileFacts[];
  readonly notes: readonly string[];
}

/** A sample as the model gets it, made to be looked at. */
export interface Look {
  /** Of the file that it comes from; null for random ones and those of several files. */
  readonly file: number | null;
  readonly inputs: readonly InputLook[];
  /** The picture as the file has it. */
  readonly before: ImageBitmap | null;
}

/** A sample, and what a person sees of it. */
export interface Frame {
  readonly sample: Sample;
  /** The part of the picture that the model is given; null when it is given something else. */
  readonly picture: ImageBitmap | null;
  /** The outline of the sound that it is; null when it is none. */
  readonly wave: readonly Stretch[] | null;
}

/** How a picture that the page has becomes an input. */
export interface PictureTask {
  readonly bitmap: ImageBitmap;
  readonly input: TensorDetails;
  readonly preprocessing: Preprocessing;
  readonly cut: Cut;
}

/** How the end of what was heard becomes an input. */
export interface SoundTask {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  /** So many samples at that rate are the input. */
  readonly length: number;
  readonly inputRate: number;
}

export interface InputLook {
  readonly name: string;
  readonly shape: readonly number[];
  readonly stats: ValueStats;
  readonly histogram: readonly number[];
  /** Of each channel of a picture: red, green, blue, or grey. */
  readonly channels: readonly ValueStats[];
  /** The values as a picture, from the least (black) to the most. */
  readonly after: ImageBitmap | null;
  /** Of a sound. */
  readonly outline: readonly Stretch[] | null;
  readonly sampleRate: number;
  /** The first values. */
  readonly first: readonly number[];
}

/** What stands for a file in a list. */
export type Thumbnail =
  | {
      readonly kind: 'picture';
      readonly bitmap: ImageBitmap;
      readonly width: number;
      readonly height: number;
    }
  | {
      readonly kind: 'sound';
      readonly outline: readonly Stretch[];
      readonly seconds: number;
    };

export type Requests = {
  /** Hands files over; they are referred to by number from then on. */
  files: { args: { readonly files: readonly (readonly [number, File])[] }; result: null };
  /** Says what a set is made of; nothing is read yet. */
  recipe: { args: { readonly set: number; readonly recipe: SetRecipe }; result: null };
  open: { args: { readonly set: number }; result: Omit<OpenedSet, 'facts'> };
  /** Of some files of a set: of thousands at once the page would take too long to take them in. */
  facts: {
    args: { readonly set: number; readonly from: number; readonly to: number };
    result: readonly FileFacts[];
  };
  sample: { args: { readonly set: number; readonly index: number }; result: Sample };
  /** A sample to be run and shown; of a picture in a file, a part may be cut out. */
  frame: {
    args: { readonly set: number; readonly index: number; readonly cut: Cut };
    result: Frame;
  };
  /** What a camera sees, for instance; the picture is moved, not copied. */
  picture: { args: PictureTask; result: Frame };
  /** What a microphone heard last. */
  heard: { args: SoundTask; result: Frame };
  look: { args: { readonly set: number; readonly index: number }; result: Look };
  thumbnail: { args: { readonly file: number; readonly size: number }; result: Thumbnail };
  /** A sound as it is in the file. */
  sound: {
    args: { readonly file: number };
    result: { readonly samples: Float32Array; readonly sampleRate: number };
  };
};
