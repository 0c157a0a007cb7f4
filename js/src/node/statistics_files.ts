import { open } from 'node:fs/promises';
import { isOctoliteError, OctoliteError } from '../errors.js';
import { mergeStatistics } from '../statistics.js';
import { statisticsFromJson } from '../statistics_json.js';
import type { CalibrationStatistics } from '../types.js';
import { readFileBytes } from './files.js';

/** Whether a file is JSON by its first character, as no data file is. */
async function beginsAsJson(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(64), 0, 64, 0);
      return /^\s*\{/.test(new TextDecoder().decode(buffer.subarray(0, bytesRead)));
    } finally {
      await file.close();
    }
  } catch {
    return false; // a folder, random:N, or what whoever reads it will complain of
  }
}

/** @throws OctoliteError INVALID_ARGUMENT naming the file. */
async function readStatistics(path: string): Promise<CalibrationStatistics> {
  const text = new TextDecoder().decode(await readFileBytes(path));
  try {
    return statisticsFromJson(text);
  } catch (error) {
    if (!isOctoliteError(error)) throw error;
    throw new OctoliteError(error.code, error.details.what ?? error.message, {
      ...error.details,
      file: path,
    });
  }
}

/**
 * Saved statistics, merged when there are several files.
 * @throws OctoliteError INVALID_ARGUMENT.
 */
export async function readMergedStatistics(
  paths: readonly string[],
): Promise<CalibrationStatistics> {
  let merged: CalibrationStatistics | undefined;
  for (const path of paths) {
    const next = await readStatistics(path);
    merged = merged ? mergeStatistics(merged, next) : next;
  }
  return merged!;
}

/** How many of the paths are saved statistics. */
export async function countStatistics(paths: readonly string[]): Promise<number> {
  const found = await Promise.all(paths.map(beginsAsJson));
  return found.filter(Boolean).length;
}
