/** Which models there are, and what they are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/process.mjs';

/** Where models are looked for, if nothing else is said. */
export const MODELS = join(root, '../shared/models');

/** A shell pattern, of which only `*` is special: any characters but a slash. */
function patternOf(glob) {
  const parts = glob.split('*').map((part) => part.replace(/[^\w/-]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}

/** The .tflite files of a folder and of its folder bench/, whose name matches one of the globs. */
export function findModels(folder, globs) {
  const patterns = globs.map(patternOf);
  const names = ['.', 'bench'].flatMap((part) => {
    try {
      return readdirSync(join(folder, part)).map((name) => join(part, name));
    } catch {
      return [];
    }
  });
  return names
    .filter((name) => name.endsWith('.tflite'))
    .map((path) => ({ path: join(folder, path), name: path.replace(/\.tflite$/, '') }))
    .filter(({ name }) => patterns.some((pattern) => pattern.test(name)));
}

/** What the model computes with, for the means over models of a kind. */
function groupOf({ kind, weightBytesByType }) {
  if (kind.startsWith('dynamic')) return 'dynamic';
  if (kind.startsWith('float16')) return 'float16';
  const [[type]] = Object.entries(weightBytesByType).sort(([, a], [, b]) => b - a);
  return type;
}

/** A model with its group and its multiply-adds. */
export function describe(octolite, { path, name }) {
  const model = octolite.loadModel(readFileSync(path));
  try {
    const inspection = octolite.inspect(model);
    const [{ multiplyAdds }] = inspection.subgraphs;
    return { path, name, group: groupOf(inspection), multiplyAdds };
  } finally {
    model.dispose();
  }
}
