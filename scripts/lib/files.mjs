import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const ignored = new Set(['node_modules', 'build', 'dist', '.git', '.toolchain', 'coverage']);

/** Paths, relative to the project, of the files under `folder` whose name matches, in order. */
export function listFiles(folder, pattern) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : listFiles(path, pattern);
      return pattern.test(entry.name) ? [path] : [];
    });
}

/** Every C++ file of the project. */
export const cppFiles = () =>
  ['src', 'wasm', 'tests/cpp', 'tests/bench', 'tests/fuzz'].flatMap((folder) =>
    listFiles(folder, /\.(cc|h|inc)$/),
  );
