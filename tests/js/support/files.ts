import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

/** The project's own model: 16 shapes in pictures of 48 x 48 or so, float32. */
export const SAMPLE = join(ROOT, 'examples/sample-model');
export const SAMPLE_MODEL = join(SAMPLE, 'shapes.tflite');

export function sampleModelBytes(): Uint8Array {
  return readFileSync(SAMPLE_MODEL);
}

/** A file of the shared models and data, which are not part of the project. */
export function shared(path: string): string {
  return join(ROOT, '../shared', path);
}

/** Whether shared files are there; tests that need absent ones are skipped, by name. */
export function hasShared(...paths: string[]): boolean {
  return paths.every((path) => existsSync(shared(path)));
}

/** A folder for one test, gone after it. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'octolite-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
