import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OctoliteError } from '../errors.js';
import { fileError } from './files.js';

async function realOrNothing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

/**
 * A file that appears whole or not at all: written under another name beside its place, and moved
 * there when it is complete.
 */
export class OutputFile {
  readonly #path: string;
  readonly #temporary: string;
  #file: FileHandle | undefined;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  /**
   * Opens the place early, so that a long task does not find out at its end that it cannot write.
   * @param inputs Files that must not be overwritten.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  static async reserve(path: string, inputs: readonly string[] = []): Promise<OutputFile> {
    const target = await realOrNothing(path);
    for (const input of inputs) {
      if (target !== undefined && target === (await realOrNothing(input))) {
        throw new OctoliteError('INVALID_ARGUMENT', 'the output would overwrite the input', {
          file: path,
          hint: 'give it another name',
        });
      }
    }
    if (target !== undefined && (await stat(target)).isDirectory()) {
      throw new OctoliteError('INVALID_ARGUMENT', 'cannot write: this is a folder', { file: path });
    }
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    try {
      return new OutputFile(path, temporary, await open(temporary, 'wx'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, path, 'write');
      throw new OctoliteError('INVALID_ARGUMENT', 'cannot write: there is no such folder', {
        file: path,
      });
    }
  }

  /** Adds to the file, which commit() completes. @throws OctoliteError INVALID_ARGUMENT. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file!.appendFile(bytes);
    } catch (error) {
      await this.abandon();
      throw fileError(error, this.#path, 'write');
    }
  }

  /**
   * @param bytes The content, or what is left of it.
   * @throws OctoliteError INVALID_ARGUMENT; nothing is left behind then.
   */
  async commit(bytes?: Uint8Array): Promise<void> {
    try {
      if (bytes) await this.#file!.appendFile(bytes);
      await this.#file!.sync();
      await this.#file!.close();
      this.#file = undefined;
      await rename(this.#temporary, this.#path);
    } catch (error) {
      await this.abandon();
      throw fileError(error, this.#path, 'write');
    }
  }

  /** Leaves nothing behind; after commit, does nothing. */
  async abandon(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    await rm(this.#temporary, { force: true });
  }
}
