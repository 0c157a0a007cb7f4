import { existsSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OctoliteError } from '../errors.js';

/** What makes a path a pattern. */
const MAGIC = /[*?[{]/;

/** Levels of folders that ** goes down, and files that one pattern may name. */
const MOST_LEVELS = 64;
const MOST_FILES = 1e6;

/** "{a,b}" as its alternatives; braces without a comma or a partner are letters. */
function alternatives(pattern: string): string[] {
  const match = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern);
  if (!match) return [pattern];
  const [, before = '', list = '', after = ''] = match;
  return list.split(',').flatMap((one) => alternatives(before + one + after));
}

/** One part of a path between slashes as a regular expression over the whole of a name. */
function matcher(part: string): RegExp {
  const source = part.replaceAll(
    /\*+|\?|\[(!|\^)?(\]?[^\]]*)\]|[\\^$.|+()[\]{}]/g,
    (token, not: string | undefined, set: string | undefined) => {
      if (token.startsWith('*')) return '.*';
      if (token === '?') return '.';
      if (set === undefined || set === '') return `\\${token[0]}${escaped(token.slice(1))}`;
      return `[${not === undefined ? '' : '^'}${set.replaceAll(/[\\\]^[]/g, '\\$&')}]`;
    },
  );
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    // "[z-a]" and its like stand for themselves.
    return new RegExp(`^${escaped(part)}$`, 'su');
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch {
    return []; // what cannot be read has nothing that matches
  }
}

/** Files below a folder that match the parts of a pattern. Hidden names are matched by a dot only. */
async function* walk(
  folder: string,
  parts: readonly string[],
  level: number,
): AsyncGenerator<string> {
  const [part = '', ...rest] = parts;
  const at = (name: string): string => (folder === '' ? name : join(folder, name));
  if (part === '**' && rest.length > 0) {
    yield* walk(folder, rest, level);
    if (level >= MOST_LEVELS) return;
    for (const entry of await entries(folder)) {
      // Links to folders are not followed: they may lead back.
      if (entry.isDirectory() && !entry.name.startsWith('.')) {
        yield* walk(at(entry.name), parts, level + 1);
      }
    }
    return;
  }
  if (rest.length > 0 && !MAGIC.test(part)) {
    yield* walk(part === '' ? '/' : at(part), rest, level);
    return;
  }
  const regex = matcher(part);
  for (const entry of await entries(folder)) {
    if (!regex.test(entry.name) || (entry.name.startsWith('.') && !part.startsWith('.'))) continue;
    if (rest.length > 0) yield* walk(at(entry.name), rest, level);
    else if (!entry.isDirectory()) yield at(entry.name);
  }
}

/**
 * Paths with patterns in them as the files that match, by name: `*`, `?`, `[a-z]`, `[!a-z]`,
 * `{a,b}`, and `**` for folders at any depth. A file that has the very name comes before what the
 * name means as a pattern. Links are files here, whatever they lead to.
 * @throws OctoliteError INVALID_ARGUMENT for a pattern that nothing matches.
 */
export async function expandPatterns(paths: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) {
    if (!MAGIC.test(path) || existsSync(path)) {
      expanded.push(path);
      continue;
    }
    const found = new Set<string>();
    for (const pattern of alternatives(
      process.platform === 'win32' ? path.replaceAll('\\', '/') : path,
    )) {
      const parts = pattern.split('/');
      if (parts.at(-1) === '**') parts.push('*');
      for await (const file of walk('', parts, 0)) {
        if (found.size >= MOST_FILES) {
          throw new OctoliteError('INVALID_ARGUMENT', 'too many files match', { file: path });
        }
        found.add(file);
      }
    }
    if (found.size === 0) {
      throw new OctoliteError('INVALID_ARGUMENT', 'no file matches', {
        file: path,
        hint: '* and ? do not match a slash; ** stands for folders at any depth',
      });
    }
    expanded.push(...[...found].sort());
  }
  return expanded;
}
