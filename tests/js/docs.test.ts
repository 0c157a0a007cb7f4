// The pages in docs/ say what their code prints: it is run, all blocks of a page in order.

import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/files.js';

interface Block {
  code: string;
  /** What stands below it; undefined: it prints nothing. */
  output: string | undefined;
  line: number;
}

/** Blocks of JavaScript, each with the block of text that follows it, if one does. */
function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  for (const match of page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)) {
    const [, language, content] = match as unknown as [string, string, string];
    if (language === 'js') {
      const line = page.slice(0, match.index).split('\n').length;
      blocks.push({ code: content, output: undefined, line });
    } else if (language === 'text') {
      blocks.at(-1)!.output = content;
    }
  }
  return blocks;
}

const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));

describe.each(pages)('docs/%s', (name) => {
  const blocks = blocksOf(readFileSync(join(ROOT, 'docs', name), 'utf8'));

  test('prints what it says', () => {
    const mark = (i: number) => `===== block ${i}`;
    const program = blocks.map(
      ({ code }, i) => `console.log(${JSON.stringify(mark(i))});\n${code}`,
    );
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program.join('\n')],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const printed = stdout.split(/^===== block \d+\n/m).slice(1);
    expect(printed).toHaveLength(blocks.length);
    const where = (i: number) => `line ${blocks[i]!.line}`;
    expect(printed.map((text, i) => [where(i), text])).toEqual(
      blocks.map(({ output }, i) => [where(i), output ?? '']),
    );
  });
});
