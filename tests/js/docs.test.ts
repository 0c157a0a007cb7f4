// The pages of the documentation say what their code prints: it is run, all blocks of a page in
// order, in one process, in a folder that has the sample model and pictures in it. With
// OCTOLITE_UPDATE_DOCS=1, what they print is written into the pages; look at it before you commit.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ERROR_CODES, load, openDataset, readArray } from 'octolite';
import { dataFiles } from 'octolite/node';
import {
  commandsOf,
  isAsSaid,
  joinModules,
  readPage,
  readPages,
  type Block,
  type Page,
} from './support/doc_pages.mjs';
import { ROOT, SAMPLE, SAMPLE_MODEL, sampleModelBytes } from './support/files.js';
import { pngOf } from './support/make_files.js';
import { counterModel, modelOf, type TestTensor } from './support/make_models.js';

const SETUP = pathToFileURL(join(ROOT, 'tests/js/support/docs_setup.mjs')).href;
const COMMANDS = pathToFileURL(join(ROOT, 'tests/js/support/docs_commands.mjs')).href;
const MARK = '===== block';

// Side by side, so that each takes as long as all of them.
jest.setTimeout(180_000);

let templates: string;

/** Within the project, where 'octolite' is found. */
function temporaryFolder(): string {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  return mkdtempSync(join(ROOT, 'build/docs-'));
}

/** What every page finds in its folder. */
beforeAll(async () => {
  templates = temporaryFolder();
  const at = (name: string) => join(templates, name);
  copyFileSync(SAMPLE_MODEL, at('model.tflite'));
  copyFileSync(join(SAMPLE, 'labels.txt'), at('labels.txt'));
  copyFileSync(join(SAMPLE, 'calibration-images-idx4-ubyte.gz'), at('calibration.idx.gz'));
  copyFileSync(join(SAMPLE, 'evaluation-images-idx4-ubyte.gz'), at('pictures.idx.gz'));
  copyFileSync(join(SAMPLE, 'evaluation-labels-idx1-ubyte.gz'), at('labels.idx.gz'));

  const octolite = await load();
  const model = octolite.loadModel(sampleModelBytes());
  const files = await dataFiles([at('calibration.idx.gz')]);
  const { inputs } = octolite.inspect(model);
  const data = await openDataset(files, inputs, { range: [0, 1], limit: 16 });
  const recipe = 'static_wi8_ai8';
  const { bytes } = await octolite.quantize(model, { recipe, calibration: data });
  writeFileSync(at('int8.tflite'), bytes);

  mkdirSync(at('photos'));
  const [file] = files;
  const pictures = await readArray(file!);
  for (let i = 0; i < 8; ++i) {
    const size = 40 * 40 * 3;
    const values = [...(pictures.data.slice(i * size, (i + 1) * size) as Uint8Array)];
    const pixels = Array.from({ length: 40 * 40 }, (_, p) => values.slice(p * 3, p * 3 + 3));
    writeFileSync(
      at(`photos/${i}.png`),
      pngOf({ width: 40, height: 40, color: 2, depth: 8, pixels }),
    );
  }

  writeFileSync(at('counter.tflite'), counterModel());
  const float = (name: string): TestTensor => ({ name, type: 'float32', shape: [4] });
  const cube = { op: { custom: 'Cube' }, inputs: [0], outputs: [1] };
  const [x, y] = [float('x'), float('y')];
  const subgraph = { tensors: [x, y], inputs: [0], outputs: [1], operators: [cube] };
  writeFileSync(at('custom.tflite'), modelOf([subgraph]));
});

afterAll(() => {
  rmSync(templates, { recursive: true, force: true });
});

/** Runs a script. In production, as the pages are about other things than disposing of models. */
function runNode(
  script: string,
  cwd: string,
): Promise<{ stdout: string; stderr: string; status: number | null }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = spawn(process.execPath, [script], { cwd, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

const isRun = ({ language }: Block): boolean => language === 'js' || language === 'sh';

function programOf({ setup, blocks }: Page): string {
  const pieces = blocks.map(({ language, own, code }, i) => {
    const mark = `console.log(${JSON.stringify(`${MARK} ${i}`)});`;
    if (language === 'sh') {
      const calls = commandsOf(code).map(
        (words) => `await octolite__(...${JSON.stringify(words)})`,
      );
      return `${mark}\n${calls.join(';\n')};`;
    }
    return own ? `${mark}\n{\n${code}\n}` : `${mark}\n${code}`;
  });
  const names = setup.length > 0 ? `import { ${setup.join(', ')} } from '${SETUP}';\n` : '';
  const commands = `import { octolite as octolite__ } from '${COMMANDS}';\n`;
  return joinModules([names, commands, ...pieces]);
}

/** Writes what the blocks printed into the blocks of text below them that say something else. */
function updatePage(path: string, blocks: readonly Block[], printed: readonly string[]): void {
  let text = readFileSync(join(ROOT, path), 'utf8');
  for (const [i, { code, output }] of blocks.entries()) {
    if (output === undefined || isAsSaid(printed[i]!, output)) continue;
    const at = text.indexOf('```text\n', text.indexOf(code)) + '```text\n'.length;
    text = text.slice(0, at) + printed[i]! + text.slice(at + output.length);
  }
  writeFileSync(join(ROOT, path), text);
}

const pages = readPages().filter(({ blocks }) => blocks.some(isRun));

describe('what is said is printed', () => {
  const named = pages.map((page) => [page.path, page] as const);
  test.concurrent.each(named)('%s', async (_, page) => {
    const run = { ...page, blocks: page.blocks.filter(isRun) };
    const folder = temporaryFolder();
    try {
      cpSync(templates, folder, { recursive: true });
      writeFileSync(join(folder, 'page.mjs'), programOf(run));
      const { stdout, stderr, status } = await runNode('page.mjs', folder);
      const complaints = stderr.replaceAll(/^octolite: .*\n/gm, ''); // notes of the commands
      expect({ complaints, status }).toEqual({ complaints: '', status: 0 });
      const printed = stdout.split(/^===== block \d+\n/m).slice(1);
      expect(printed).toHaveLength(run.blocks.length);
      const where = (i: number) => `line ${run.blocks[i]!.line}`;
      if (process.env['OCTOLITE_UPDATE_DOCS']) updatePage(page.path, run.blocks, printed);
      // A command may print what the page does not show.
      const said = (i: number) =>
        run.blocks[i]!.output ?? (run.blocks[i]!.language === 'sh' ? printed[i]! : '');
      expect(printed.map((text, i) => [where(i), text])).toEqual(
        printed.map((text, i) => [where(i), isAsSaid(text, said(i)) ? text : said(i)]),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the reader of pages', () => {
  test('finds the words of commands', () => {
    const code = `npm install octolite\nnpx octolite run a.tflite --input 'x y' # as is\n`;
    expect(commandsOf(code)).toEqual([['run', 'a.tflite', '--input', 'x y']]);
    expect(commandsOf('octolite a \\\n  --b "c d"\n')).toEqual([['a', '--b', 'c d']]);
  });

  test('imports once what several blocks import', () => {
    const a = "import { b } from 'a';\nlet x = b;\n";
    expect(joinModules([a, "import { c, b } from 'a';\nx = c;\n"])).toBe(
      "import { b, c } from 'a';\n\nlet x = b;\n\n\nx = c;\n",
    );
  });

  test('tells what was said from what was not', () => {
    expect(isAsSaid('took 12 ms\n', 'took … ms\n')).toBe(true);
    expect(isAsSaid('took 12 ms\nmore\n', 'took … ms\n')).toBe(false);
    expect(isAsSaid('1.5\n', '1x5\n')).toBe(false);
    expect(isAsSaid('1x5\n', '1.5\n')).toBe(false);
  });
});

describe('docs/error-codes.md', () => {
  test('has a section for every code, whose example raises it', () => {
    const { text } = readPage('docs/error-codes.md');
    const sections = text.split(/^## /m).slice(1);
    const codes = sections.map((section) => section.split('\n', 1)[0]);
    expect(codes).toEqual([...ERROR_CODES]);
    for (const section of sections) {
      const [, code] = /^(\w+)\n/.exec(section)!;
      expect(section).toMatch(new RegExp(`^\`\`\`text\n${code}: `, 'm'));
      expect(section).toMatch(/^\*\*Cause\.\*\* ./m);
      expect(section).toMatch(/^\*\*Remedy\.\*\* ./m);
    }
  });
});
