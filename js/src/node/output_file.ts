import { constants, unlinkSync } from 'node:fs';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OctoliteError, throwIfAborted } from '../errors.js';
import { fileError } from './files.js';

async function realOrNothing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

/** Temporary files of outputs that are not complete. */
const unfinished = new Set<string>();

/** Removes them at once, for a process that ends in the middle. */
export function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      unlinkSync(path);
    } catch {
      // It was moved to its place or removed in this moment.
    }
  }
  unfinished.clear();
}

process.on('exit', removeUnfinished);

/** Where the bytes go, and what makes them count. */
interface Place {
  write(bytes: Uint8Array): Promise<void>;
  /** Everything is written. */
  finish(): Promise<void>;
  /** Nothing shall be left; may come after anything. */
  abandon(): Promise<void>;
}

/** What a regular file is beside: it is written under another name, and moved there at the end. */
async function besides(path: string, mode: number | undefined): Promise<Place> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  let file: FileHandle | undefined = await open(temporary, 'wx');
  unfinished.add(temporary);
  return {
    write: (bytes) => file!.appendFile(bytes),
    async finish() {
      if (mode !== undefined) await file!.chmod(mode & 0o777);
      await file!.sync();
      await file!.close();
      file = undefined;
      await rename(temporary, path);
      unfinished.delete(temporary);
    },
    async abandon() {
      await file?.close().catch(() => undefined);
      file = undefined;
      if (unfinished.delete(temporary)) await rm(temporary, { force: true });
    },
  };
}

/** A device or a pipe, which cannot be replaced and is written as it is. */
async function straightInto(path: string): Promise<Place> {
  let file: FileHandle | undefined = await open(path, constants.O_WRONLY);
  const close = async (): Promise<void> => {
    const closing = file;
    file = undefined;
    await closing?.close();
  };
  return {
    write: (bytes) => file!.writeFile(bytes),
    finish: close,
    abandon: () => close().catch(() => undefined),
  };
}

export interface OutputSettings {
  /** Files that must not be overwritten. */
  readonly inputs?: readonly string[];
  /** Of a command that was told to end, nothing appears. */
  readonly signal?: AbortSignal;
}

/** A file that appears whole or not at all, with the old one in its place until then. */
export class OutputFile {
  readonly #path: string;
  readonly #place: Place;
  readonly #signal: AbortSignal | undefined;

  private constructor(path: string, place: Place, signal: AbortSignal | undefined) {
    this.#path = path;
    this.#place = place;
    this.#signal = signal;
  }

  /**
   * Opens the place early, so that a long task does not find out at its end that it cannot write.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  static async reserve(
    path: string,
    { inputs = [], signal }: OutputSettings = {},
  ): Promise<OutputFile> {
    const target = await realOrNothing(path);
    for (const input of inputs) {
      if (target !== undefined && target === (await realOrNothing(input))) {
        throw new OctoliteError('INVALID_ARGUMENT', 'the output would overwrite the input', {
          file: path,
          hint: 'give it another name',
        });
      }
    }
    const old = target === undefined ? undefined : await stat(target);
    if (old?.isDirectory()) {
      throw new OctoliteError('INVALID_ARGUMENT', 'cannot write: this is a folder', { file: path });
    }
    try {
      const place =
        old && !old.isFile()
          ? await straightInto(target!)
          : await besides(target ?? path, old?.mode);
      return new OutputFile(path, place, signal);
    } catch (error) {
      const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
      if (reason === undefined) throw fileError(error, path, 'write');
      throw new OctoliteError('INVALID_ARGUMENT', `cannot write: ${reason}`, { file: path });
    }
  }

  /** What is sent on as it is written. */
  static standardOutput(stream: NodeJS.WritableStream, signal: AbortSignal): OutputFile {
    const place: Place = {
      write: (bytes) =>
        new Promise((done, fail) => {
          stream.write(bytes, (error) => (error ? fail(error) : done()));
        }),
      finish: () => Promise.resolve(),
      abandon: () => Promise.resolve(),
    };
    return new OutputFile('standard output', place, signal);
  }

  /** Adds to the file, which commit() completes. @throws OctoliteError INVALID_ARGUMENT. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#try(() => this.#place.write(bytes));
  }

  /**
   * @param bytes The content, or what is left of it.
   * @throws OctoliteError INVALID_ARGUMENT or ABORTED; nothing is left behind then.
   */
  commit(bytes?: Uint8Array): Promise<void> {
    return this.#try(async () => {
      throwIfAborted(this.#signal);
      if (bytes) await this.#place.write(bytes);
      throwIfAborted(this.#signal);
      await this.#place.finish();
    });
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      await this.abandon();
      throw error instanceof OctoliteError ? error : fileError(error, this.#path, 'write');
    }
  }

  /** Leaves nothing behind; after commit, does nothing. */
  abandon(): Promise<void> {
    return this.#place.abandon();
  }
}

/** Reasons that are others where a file is to be made. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  EEXIST: 'another output has the same name',
};
