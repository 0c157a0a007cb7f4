// clang-tidy over the C++ sources, remembering which files passed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { listFiles } from './files.mjs';
import { mapParallel, root, run } from './process.mjs';
import { tools } from './setup.mjs';

/** Text of a file and, once each, of the project's headers that it includes, however deep. */
function withHeaders(path, seen = new Set()) {
  if (seen.has(path) || !existsSync(join(root, path))) return '';
  seen.add(path);
  const text = readFileSync(join(root, path), 'utf8');
  const included = [...text.matchAll(/^#include "([^"]+)"/gm)].flatMap(([, name]) => [
    join('src', name),
    normalize(join(dirname(path), name)),
  ]);
  return text + included.map((header) => withHeaders(header, seen)).join('');
}

/**
 * Checks every source of src/ that has not passed as it stands. Needs the compilation database of
 * the native build `preset` and its generated headers.
 */
export async function clangTidy(preset) {
  const { CLANG_TIDY } = tools();
  const cache = join(root, 'build/tidy-passed');
  mkdirSync(cache, { recursive: true });
  const settings = readFileSync(join(root, '.clang-tidy'), 'utf8');
  const outcomes = await mapParallel(
    listFiles('src', /\.cc$/),
    availableParallelism(),
    async (path) => {
      const key = createHash('sha256').update(settings).update(withHeaders(path)).digest('hex');
      const mark = join(cache, key);
      if (existsSync(mark)) return { path, passed: true };
      const args = ['--quiet', '-p', join(root, 'build', preset), path];
      const { status, output } = await run(CLANG_TIDY, args);
      if (status === 0) writeFileSync(mark, path);
      return { path, passed: status === 0, output };
    },
  );
  return outcomes;
}
