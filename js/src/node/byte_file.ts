import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../remote.js';
import { fileError } from './files.js';

/** A file that is read piece by piece, for quantizeStream. Close it afterwards. */
export interface ByteFile extends ByteSource {
  /** Closes the file. */
  close(): void;
}

/**
 * Opens a file to be read piece by piece, however large it is.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export function openFile(path: string): ByteFile {
  let file: number;
  let size: number;
  try {
    file = openSync(path, 'r');
    size = fstatSync(file).size;
  } catch (error) {
    throw fileError(error, path, 'read');
  }
  let buffer = new Uint8Array(0);
  return {
    size,
    read(offset, length) {
      if (buffer.byteLength < length) buffer = new Uint8Array(length);
      let done = 0;
      try {
        while (done < length) {
          const count = readSync(file, buffer, done, length - done, offset + done);
          if (count === 0) break;
          done += count;
        }
      } catch (error) {
        throw fileError(error, path, 'read');
      }
      return buffer.subarray(0, done);
    },
    close: () => closeSync(file),
  };
}
