import { describe, expect, jest, test } from '@jest/globals';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, parseNpy, recipe, resampleSound, VERSION, type ModelReport } from 'octolite';
import { COMMANDS } from '../../dist/node/commands/index.js';
import { octolite, octoliteBatch, type Finished } from './support/cli.js';
import { inTemporaryFolder, SAMPLE, SAMPLE_MODEL, sampleModelBytes } from './support/files.js';
import { pngOf, wavOf } from './support/make_files.js';
import { counterModel, modelOf, type TestTensor } from './support/make_models.js';

// Every step is a process of its own.
jest.setTimeout(180_000);

const IMAGES = join(SAMPLE, 'evaluation-images-idx4-ubyte.gz');
const LABELS = join(SAMPLE, 'evaluation-labels-idx1-ubyte.gz');
const CALIBRATION = join(SAMPLE, 'calibration-images-idx4-ubyte.gz');
const COMMAND_NAMES = Object.keys(COMMANDS);

function json<T>({ status, stdout, stderr }: Finished): T {
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

/** Expects a refusal: this status, nothing on standard output, one line (two for wrong usage). */
function refused({ status, stdout, stderr }: Finished, expected: 1 | 2, message: RegExp): void {
  expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(expected);
  expect(lines[0]).toMatch(/^octolite: /);
  expect(lines[0]).toMatch(message);
}

/** The same for several, in one process. */
function allRefused(...lines: [args: string[], expected: 1 | 2, message: RegExp][]): void {
  const finished = octoliteBatch(lines.map(([args]) => ({ args })));
  lines.forEach(([, expected, message], i) => refused(finished[i]!, expected, message));
}

describe('help', () => {
  test('lists the commands, and each has its own with examples', async () => {
    const [main, same, ...each] = octoliteBatch([
      { args: ['--help'] },
      { args: ['help', 'run'] },
      ...COMMAND_NAMES.map((command) => ({ args: [command, '--help'] })),
    ]);
    expect(main!.status).toBe(0);
    COMMAND_NAMES.forEach((command, i) => {
      const help = each[i]!;
      expect(main!.stdout).toContain(`  ${command} `);
      expect(help).toMatchObject({ status: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: octolite ${command}`);
      expect(help.stdout).toContain('Examples:');
      expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThan(101);
    });
    expect(same!.stdout).toBe(each[COMMAND_NAMES.indexOf('run')]!.stdout);
    expect(await octolite(['--version'])).toMatchObject({ status: 0, stdout: `${VERSION}\n` });
  });

  test('wrong usage ends with status 2 and says what is wrong', async () => {
    expect((await octolite([])).status).toBe(2);
    refused(await octolite(['shrink']), 2, /no command 'shrink'/);
    allRefused(
      [['inspect'], 2, /inspect takes MODEL/],
      [['inspect', 'a', 'b'], 2, /no 'b'/],
      [['doctor', 'a'], 2, /doctor takes no 'a'/],
      [['inspect', 'a', '--colour'], 2, /--colour/],
      [['quantize', 'a'], 2, /-o OUT/],
      [['quantize', 'a', '-o', 'b', '--io', 'int4'], 2, /float32, int8, uint8 or/],
      [['bench', 'a', '--runs', '0'], 2, /--runs takes a whole number/],
      [['run', 'a', '--range', '1'], 2, /--range takes two numbers/],
      // A value that begins with a dash is a value.
      [['run', 'a', '--range', '-1,1'], 1, /no such file/],
    );
  });
});

describe('calibrate', () => {
  test('saves statistics that merge to those of all samples, and that quantize takes', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = (name: string) => join(folder, name);
      const learn = (name: string, ...options: string[]) =>
        octolite(['calibrate', SAMPLE_MODEL, '--data', CALIBRATION, '-o', file(name), ...options]);
      const { convergence, ...report } = json<{ convergence: object; samples: number }>(
        await learn('all.json', '--limit', '12', '--range', '0,1', '--json'),
      );
      expect(convergence).toMatchObject({ samples: 12 });
      expect(report).toMatchObject({ samples: 12, output: file('all.json') });
      const { stdout } = await learn('a.json', '--limit', '5');
      expect(stdout).toMatch(/stable after \d of 5 samples/);
      await learn('b.json', '--skip', '5', '--limit', '7');
      const merge = ['calibrate', '--merge', file('b.json'), file('a.json'), '-o', file('ab.json')];
      expect((await octolite(merge)).status).toBe(0);
      expect(readFileSync(file('ab.json'), 'utf8')).toBe(readFileSync(file('all.json'), 'utf8'));

      const quantize = (calibration: string, ...options: string[]) =>
        octolite([
          'quantize',
          SAMPLE_MODEL,
          '-o',
          file('q'),
          '--calibration',
          calibration,
          ...options,
        ]);
      const result = await quantize(file('all.json'), '--observer', 'mse', '--json');
      expect((JSON.parse(result.stdout) as { samples: number }).samples).toBe(12);
      refused(
        await quantize(file('all.json'), '--observer', 'moving_average'),
        1,
        /no moving average .* save them with moving averages/,
      );
      refused(await quantize(file('all.json'), '--calibration', 'x.npy'), 2, /not both/);
      writeFileSync(file('bad.json'), '{"format": "other"}');
      refused(await quantize(file('bad.json')), 1, /'format' is not .*bad\.json/);
    });
  });

  test('wrong usage', () => {
    allRefused(
      [['calibrate', 'a', '-o', 'b'], 2, /--data PATH/],
      [['calibrate', 'a', '--data', 'b'], 2, /-o STATS/],
      [['calibrate', 'a', 'b', '--data', 'c', '-o', 'd'], 2, /no 'b'/],
      [['calibrate', '--merge', 'a', '--data', 'c', '-o', 'd'], 2, /no --data/],
      [['calibrate', '--merge', '-o', 'd'], 2, /calibrate takes/],
    );
  });
});

describe('inspect', () => {
  test('for people and for programs', async () => {
    const { status, stdout, stderr } = await octolite(['inspect', SAMPLE_MODEL, '--operators']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('float32');
    expect(stdout).toContain('DEPTHWISE_CONV_2D');
    const inspection = json<{ inputs: unknown[]; subgraphs: unknown[] }>(
      await octolite(['inspect', SAMPLE_MODEL, '--json']),
    );
    expect(inspection.inputs).toHaveLength(1);
    expect(inspection.subgraphs).toHaveLength(1);
  });

  test('refuses what is no model in one line', async () => {
    await inTemporaryFolder(async (folder) => {
      const text = join(folder, 'notes.txt');
      writeFileSync(text, 'These are notes.\n');
      refused(await octolite(['inspect', text]), 1, /./);
      const cut = join(folder, 'cut.tflite');
      writeFileSync(cut, sampleModelBytes().subarray(0, 30000));
      refused(await octolite(['inspect', cut]), 1, /./);
      refused(await octolite(['inspect', join(folder, 'none')]), 1, /no such file \(.*none\)/);
      refused(await octolite(['inspect', folder]), 1, /folder/);
      const { status, stdout } = await octolite(['inspect', text, '--json']);
      expect(status).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INVALID_MODEL' } });
    });
  });
});

describe('quantize, evaluate and compare', () => {
  test('make a small model that is as good', async () => {
    await inTemporaryFolder(async (folder) => {
      const small = join(folder, 'small.tflite');
      const report = json<{ bytesAfter: number; samples: number; recipe: string }>(
        await octolite(
          ['quantize', SAMPLE_MODEL, '-o', small, '--calibration', CALIBRATION]
            .concat(['--recipe', 'static_wi8_ai8', '--io', 'int8', '--range', '0,1'])
            .concat(['--observer', 'percentile', '--percentile', '99.999', '--json']),
        ),
      );
      expect(report).toMatchObject({ samples: 96, recipe: 'static_wi8_ai8' });
      expect(readFileSync(small)).toHaveLength(report.bytesAfter);
      expect(readdirSync(folder)).toEqual(['small.tflite']);

      const data = ['--data', IMAGES, '--labels', LABELS, '--json', '--limit', '200'];
      const before = json<{ top1: number; samples: number }>(
        await octolite(['evaluate', SAMPLE_MODEL, '--range', '0,1', ...data]),
      );
      const after = json<{ top1: number }>(await octolite(['evaluate', small, ...data]));
      expect(before.samples).toBe(200);
      expect(Math.abs(before.top1 - after.top1)).toBeLessThanOrEqual(0.02);

      const compared = json<{ outputs: { sqnrDb: number }[]; layers: unknown[] }>(
        await octolite(
          ['compare', SAMPLE_MODEL, small, '--data', IMAGES, '--limit', '5', '--per-layer'].concat([
            ...['--json', '--range', '0,1'],
          ]),
        ),
      );
      expect(compared.outputs[0]!.sqnrDb).toBeGreaterThan(15);
      expect(compared.layers.length).toBeGreaterThan(5);

      refused(
        await octolite(['quantize', small, '-o', join(folder, 'x'), '--recipe', 'float16']),
        1,
        /quantized/,
      );
      expect(readdirSync(folder)).toEqual(['small.tflite']);
    });
  });

  test('random calibration warns loudly', async () => {
    await inTemporaryFolder(async (folder) => {
      const out = join(folder, 'out.tflite');
      const { status, stdout, stderr } = await octolite([
        ...['quantize', SAMPLE_MODEL, '-o', out, '--calibration', 'random:2'],
      ]);
      expect(status).toBe(0);
      expect(stderr).toContain('WARNING: calibrating with random data');
      // The output is no terminal, so there is no progress bar.
      expect(stderr).not.toContain('\r');
      expect(stdout).toContain('2 random samples');
    });
  });

  test('recipes come from files, and keep-float is heard', async () => {
    await inTemporaryFolder(async (folder) => {
      const out = join(folder, 'out.tflite');
      const file = join(folder, 'recipe.json');
      writeFileSync(file, JSON.stringify(recipe('dynamic_wi8_afp32')));
      const run = (...more: string[]) =>
        octolite(['quantize', SAMPLE_MODEL, '-o', out, '--recipe', file, '--json', ...more]);
      const modes = ({ operators }: { operators: { mode: string }[] }) =>
        new Set(operators.map(({ mode }) => mode));
      expect(modes(json(await run()))).toContain('dynamic');
      expect(modes(json(await run('--keep-float', '.')))).toEqual(new Set(['float']));
      const bits = JSON.stringify(recipe('dynamic_wi8_afp32')).replace(
        /"num_bits":8/,
        '"num_bits":3',
      );
      writeFileSync(file, bits);
      const refusal = await run();
      expect(refusal.status).toBe(1);
      expect(refusal.stderr).toContain('weights of 3 bits');
      refused(
        await octolite(['quantize', SAMPLE_MODEL, '-o', out, '--recipe', 'int3']),
        1,
        /neither a recipe nor a file/,
      );
    });
  });

  test('nothing is left behind by a refusal', async () => {
    await inTemporaryFolder((folder) => {
      const image = join(folder, 'wide.png');
      const pixels = Array.from({ length: 6 }, () => [0]);
      writeFileSync(image, pngOf({ width: 3, height: 2, color: 0, pixels }));
      const quantize = ['quantize', SAMPLE_MODEL, '-o', join(folder, 'out.tflite')];
      const calibration = [...quantize, '--recipe', 'static_wi8_ai8', '--calibration'];
      allRefused(
        [[...quantize, '--recipe', 'static_wi8_ai8'], 1, /calibrat/i],
        [[...calibration, image], 1, /3 x 2 .* 40 x 40/],
        [[...calibration, join(folder, 'none.npy')], 1, /no such file/],
      );
      expect(readdirSync(folder)).toEqual(['wide.png']);
      return Promise.resolve();
    });
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? test.skip : test)('an unwritable folder is noticed at once', async () => {
    await inTemporaryFolder(async (folder) => {
      chmodSync(folder, 0o500);
      const out = join(folder, 'out.tflite');
      refused(
        await octolite(['quantize', SAMPLE_MODEL, '-o', out, '--recipe', 'float16']),
        1,
        /permission denied/,
      );
    });
  });
});

describe('reports', () => {
  test('quantize, compare and debug write them', async () => {
    await inTemporaryFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      const readJson = <T>(name: string) => JSON.parse(readFileSync(at(name), 'utf8')) as T;
      const data = ['--calibration', CALIBRATION, '--range', '0,1', '--limit', '6'];
      const made = json<{ coverage: { fullyInteger: boolean } }>(
        await octolite([
          ...['quantize', SAMPLE_MODEL, '-o', at('small.tflite'), '--recipe', 'static_wi8_ai8'],
          ...[...data, '--io', 'int8', '--json'],
          ...['--report', at('q.html'), '--report', at('q.json')],
        ]),
      );
      expect(made.coverage.fullyInteger).toBe(true);
      expect(readFileSync(at('q.html'), 'utf8')).toContain('Fully integer: <strong>yes</strong>');
      expect(readJson<ModelReport>('q.json')).toMatchObject({
        recipe: 'static_wi8_ai8',
        samples: 6,
        before: { name: 'shapes.tflite', kind: 'float32' },
        after: { name: 'small.tflite', kind: 'full int8' },
      });

      const compared = await octolite([
        ...['compare', SAMPLE_MODEL, at('small.tflite'), '--data', IMAGES, '--range', '0,1'],
        ...['--limit', '3', '--per-layer', '--model-explorer', at('nodes.json')],
      ]);
      expect(compared.status).toBe(0);
      expect(compared.stdout).toMatch(/CONV_2D block0\/conv +int8 +\d/);
      const nodes = readJson<{ results: object }>('nodes.json');
      expect(Object.keys(nodes.results)).toContain('block0/conv');

      const debugged = await octolite([
        ...['debug', SAMPLE_MODEL, ...data, '--samples', '2', '--no-suggestions'],
        ...['--report', at('d.json')],
      ]);
      expect(debugged.status).toBe(0);
      expect(debugged.stdout).toMatch(/17 +SOFTMAX +\d+\.\d +\d+\.\d +\d+\.\d\d % +probabilities/);
      expect(readJson<ModelReport>('d.json').layers[0]!.aloneSqnrDb).toBeGreaterThan(20);
    });
  });

  test('refusals leave nothing behind', async () => {
    await inTemporaryFolder(async (folder) => {
      const report = ['--report', join(folder, 'a.html'), '--report', join(folder, 'a.pdf')];
      refused(
        await octolite(['compare', SAMPLE_MODEL, SAMPLE_MODEL, ...report]),
        2,
        /ends in \.html or \.json/,
      );
      refused(await octolite(['debug', SAMPLE_MODEL, '--recipe', 'static_wi8_ai8']), 2, /calib/);
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});

describe('run', () => {
  test('reads and writes npy', async () => {
    await inTemporaryFolder(async (folder) => {
      const input = join(folder, 'in.npy');
      writeFileSync(input, encodeNpy(new Float32Array(4800).fill(0.5), [1, 40, 40, 3]));
      const results = join(folder, 'results');
      interface Run {
        outputs: { file: string; values: number[]; shape: number[]; max: number }[];
      }
      const { outputs } = json<Run>(
        await octolite([
          ...['run', SAMPLE_MODEL, '--input', `image=${input}`, '--output', results, '--json'],
        ]),
      );
      const [output] = outputs;
      expect(output!.shape).toEqual([1, 16]);
      expect(Math.max(...output!.values)).toBe(output!.max);
      const written = parseNpy(readFileSync(output!.file));
      expect(Array.from(written.data as Float32Array)).toEqual(output!.values);

      const reference = json<Run>(
        await octolite([
          'run',
          SAMPLE_MODEL,
          '--input',
          input,
          '--json',
          '--arithmetic',
          'reference',
        ]),
      );
      expect(reference.outputs[0]!.values).toHaveLength(16);
      refused(await octolite(['run', SAMPLE_MODEL, '--input', `x=${input}`]), 2, /NAME=FILE/);
      refused(await octolite(['run', SAMPLE_MODEL, '--input', IMAGES]), 1, /480 samples/);
    });
  });

  test('a sound, at the rate that the model takes', async () => {
    await inTemporaryFolder(async (folder) => {
      const model = join(folder, 'twice.tflite');
      const tensor = (name: string) => ({ name, type: 'float32' as const, shape: [4] });
      const operators = [{ op: 'add' as const, inputs: [0, 0], outputs: [1] }];
      const tensors = [tensor('x'), tensor('y')];
      writeFileSync(model, modelOf([{ tensors, inputs: [0], outputs: [1], operators }]));
      const sound = join(folder, 'sound.wav');
      const samples = Float32Array.of(0.5, 0.25, -0.5, 0.25);
      writeFileSync(sound, wavOf({ sampleRate: 8000, channels: 2, samples }));
      const run = ['run', model, '--input', sound];
      const { outputs } = json<{ outputs: { values: number[] }[] }>(
        await octolite([...run, '--sample-rate', '16000', '--json']),
      );
      const expected = resampleSound(Float32Array.of(0.375, -0.125), 8000, 16000);
      expect(outputs[0]!.values).toEqual(Array.from(expected, (value) => 2 * value));
      refused(await octolite(run), 1, /2 samples where the input takes 4/);
      refused(await octolite([...run, '--sample-rate', '0']), 2, /--sample-rate/);
    });
  });

  test('a signature, by the names of its inputs and outputs', async () => {
    await inTemporaryFolder(async (folder) => {
      const model = join(folder, 'counter.tflite');
      writeFileSync(model, counterModel());
      const amount = join(folder, 'amount.npy');
      writeFileSync(amount, encodeNpy(new Float32Array([5]), []));
      const run = ['run', model, '--signature'];
      const input = ['--input', `amount=${amount}`];
      interface Run {
        outputs: { name: string; values: number[]; file?: string }[];
      }
      const results = join(folder, 'results');
      const { outputs } = json<Run>(
        await octolite([...run, 'add', ...input, '--output', results, '--json']),
      );
      expect(outputs).toMatchObject([
        { name: 'total', values: [15] },
        { name: 'same', values: [15] },
      ]);
      expect(readdirSync(results).sort()).toEqual(['same.npy', 'total.npy']);
      expect(parseNpy(readFileSync(outputs[0]!.file!))).toEqual({
        shape: [],
        data: new Float32Array([15]),
      });
      const read = json<Run>(await octolite([...run, 'read', '--json']));
      expect(read.outputs).toMatchObject([{ name: 'total', values: [10] }]);
      refused(await octolite([...run, 'write']), 1, /no signature 'write'; it has add, read/);
      refused(await octolite([...run, 'add', '--input', `x=${amount}`]), 2, /inputs are amount/);
      const { stdout } = await octolite(['inspect', model]);
      expect(stdout).toContain('signature add: (amount) -> (total, same)');
    });
  });

  test('strings are shown, and written as NumPy has them', async () => {
    await inTemporaryFolder(async (folder) => {
      const model = join(folder, 'words.tflite');
      writeFileSync(
        model,
        modelOf([
          {
            tensors: [{ name: 'word', type: 'string', shape: [2] }],
            inputs: [0],
            outputs: [0],
            operators: [],
          },
        ]),
      );
      const args = ['run', model, '--output', folder, '--json'];
      const { status, stdout, stderr } = await octolite(args);
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: "octolite: random values of seed 1 for 'word'\n",
      });
      expect(JSON.parse(stdout)).toMatchObject({
        outputs: [{ dtype: 'string', values: ['', ''] }],
      });
      expect(readFileSync(join(folder, 'word.npy')).toString('latin1')).toContain("'<U1'");
      expect((await octolite(['run', model])).stdout).toContain("values '', ''");
    });
  });

  test('operators that cannot run are named in one line', async () => {
    await inTemporaryFolder(async (folder) => {
      const model = join(folder, 'custom.tflite');
      const tensors = ['a', 'b', 'c'].map((name): TestTensor => {
        return { name, type: 'float32', shape: [1] };
      });
      const operators = ['FlexErf', 'Mine'].map((custom, i) => {
        return { op: { custom }, inputs: [i], outputs: [i + 1] };
      });
      writeFileSync(model, modelOf([{ tensors, inputs: [0], outputs: [2], operators }]));
      const message = /cannot run 'FlexErf' \(operator 0\), 'Mine' \(operator 1\)/;
      refused(await octolite(['run', model]), 1, message);
      refused(await octolite(['bench', model]), 1, message);
      const { status, stdout } = await octolite(['inspect', model]);
      expect(status).toBe(0);
      expect(stdout).toContain('cannot run: FlexErf, Mine');
    });
  });

  test('random inputs follow the seed', async () => {
    const values = async (seed: string) =>
      json<{ outputs: { values: number[] }[] }>(
        await octolite(['run', SAMPLE_MODEL, '--seed', seed, '--json']),
      ).outputs[0]!.values;
    expect(await values('7')).toEqual(await values('7'));
    expect(await values('7')).not.toEqual(await values('8'));
  });
});

describe('bench', () => {
  test('tells the time of the whole and of each operator', async () => {
    interface Bench {
      runs: number;
      medianMs: number;
      operators: { ms: number }[];
      runtime: { variant: string };
    }
    const report = json<Bench>(
      await octolite(['bench', SAMPLE_MODEL, '--runs', '3', '--profile', '--json']),
    );
    expect(report.runs).toBe(3);
    expect(report.medianMs).toBeGreaterThan(0);
    expect(report.operators).toHaveLength(18);
    const { stdout } = await octolite(['bench', SAMPLE_MODEL, '--runs', '3']);
    expect(stdout).toContain('median');
    expect(stdout).toContain(report.runtime.variant);
  });
});
