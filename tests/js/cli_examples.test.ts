// The examples of every command's help, run on the sample model, and their JSON held against the
// schemas in docs/.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import { encode } from 'jpeg-js';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy, recipe } from 'octolite';
import { COMMANDS } from '../../dist/node/commands/index.js';
import { octolite, octoliteBatch, type BatchLine, type Finished } from './support/cli.js';
import { ROOT, SAMPLE, SAMPLE_MODEL } from './support/files.js';
import { latin1, pngOf, zipOf } from './support/make_files.js';
import { modelOf, type TestTensor } from './support/make_models.js';

jest.setTimeout(180_000);

const SIZE = 40;
const SCHEMAS = join(ROOT, 'docs/schemas');
/** Also the order in which the examples are run: some take what others made. */
const ORDER = Object.keys(COMMANDS);

let folder: string;
const at = (name: string): string => join(folder, name);

/** Pictures, every one different. */
function pixels(count: number): Float32Array {
  return Float32Array.from({ length: count * SIZE * SIZE * 3 }, (_, i) => ((i * 37) % 256) / 255);
}

/** Two inputs, and a signature with one of them. */
function modelWithTwoInputs(): Uint8Array {
  const tensor = (name: string): TestTensor => ({ name, type: 'float32', shape: [4] });
  const constant = { ...tensor('one'), data: new Uint8Array(new Float32Array(4).buffer) };
  return modelOf(
    [
      {
        tensors: ['ids', 'mask', 'sum'].map(tensor),
        inputs: [0, 1],
        outputs: [2],
        operators: [{ op: 'add', inputs: [0, 1], outputs: [2] }],
      },
      {
        tensors: [tensor('x'), constant, tensor('y')],
        inputs: [0],
        outputs: [2],
        operators: [{ op: 'add', inputs: [0, 1], outputs: [2] }],
      },
    ],
    [{ key: 'encode', subgraph: 1, inputs: { ids: 0 }, outputs: { code: 2 } }],
  );
}

/** The files that the examples name. */
function makeFiles(): void {
  const npy = (count: number): Uint8Array => encodeNpy(pixels(count), [count, SIZE, SIZE, 3]);
  copyFileSync(SAMPLE_MODEL, at('model.tflite'));
  for (const name of ['images-idx4-ubyte.gz', 'labels-idx1-ubyte.gz']) {
    copyFileSync(join(SAMPLE, `evaluation-${name}`), at(name));
  }
  mkdirSync(at('photos/more'), { recursive: true });
  const picture = Array.from({ length: 48 * 44 }, (_, i) => [i % 256, (i * 7) % 256, 9]);
  const png = pngOf({ width: 48, height: 44, color: 2, pixels: picture });
  for (const name of ['a.png', 'b.png', 'more/c.png']) writeFileSync(at(`photos/${name}`), png);
  const rgba = Uint8Array.from(picture.flatMap((pixel) => [...pixel, 255]));
  writeFileSync(at('cat.jpg'), encode({ width: 48, height: 44, data: rgba }, 90).data);
  writeFileSync(at('samples.npy'), npy(8));
  writeFileSync(at('samples.npz'), zipOf([{ name: 'image.npy', content: npy(4) }]));
  writeFileSync(at('image.npy'), npy(1));
  writeFileSync(at('images.npy'), npy(8));
  writeFileSync(
    at('labels.npy'),
    encodeNpy(
      Int32Array.from({ length: 8 }, (_, i) => i),
      [8],
    ),
  );
  writeFileSync(at('my_recipe.json'), JSON.stringify(recipe('static_wi8_ai8')));
  writeFileSync(at('two.tflite'), modelWithTwoInputs());
  for (const name of ['ids', 'mask']) {
    writeFileSync(at(`${name}.npy`), encodeNpy(new Float32Array(4), [4]));
  }
}

/** The words of a command line, as a shell splits it. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

interface Example {
  command: string;
  line: string;
}

// An example may be of a command that goes together with the one that it stands with.
const ALL: Example[] = ORDER.flatMap((name) =>
  COMMANDS[name]!.examples.map((line) => ({ command: wordsOf(line)[1]!, line })),
);
/** Those that need a shell, or do not end by themselves, are tried elsewhere. */
const OWN = ALL.filter(({ command, line }) => command !== 'serve' && !/[|>]/.test(line));

/** The schema with objects that may have no other fields than it knows. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, closed(one)]));
  return 'properties' in copy && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}

const ajv = new Ajv({ allowUnionTypes: true, allErrors: true });

function complaints(command: string, output: unknown): string[] {
  const path = join(SCHEMAS, `${command}.schema.json`);
  const schema = closed(JSON.parse(readFileSync(path, 'utf8'))) as AnySchemaObject;
  // A property called "additionalProperties" would be closed too; there is none.
  const validate = ajv.compile(schema);
  if (validate(output)) return [];
  return validate.errors!.map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'octolite-'));
  makeFiles();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples', () => {
  let finished: Finished[];

  const withJson = ({ command, line }: Example): BatchLine => {
    const [program, ...args] = wordsOf(line);
    expect(program).toBe('octolite');
    return { args: COMMANDS[command]!.json ? [...args, '--json'] : args };
  };

  beforeAll(() => {
    // What other examples begin with.
    const made = ['-o', 'int8.tflite', '--calibration', 'samples.npy', '--io', 'int8'];
    const first = { args: ['quantize', 'model.tflite', ...made] };
    const [ready, ...rest] = octoliteBatch([first, ...OWN.map(withJson)], { cwd: folder });
    expect(ready!.status).toBe(0);
    finished = rest;
  });

  test.each(OWN.map(({ command, line }, i) => [line, command, i] as const))(
    '%s',
    (_line, command, i) => {
      const { status, stdout, stderr } = finished[i]!;
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      if (!COMMANDS[command]!.json) return;
      expect(complaints(command, JSON.parse(stdout))).toEqual([]);
    },
  );

  test('each writes what it says', () => {
    const outputs = [...ALL.map(({ line }) => / -o (\S+)/.exec(line)?.[1])].filter(
      (name) => name !== undefined && name !== '-',
    );
    expect(outputs.length).toBeGreaterThan(10);
    for (const name of [...outputs, 'results/probabilities.npy', 'report.html', 'debug.html']) {
      expect([name, existsSync(at(name!))]).toEqual([name, true]);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('those with pipes and redirections run in a shell', () => {
    const lines = ALL.filter(({ line }) => /[|>]/.test(line)).map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(0);
    const cli = `octolite() { "${process.execPath}" "${join(ROOT, 'dist/node/cli.js')}" "$@"; }`;
    const script = [cli, 'set -e -o pipefail', ...lines].join('\n');
    const { status, stdout } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const unpacked = spawnSync('gzip', ['-dc', at('small.tflite.gz')], { maxBuffer: 2 ** 24 });
    expect(unpacked.stdout.equals(readFileSync(at('small.tflite')))).toBe(false);
    expect(unpacked.stdout.subarray(4, 8).toString()).toBe('TFL3');
  });
});

describe('schemas', () => {
  test('refusals and other variations of every command', () => {
    writeFileSync(at('bad'), latin1('These are notes.'));
    const withData = ['--data', 'samples.npy'];
    const lines: [string, number, ...string[]][] = [
      ['inspect', 1, 'bad'],
      ['quantize', 1, 'bad', '-o', 'x'],
      ['auto', 1, 'bad', '-o', 'x', '--calibration', 'samples.npy', '--sqnr', '1'],
      ['compress', 1, 'bad', '-o', 'x'],
      ['calibrate', 1, 'bad', '-o', 'x', ...withData],
      ['run', 1, 'bad'],
      ['compare', 1, 'bad', 'bad', ...withData],
      ['debug', 1, 'bad', '--recipe', 'float16'],
      ['evaluate', 1, 'bad', ...withData, '--labels', 'labels.npy'],
      ['bench', 1, 'none'],
      ['quantize', 0, 'model.tflite', '-o', 'y', '--recipe', 'float16', '--stream'],
      ...[
        ['edgetpu'],
        ['litert', '--recover', 'bias'],
        ['tflite-micro', '--prune', '0.5', '--cluster', '16', '--micro-compress'],
      ].map((more): [string, number, ...string[]] => [
        ...(['quantize', 0, 'model.tflite', '-o', 'y', '--calibration', 'samples.npy'] as const),
        ...['--target', ...more],
      ]),
      ['run', 0, 'two.tflite', '--output', 'results'],
    ];
    const finished = octoliteBatch(
      lines.map(([command, , ...args]) => ({ args: [command, ...args, '--json'] })),
      { cwd: folder },
    );
    lines.forEach(([command, expected], i) => {
      const { status, stdout, stderr } = finished[i]!;
      expect({ command, status, stderr }).toEqual({
        command,
        status: expected,
        stderr: expected === 0 ? expect.any(String) : expect.stringMatching(/^octolite: .*\n$/),
      });
      expect([command, complaints(command, JSON.parse(stdout))]).toEqual([command, []]);
    });
    expect(existsSync(at('x'))).toBe(false);
  });

  test('doctor, also where nothing runs', async () => {
    const [well] = octoliteBatch([{ args: ['doctor', '--json'] }]);
    expect(complaints('doctor', JSON.parse(well!.stdout))).toEqual([]);
    const [ill, said] = octoliteBatch([{ args: ['doctor', '--json'] }, { args: ['doctor'] }], {
      env: { OCTOLITE_VARIANT: 'none' },
    });
    expect(ill).toMatchObject({ status: 1, stderr: '' });
    const report = JSON.parse(ill!.stdout) as { ok: boolean; advice: { what: string }[] };
    expect(complaints('doctor', report)).toEqual([]);
    expect(report.ok).toBe(false);
    expect(report.advice[0]!.what).toContain("no variant 'none'");
    expect(said!.stdout).toContain('CANNOT run here');
    expect((await octolite(['doctor'])).stdout).toMatch(/as published[^]*integer dot product/);
  });

  test('they notice what is missing, unknown or of another type', () => {
    const result = { ms: 1, outputs: [{ name: 'a', dtype: 'int8', shape: [1], values: [1] }] };
    expect(complaints('run', result)).toEqual([]);
    expect(complaints('run', { outputs: result.outputs })).not.toEqual([]);
    expect(complaints('run', { ...result, more: 1 })).not.toEqual([]);
    expect(complaints('run', { ...result, ms: '1' })).not.toEqual([]);
    expect(complaints('run', { error: { code: 'OTHER', message: '', details: {} } })).not.toEqual(
      [],
    );
  });

  test('there is one for every command with --json, and they and docs/cli.md are current', () => {
    const names = ORDER.filter((name) => COMMANDS[name]!.json).map((name) => `${name}.schema.json`);
    expect(readdirSync(SCHEMAS).sort()).toEqual(names.sort());
    const args = [join(ROOT, 'scripts/generate.mjs'), '--check'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
