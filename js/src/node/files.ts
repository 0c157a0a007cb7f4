import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDataFileName, type DataFile } from '../data/dataset.js';
import { messageOf, OctoliteError } from '../errors.js';
import { expandPatterns } from './globs.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'this is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** What the system says about a file, as an error of this library. */
export function fileError(error: unknown, path: string, doing: string): OctoliteError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reason = REASONS[code] ?? messageOf(error);
  const what = `cannot ${doing}: ${reason}`;
  return new OctoliteError('INVALID_ARGUMENT', what, { file: path }, { cause: error });
}

/** @throws OctoliteError INVALID_ARGUMENT naming the file and the reason. */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function dataFile(path: string): DataFile {
  return { name: path, arrayBuffer: () => readFileBytes(path) };
}

/**
 * Paths and patterns as files to read data from. Of a folder, all data files in it, by name; folders inside it
 * are not looked into.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export async function dataFiles(paths: readonly string[]): Promise<DataFile[]> {
  const files: DataFile[] = [];
  for (const path of await expandPatterns(paths)) {
    let isFolder: boolean;
    try {
      isFolder = (await stat(path)).isDirectory();
    } catch (error) {
      throw fileError(error, path, 'read');
    }
    if (!isFolder) {
      files.push(dataFile(path));
      continue;
    }
    const names = (await readdir(path)).filter(isDataFileName).sort();
    if (names.length === 0) {
      throw new OctoliteError('INVALID_ARGUMENT', 'there are no data files in this folder', {
        file: path,
        hint: 'npy, npz, idx, csv, wav, png, jpeg and bmp files are looked for',
      });
    }
    for (const name of names) files.push(dataFile(join(path, name)));
  }
  return files;
}
