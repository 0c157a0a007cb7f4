// What terminals get and files and pipes do not: colours, a progress bar, tables that fit.

import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ProgressBar } from '../../dist/node/progress_bar.js';
import { lookOf } from '../../dist/node/terminal.js';
import { octoliteBatch, type Finished } from './support/cli.js';
import { inTemporaryFolder, ROOT, SAMPLE_MODEL } from './support/files.js';

jest.setTimeout(60_000);

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/;
// eslint-disable-next-line no-control-regex
const STYLE = /\x1b\[\d+m/g;

const COMPARE = ['compare', SAMPLE_MODEL, SAMPLE_MODEL, '--data', 'random:3', '--per-layer'];
const plain = (text: string): string => text.replaceAll(STYLE, '');
const widest = (text: string): number =>
  Math.max(
    ...plain(text)
      .split('\n')
      .map((line) => line.length),
  );

describe('colours', () => {
  const terminal = { isTTY: true, columns: 80 };

  test.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['NO_COLOR that is empty', terminal, { NO_COLOR: '' }, true],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR before NO_COLOR', {}, { FORCE_COLOR: '', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ])('%s', (_name, screen, environment, expected) => {
    expect(lookOf(screen, environment).colours).toBe(expected);
  });
});

describe('in a process', () => {
  let wide: Finished;
  let narrow: Finished;
  let piped: Finished;
  let help: Finished;
  let json: Finished;
  let refused: Finished;

  beforeAll(() => {
    const lines = [
      { args: COMPARE, terminal: 300 },
      { args: COMPARE, terminal: 80 },
      { args: COMPARE },
      { args: ['run', '--help'], terminal: 100 },
      { args: [...COMPARE, '--json'], terminal: 100 },
      { args: ['inspect', 'none'], terminal: 100 },
    ];
    const env = { NO_COLOR: '', TERM: 'xterm' };
    [wide, narrow, piped, help, json, refused] = octoliteBatch(lines, { env }) as [
      ...[Finished, Finished, Finished],
      ...[Finished, Finished, Finished],
    ];
  });

  test('tables are as wide as the terminal at most, and say the same where it is wide', () => {
    expect(widest(wide.stdout)).toBeGreaterThan(90);
    expect(plain(wide.stdout)).toBe(piped.stdout);
    const tables = narrow.stdout.split('\n').filter((line) => line.startsWith('  '));
    expect(tables.length).toBeGreaterThan(15);
    expect(widest(tables.join('\n'))).toBeLessThanOrEqual(80);
    expect(narrow.stdout).toContain('…');
    expect(narrow.stdout.split('\n')).toHaveLength(wide.stdout.split('\n').length);
  });

  test('headings, help and refusals have colours, and JSON has none', () => {
    expect(wide.stdout).toContain('\x1b[1minside, in order of execution');
    expect(help.stdout).toContain('\x1b[1mExamples:\x1b[22m');
    expect(refused.stderr).toMatch(/^\x1b\[31moctolite:\x1b\[39m cannot read/); // eslint-disable-line no-control-regex
    expect(json.stdout).not.toMatch(CONTROL);
    expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
  });

  test('a bar shows the progress and goes away', () => {
    expect(wide.stderr).toMatch(/\r\x1b\[Kcomparing \[#+\] 3\/3/); // eslint-disable-line no-control-regex
    expect(wide.stderr.endsWith('\r\x1b[K')).toBe(true);
    expect(piped.stderr + piped.stdout).not.toMatch(CONTROL);
  });

  test('a dumb terminal gets neither', () => {
    const [dumb] = octoliteBatch([{ args: COMPARE, terminal: 100 }], {
      env: { TERM: 'dumb', NO_COLOR: '' },
    });
    expect(dumb!.status).toBe(0);
    expect(dumb!.stderr + dumb!.stdout).not.toMatch(CONTROL);
  });
});

describe('the progress bar', () => {
  /** The last line that it draws on a terminal of this width. */
  function draw(columns: number, progress: Parameters<ProgressBar['update']>[0]): string {
    let drawn = '';
    const stream = { isTTY: true, columns, write: (text: string) => (drawn = text) };
    new ProgressBar(stream as unknown as NodeJS.WriteStream).update(progress);
    return drawn.replace('\r\x1b[K', '');
  }

  test('says how far the task is, and how long the rest takes', () => {
    const half = { stage: 'calibrate', done: 50, total: 100 } as const;
    expect(draw(100, half)).toBe('calibrating [###############...............] 50/100');
    expect(draw(100, { ...half, remainingMs: 4200 })).toMatch(/ 50\/100, 5 s left$/);
    expect(draw(100, { ...half, remainingMs: 95_000 })).toMatch(/, 1 min 35 s left$/);
    expect(draw(100, { ...half, remainingMs: 7_500_000 })).toMatch(/, 2 h 5 min left$/);
    expect(draw(100, { stage: 'evaluate', done: 7 })).toBe('evaluating 7');
  });

  test('never wraps', () => {
    for (const columns of [10, 20, 40, 50, 60, 80]) {
      const progress = { stage: 'sensitivity', done: 3, total: 90, remainingMs: 1e6 } as const;
      expect(draw(columns, progress).length).toBeLessThan(columns);
    }
  });
});

const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux');
(hasScript ? describe : describe.skip)('in a real terminal of 80 columns', () => {
  /** What a terminal shows: both streams. */
  function show(environment: Record<string, string>, args: readonly string[]): string {
    const words = [process.execPath, join(ROOT, 'dist/node/cli.js'), ...args];
    const line = `stty cols 80; ${words.map((word) => `'${word}'`).join(' ')}`;
    const { status, stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
      env: { ...process.env, NO_COLOR: '', TERM: 'xterm', SHELL: '/bin/sh', ...environment },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(status).toBe(0);
    return stdout;
  }

  test('colours, a bar and narrow tables', () => {
    const shown = show({}, COMPARE);
    expect(shown).toContain('\x1b[1minside');
    expect(shown).toContain('3/3');
    const rows = plain(shown)
      .split(/\r?\n|\r/)
      .filter((line) => line.startsWith('  '));
    expect(rows.length).toBeGreaterThan(15);
    expect(widest(rows.join('\n'))).toBeLessThanOrEqual(80);
    expect(show({ NO_COLOR: '1' }, ['--help'])).not.toMatch(STYLE);
  });
});

test('what is piped has no control characters', async () => {
  await inTemporaryFolder((folder) => {
    const cli = join(ROOT, 'dist/node/cli.js');
    const calibration = ['--calibration', 'random:3'];
    const args = [cli, 'quantize', SAMPLE_MODEL, '-o', join(folder, 'x'), ...calibration];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout + stderr).not.toMatch(CONTROL);
    return Promise.resolve();
  });
});
