// What commands read and write: patterns in paths, and outputs that appear whole or not at all.

import { describe, expect, jest, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expandPatterns } from '../../dist/node/globs.js';
import { octolite, octoliteBatch } from './support/cli.js';
import { refusal } from './support/errors.js';
import { inTemporaryFolder, SAMPLE_MODEL } from './support/files.js';
import { pngOf } from './support/make_files.js';

jest.setTimeout(120_000);

describe('patterns', () => {
  /** Files of a tree that a pattern names. */
  async function expand(names: readonly string[], ...patterns: string[]): Promise<string[]> {
    let found: string[] = [];
    await inTemporaryFolder(async (folder) => {
      for (const name of names) {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), '');
      }
      const paths = await expandPatterns(patterns.map((pattern) => `${folder}/${pattern}`));
      found = paths.map((path) => path.slice(folder.length + 1));
    });
    return found;
  }

  const TREE = [
    'a.png',
    'b.png',
    'c.jpg',
    '.hidden.png',
    'sub/d.png',
    'sub/deep/e.png',
    'x[1].npy',
  ];

  test.each([
    ['*.png', ['a.png', 'b.png']],
    ['?.*', ['a.png', 'b.png', 'c.jpg']],
    ['[ac].*', ['a.png', 'c.jpg']],
    ['[!a].png', ['b.png']],
    ['[^a-b].*', ['c.jpg']],
    ['{a,c}.{png,jpg}', ['a.png', 'c.jpg']],
    ['.*.png', ['.hidden.png']],
    ['*/*.png', ['sub/d.png']],
    ['**/*.png', ['a.png', 'b.png', 'sub/d.png', 'sub/deep/e.png']],
    ['sub/**', ['sub/d.png', 'sub/deep/e.png']],
    ['s*/**/e.*', ['sub/deep/e.png']],
    ['x[[]1].npy', ['x[1].npy']],
  ])('%s', async (pattern, expected) => {
    expect(await expand(TREE, pattern)).toEqual(expected);
  });

  test('a file of that very name comes first, and others stay as they are', async () => {
    expect(await expand(['x[1].npy', 'x1.npy'], 'x[1].npy', 'none.npy')).toEqual([
      'x[1].npy',
      'none.npy',
    ]);
    expect(await expand(['x1.npy', 'a{b.npy'], 'x[1].npy', 'a{b.npy')).toEqual([
      'x1.npy',
      'a{b.npy',
    ]);
    expect(await expandPatterns(['random:3'])).toEqual(['random:3']);
  });

  test('loops of links end, and what nothing matches is refused', async () => {
    await inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'a'));
      writeFileSync(join(folder, 'a/one.npy'), '');
      symlinkSync(folder, join(folder, 'a/loop'));
      expect(await expandPatterns([`${folder}/**/*.npy`])).toEqual([join(folder, 'a/one.npy')]);
      const { message } = await refusal(
        () => expandPatterns([`${folder}/*.npy`]),
        'INVALID_ARGUMENT',
      );
      expect(message).toContain('no file matches');
    });
  });

  test('in --data and --merge, relative to where one is', async () => {
    await inTemporaryFolder((folder) => {
      mkdirSync(join(folder, 'photos/more'), { recursive: true });
      const pixels = Array.from({ length: 1600 }, (_, i) => [i % 256, 0, 0]);
      const png = pngOf({ width: 40, height: 40, color: 2, pixels });
      for (const name of ['a', 'b', 'more/c'])
        writeFileSync(join(folder, `photos/${name}.png`), png);
      const calibrate = (...args: string[]) => ({ args: ['calibrate', ...args, '--json'] });
      const finished = octoliteBatch(
        [
          calibrate(SAMPLE_MODEL, '--data', 'photos/*.png', '-o', 's1.json'),
          calibrate(SAMPLE_MODEL, '--data', 'photos/**/c.png', '-o', 's2.json'),
          calibrate('--merge', 's?.json', '-o', 'all.json'),
          calibrate(SAMPLE_MODEL, '--data', 'photos/**/*.png', '-o', 'same.json'),
          calibrate(SAMPLE_MODEL, '--data', '*.wav', '-o', 'none.json'),
        ],
        { cwd: folder },
      );
      expect(finished.map(({ status }) => status)).toEqual([0, 0, 0, 0, 1]);
      expect(JSON.parse(finished[2]!.stdout)).toMatchObject({
        samples: 3,
        inputs: ['s1.json', 's2.json'],
      });
      expect(readFileSync(join(folder, 'all.json'))).toEqual(
        readFileSync(join(folder, 'same.json')),
      );
      expect(finished[4]!.stderr).toMatch(/no file matches \(\*\.wav\)/);
      return Promise.resolve();
    });
  });
});

const OLD = 'what was there before';
const RANDOM = ['--calibration', 'random:2'];

/** Every command that writes, with what comes before the name of its output. */
const WRITERS: Readonly<Record<string, string[]>> = {
  quantize: ['quantize', SAMPLE_MODEL, ...RANDOM, '-o'],
  'quantize --stream': ['quantize', SAMPLE_MODEL, '--recipe', 'float16', '--stream', '-o'],
  'quantize --report': ['quantize', SAMPLE_MODEL, ...RANDOM, '-o', 'q.tflite', '--model-explorer'],
  auto: ['auto', SAMPLE_MODEL, ...RANDOM, '--sqnr', '1', '-o'],
  'auto --save-recipe': [
    ...['auto', SAMPLE_MODEL, ...RANDOM, '--sqnr', '1', '-o', 'a.tflite', '--save-recipe'],
  ],
  compress: ['compress', SAMPLE_MODEL, '-o'],
  calibrate: ['calibrate', SAMPLE_MODEL, '--data', 'random:2', '-o'],
  compare: ['compare', SAMPLE_MODEL, SAMPLE_MODEL, '--data', 'random:2', '--model-explorer'],
  debug: [
    ...['debug', SAMPLE_MODEL, '--recipe', 'float16', '--data', 'random:1', '--no-suggestions'],
    '--model-explorer',
  ],
};
const NAMES = Object.keys(WRITERS);

/** Runs every writer with an output of this name; the folder's files afterwards must be these. */
async function refusedEverywhere(
  output: (folder: string) => string,
  message: RegExp,
  prepare: (folder: string) => void = () => undefined,
): Promise<void> {
  await inTemporaryFolder((folder) => {
    prepare(folder);
    const before = readdirSync(folder).sort();
    const lines = NAMES.map((name) => ({ args: [...WRITERS[name]!, output(folder)] }));
    octoliteBatch(lines, { cwd: folder }).forEach(({ status, stdout, stderr }, i) => {
      const last = stderr.trimEnd().split('\n').at(-1);
      expect([NAMES[i], status, stdout, last]).toEqual([
        ...[NAMES[i], 1, ''],
        expect.stringMatching(message),
      ]);
    });
    expect(readdirSync(folder).sort()).toEqual(before);
    return Promise.resolve();
  });
}

describe('outputs', () => {
  test('a file takes the place of the old one, with its permissions; links stay links', async () => {
    await inTemporaryFolder((folder) => {
      const at = (name: string): string => join(folder, name);
      NAMES.forEach((_, i) => writeFileSync(at(`${i}`), OLD));
      chmodSync(at('0'), 0o640);
      symlinkSync('1', at('link'));
      const lines = NAMES.map((name, i) => ({
        args: [...WRITERS[name]!, i === 1 ? 'link' : String(i)],
      }));
      const finished = octoliteBatch(lines, { cwd: folder });
      expect(finished.map(({ status }) => status)).toEqual(NAMES.map(() => 0));
      NAMES.forEach((name, i) => {
        expect([name, readFileSync(at(`${i}`), 'latin1') === OLD]).toEqual([name, false]);
      });
      expect(statSync(at('0')).mode & 0o777).toBe(0o640);
      expect(readFileSync(at('link'))).toEqual(readFileSync(at('1')));
      const others = ['a.tflite', 'link', 'q.tflite'];
      expect(readdirSync(folder).sort()).toEqual(
        [...NAMES.map((_, i) => `${i}`), ...others].sort(),
      );
      return Promise.resolve();
    });
  });

  test('one that is the input is refused by every command, by another name too', async () => {
    await refusedEverywhere(() => SAMPLE_MODEL, /overwrite the input/);
    await refusedEverywhere(
      (folder) => join(folder, 'link'),
      /overwrite the input/,
      (folder) => symlinkSync(SAMPLE_MODEL, join(folder, 'link')),
    );
  });

  test('a place that cannot be written is refused before the work begins', async () => {
    await refusedEverywhere(() => 'no/such/folder/out', /no such folder/);
    await refusedEverywhere((folder) => folder, /this is a folder/);
    const makeFile = (folder: string): void => writeFileSync(join(folder, 'file'), OLD);
    await refusedEverywhere(() => 'file/out', /not a folder/, makeFile);
  });

  const hasFull = existsSync('/dev/full');
  (hasFull ? test : test.skip)('a full disk', async () => {
    await refusedEverywhere(() => '/dev/full', /disk is full \(\/dev\/full\)/);
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  test('two outputs of one name', async () => {
    await inTemporaryFolder((folder) => {
      const args = [...WRITERS['quantize']!, 'x.json', '--report', 'x.json'];
      const [finished] = octoliteBatch([{ args }], { cwd: folder });
      expect(finished).toMatchObject({ status: 1, stdout: '' });
      expect(finished!.stderr).toMatch(/another output has the same name/);
      expect(readdirSync(folder)).toEqual([]);
      return Promise.resolve();
    });
  });

  test('run writes into a folder that it makes', async () => {
    await inTemporaryFolder((folder) => {
      writeFileSync(join(folder, 'file'), OLD);
      const run = (output: string) => ({ args: ['run', SAMPLE_MODEL, '--output', output] });
      const [made, refused] = octoliteBatch([run('new/results'), run('file')], { cwd: folder });
      expect(made!.status).toBe(0);
      expect(readdirSync(join(folder, 'new/results'))).toEqual(['probabilities.npy']);
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused!.stderr).toMatch(/cannot make the folder/);
      return Promise.resolve();
    });
  });

  test('- is standard output, with words on standard error', async () => {
    await inTemporaryFolder((folder) => {
      const args = (...more: string[]) => ({ args: ['compress', SAMPLE_MODEL, '-o', ...more] });
      const finished = octoliteBatch(
        [args('file'), args('-'), args('-', '--json'), { ...args('-'), terminal: 80 }],
        { cwd: folder },
      );
      expect(finished.map(({ status }) => status)).toEqual([0, 0, 2, 2]);
      expect(Buffer.from(finished[1]!.stdout, 'latin1')).toEqual(
        readFileSync(join(folder, 'file')),
      );
      expect(finished[1]!.stderr).toContain('-> -');
      expect(finished[2]!.stderr).toMatch(/both ask for standard output/);
      expect(finished[3]!.stderr).toMatch(/terminal/);
      expect(readdirSync(folder)).toEqual(['file']);
      return Promise.resolve();
    });
  });

  test('--jobs makes the same files', async () => {
    await inTemporaryFolder((folder) => {
      const make = (jobs: string) => [
        ['calibrate', SAMPLE_MODEL, '--data', 'random:7', '-o', `s${jobs}`, '--jobs', jobs],
        ['quantize', SAMPLE_MODEL, ...RANDOM, '-o', `q${jobs}`, '--jobs', jobs],
      ];
      const lines = ['1', '3'].flatMap(make).map((args) => ({ args }));
      const finished = octoliteBatch(lines, { cwd: folder });
      expect(finished.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
      for (const name of ['s', 'q']) {
        const [one, three] = ['1', '3'].map((jobs) => readFileSync(join(folder, name + jobs)));
        expect([name, one!.equals(three!)]).toEqual([name, true]);
      }
      const [refused] = octoliteBatch([{ args: [...lines[0]!.args, '--jobs', '0'] }]);
      expect(refused).toMatchObject({ status: 2, stdout: '' });
      return Promise.resolve();
    });
  });

  const LONG: Readonly<Record<string, string[]>> = {
    quantize: ['quantize', SAMPLE_MODEL, '--calibration', 'random:1000000', '-o'],
    auto: [...['auto', SAMPLE_MODEL, '--calibration', 'random:1000000', '--sqnr', '1', '-o']],
    calibrate: ['calibrate', SAMPLE_MODEL, '--data', 'random:1000000', '-o'],
    'calibrate --jobs': [
      ...['calibrate', SAMPLE_MODEL, '--data', 'random:1000000', '--jobs', '2', '-o'],
    ],
    compare: [
      ...['compare', SAMPLE_MODEL, SAMPLE_MODEL, '--data', 'random:1000000'],
      '--model-explorer',
    ],
    debug: [...['debug', SAMPLE_MODEL, '--calibration', 'random:1000000', '--model-explorer']],
  };

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the middle leaves the old file and no other', async (signal, expected) => {
    const outcomes = await Promise.all(
      Object.entries(LONG).map(async ([name, args]) => {
        let left: string[] = [];
        let content = '';
        let status: number | null = null;
        await inTemporaryFolder(async (folder) => {
          const out = join(folder, 'out');
          writeFileSync(out, OLD);
          const finished = await octolite([...args, out], {
            onStart: (kill) => {
              // When the temporary file is there, the work has begun.
              const timer = setInterval(() => {
                if (readdirSync(folder).length < 2) return;
                clearInterval(timer);
                setTimeout(() => kill(signal), 300);
              }, 20);
            },
          });
          ({ status } = finished);
          left = readdirSync(folder);
          content = readFileSync(out, 'utf8');
        });
        return { name, status, left, content };
      }),
    );
    expect(outcomes).toEqual(
      Object.keys(LONG).map((name) => ({ name, status: expected, left: ['out'], content: OLD })),
    );
  });
});
