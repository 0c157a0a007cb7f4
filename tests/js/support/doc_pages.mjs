// Reads the pages of the documentation for their code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * @typedef {object} Block
 * @property {string} language The first word behind the fence: js, ts, sh, html, ...
 * @property {boolean} own Whether its names are its own: "js own". Else it shares the page's.
 * @property {string} code
 * @property {string} [output] The block of text below it, if one is there: what it prints.
 * @property {number} line Where it begins in the page.
 */

/**
 * @typedef {object} Page
 * @property {string} path Relative to the project.
 * @property {string} text
 * @property {string[]} setup What its code finds made, of docs_setup.mjs:
 *     <!-- setup: bytes, samples -->
 * @property {Block[]} blocks
 */

/** @returns {Block[]} */
function blocksOf(text) {
  const blocks = [];
  for (const match of text.matchAll(/^```(\w*)([^\n]*)\n([^]*?)^```$/gm)) {
    const [, language, info, content] = match;
    const last = blocks.at(-1);
    if (language !== 'text') {
      const line = text.slice(0, match.index).split('\n').length;
      blocks.push({ language, own: info.trim() === 'own', code: content, line });
    } else if (last && last.output === undefined) {
      last.output = content;
    } else {
      throw new Error(`a block of text that belongs to no code:\n${content}`);
    }
  }
  return blocks;
}

/** @returns {Page} */
export function readPage(path) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const [, names = ''] = /^<!-- setup: (.*) -->$/m.exec(text) ?? [];
  return { path, text, setup: names.split(', ').filter(Boolean), blocks: blocksOf(text) };
}

/** README.md and all of docs/. @returns {Page[]} */
export function readPages() {
  const names = readdirSync(join(ROOT, 'docs'), { recursive: true }).sort();
  const docs = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', ...docs].map(readPage);
}

const IMPORT = /^import (?:type )?\{([^}]*)\} from '([^']+)';\n/gm;

/**
 * One module of several pieces of code: a block may import what one before it did.
 * @param {string[]} pieces
 */
export function joinModules(pieces) {
  const imports = new Map();
  const rest = pieces.map((piece) =>
    piece.replaceAll(IMPORT, (statement, names, from) => {
      const known = imports.get(from) ?? new Set();
      for (const name of names.split(',')) if (name.trim() !== '') known.add(name.trim());
      imports.set(from, known);
      return '\n'.repeat(statement.split('\n').length - 1);
    }),
  );
  const head = [...imports].map(
    ([from, names]) => `import { ${[...names].join(', ')} } from '${from}';`,
  );
  return `${head.join('\n')}\n${rest.join('\n')}`;
}

/**
 * The words of the `octolite` commands in a block of shell; other commands (npm, curl) are left out.
 * @returns {string[][]}
 */
export function commandsOf(code) {
  const lines = code.replaceAll(/\\\n\s*/g, ' ').split('\n');
  return lines.flatMap((line) => {
    const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(#.*)|[^\s'"]+/g)]
      .filter(([, , , comment]) => comment === undefined)
      .map(([word, single, double]) => single ?? double ?? word);
    if (words[0] === 'npx') words.shift();
    return words[0] === 'octolite' ? [words.slice(1)] : [];
  });
}

/** Whether a program printed what a page says; "…" stands for anything within a line. */
export function isAsSaid(printed, said) {
  const pattern = said
    .split('…')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[^\\n]*');
  return new RegExp(`^${pattern}$`).test(printed);
}
