import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, openDataset, type Octolite } from 'octolite';
import { DEFAULT_PREPROCESSING, optionsOf } from '../../../web/features/data/preprocess.js';
import { settle } from '../../../web/features/recipe/limits.js';
import { liteRtRules } from '../../../web/features/recipe/litert.js';
import { PRESETS } from '../../../web/features/recipe/presets.js';
import {
  DEFAULTS,
  needsCalibration,
  toQuantizeOptions,
  type RecipeSettings,
} from '../../../web/features/recipe/settings.js';
import { callOf, snippetsOf } from '../../../web/features/recipe/snippets.js';
import { withRanges } from '../../../web/features/run/ranges.js';
import { pngOf } from '../support/make_files.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MODEL = join(ROOT, 'examples/sample-model/shapes.tflite');
const CLI = join(ROOT, 'dist/node/cli.js');
/** Names that need care in every language. */
const NAMES = {
  model: "it's $HOME `a` model.tflite",
  output: '-made "here".tflite',
  signature: 'ser"ve',
  inputs: ['im"age\\'],
  preprocessing: { ...DEFAULT_PREPROCESSING, range: 'minus_one_one', resize: 'crop' } as const,
};

const SAMPLES = ['a.png', 'b.png', 'c.png', 'd.png'];

let folder: string;
let octolite: Octolite;
let scopes: { scope: string; name: string; output: string }[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'octolite-snippets-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/octolite'), 'dir');
  mkdirSync(join(folder, 'samples'));
  cpSync(MODEL, join(folder, NAMES.model));
  octolite = await load();
  const model = octolite.loadModel(readFileSync(MODEL));
  const { subgraphs } = octolite.inspect(model);
  scopes = subgraphs[0]!.operators.map(({ scope, name }) => ({
    scope,
    name,
    output: scope.replace(/;$/, ''),
  }));
  model.dispose();
  for (const [index, name] of SAMPLES.entries()) {
    const value = (i: number) => ((i * i * (index + 3)) >> 3) & 255;
    const pixels = Array.from({ length: 48 * 40 }, (_, i) => [
      value(i),
      value(i + 7),
      value(3 * i),
    ]);
    const png = pngOf({ width: 48, height: 40, color: 2, pixels });
    writeFileSync(join(folder, 'samples', name), png);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The settings of each preset, and those that use whatever else there is. */
function recipes(): [string, RecipeSettings][] {
  const [first, second] = scopes.filter(({ name }) => name === 'CONV_2D');
  const override = (of: typeof first, precision: 'float' | 'int16') => ({
    scope: of!.scope,
    operation: of!.name,
    precision,
  });
  return [
    ...Object.entries(PRESETS),
    [
      'exceptions, ranges, uneven ends',
      settle({
        ...DEFAULTS,
        granularity: 'TENSORWISE',
        observer: 'mse',
        inputType: 'uint8',
        overrides: [override(first, 'float'), override(second, 'int16')],
        ranges: { [first!.output]: [0, 5], __proto__x: [-1, 1] },
      }),
    ],
    [
      'blocks, clusters',
      settle({
        ...DEFAULTS,
        method: 'dynamic',
        weightBits: 4,
        granularity: 'BLOCKWISE_32',
        clipping: 'mse',
        cluster: 8,
        prune: 0.2,
      }),
    ],
    [
      'tables for microcontrollers',
      settle({ ...PRESETS.micro, cluster: 16, microCompress: true, recover: ['bias'] }),
    ],
  ];
}

/** What the page would make. */
async function expected(settings: RecipeSettings): Promise<Buffer> {
  const model = octolite.loadModel(readFileSync(MODEL));
  try {
    const { inputs } = octolite.inspect(model);
    const files = SAMPLES.map(
      (name) => new File([readFileSync(join(folder, 'samples', name))], name),
    );
    const samples = await openDataset(files, inputs, optionsOf(NAMES.preprocessing));
    const hasRanges = Object.keys(settings.ranges).length > 0;
    const { bytes } = await octolite.quantize(model, {
      ...toQuantizeOptions(settings),
      ...(needsCalibration(settings) && {
        calibration: hasRanges
          ? withRanges(await octolite.calibrate(model, samples), settings.ranges)
          : samples,
      }),
    });
    return Buffer.from(bytes);
  } finally {
    model.dispose();
  }
}

/** Runs code in the folder, and returns what it printed; fails with what it said. */
function run(program: string, args: readonly string[], input: string): string {
  const { status, stderr, stdout } = spawnSync(program, args, {
    cwd: folder,
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${input}\n${stdout}\n${stderr}`);
  return stdout;
}

const made = (name = NAMES.output): Buffer => readFileSync(join(folder, name));

describe('each makes what the page makes', () => {
  test('in JavaScript', async () => {
    const modules = recipes().map(([, settings], index) => {
      const output = `${index}.tflite`;
      writeFileSync(
        join(folder, `${index}.mjs`),
        snippetsOf(settings, { ...NAMES, output }).javascript,
      );
      return `await import('./${index}.mjs');\n`;
    });
    // In one process, as starting many takes longer than all they do.
    writeFileSync(join(folder, 'all.mjs'), modules.join(''));
    run(process.execPath, ['all.mjs'], '');
    for (const [index, [name, settings]] of recipes().entries()) {
      const isSame = made(`${index}.tflite`).equals(await expected(settings));
      expect([name, isSame]).toEqual([name, true]);
    }
  }, 120_000);

  test.each(['smallest', 'micro', 'exceptions, ranges, uneven ends', 'blocks, clusters'])(
    'on the command line: %s',
    async (wanted) => {
      const [, settings] = recipes().find(([name]) => name === wanted)!;
      const { shell } = snippetsOf(settings, NAMES);
      rmSync(join(folder, NAMES.output), { force: true });
      run('sh', [], `npx() { shift; ${process.execPath} ${CLI} "$@"; }\n${shell}`);
      expect(made().equals(await expected({ ...settings, ranges: {} }))).toBe(true);
    },
  );
});

test('that sounds are cut up is said', () => {
  const preprocessing = { ...DEFAULT_PREPROCESSING, hop: 400 };
  const { javascript, shell } = snippetsOf(DEFAULTS, { ...NAMES, preprocessing });
  expect(javascript).toMatch(/^\/\/ .*a piece every 400 samples/m);
  expect(shell).toMatch(/^# .*a piece every 400 samples/m);
});

test('every option of the command line is one that it has', () => {
  const help = execFileSync(process.execPath, [CLI, 'quantize', '--help'], { encoding: 'utf8' });
  const known = new Set(help.match(/--[a-z][\w-]+/g));
  const preprocessing = {
    ...DEFAULT_PREPROCESSING,
    range: 'mean_std',
    resize: 'pad',
    layout: 'NCHW',
    sampleRate: 16000,
  } as const;
  const used = recipes().flatMap(([, settings]) => {
    const { shell } = snippetsOf(settings, { ...NAMES, preprocessing });
    return shell.match(/(?<= )--[a-z][\w-]+/g) ?? [];
  });
  expect(used).toEqual(expect.arrayContaining(['--mean', '--std', '--layout', '--sample-rate']));
  expect(used).toEqual(expect.arrayContaining(['--io', '--target', '--recover', '--prune']));
  for (const flag of used) expect([flag, known.has(flag)]).toEqual([flag, true]);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
(hasPython ? test : test.skip)('Python hands the peer the rules, and what it needs', () => {
  mkdirSync(join(folder, 'ai_edge_quantizer'), { recursive: true });
  writeFileSync(join(folder, 'ai_edge_quantizer/__init__.py'), '');
  writeFileSync(
    join(folder, 'ai_edge_quantizer/quantizer.py'),
    [
      'told = []',
      'class Quantizer:',
      '    def __init__(self, path): self.told = [path]',
      '    def load_quantization_recipe(self, rules): self.told.append(rules)',
      '    def calibrate(self, data): self.told.append(data)',
      '    def quantize(self, statistics=None): return self',
      '    def export_model(self, path): told.append([*self.told, path])',
      '',
    ].join('\n'),
  );
  const all = recipes();
  const codes = all.map(([, settings]) => snippetsOf(settings, NAMES).python);
  writeFileSync(join(folder, 'codes.json'), JSON.stringify(codes));
  run(
    'python3',
    ['-'],
    [
      'import json, sys',
      'sys.path.insert(0, ".")',
      'for code in json.load(open("codes.json")):',
      '    exec(code, {"samples": [7]})',
      'from ai_edge_quantizer import quantizer',
      'json.dump(quantizer.told, open("told.json", "w"))',
      '',
    ].join('\n'),
  );
  const told = JSON.parse(readFileSync(join(folder, 'told.json'), 'utf8')) as unknown[][];
  expect(told.length).toBe(all.length);
  for (const [index, [, settings]] of all.entries()) {
    const [model, rules, ...rest] = told[index]!;
    expect(model).toBe(NAMES.model);
    expect(rules).toEqual(JSON.parse(JSON.stringify(liteRtRules(settings))));
    expect(rest.at(-1)).toBe(NAMES.output);
    const isStatic = settings.method === 'static';
    expect(rest.slice(0, -1)).toEqual(
      isStatic ? [{ [NAMES.signature]: [{ [NAMES.inputs[0]!]: 7 }] }] : [],
    );
  }
});

(hasPython ? test : test.skip)('Python gives a signature to a model without, in memory', () => {
  // What is used of the schema, as attributes that anything can be set in.
  writeFileSync(
    join(folder, 'stand_in.py'),
    [
      'import sys, types',
      'class Any: pass',
      'class ModelT(Any):',
      '    @staticmethod',
      '    def InitFromPackedBuf(data, at):',
      '        model = ModelT()',
      '        model.subgraphs = [Any()]',
      '        model.subgraphs[0].inputs, model.subgraphs[0].outputs = [3, 1], [9]',
      '        return model',
      '    def Pack(self, builder): return self',
      'class Builder:',
      '    def Finish(self, model, identifier): self.model = model',
      '    def Output(self):',
      '        (signature,) = self.model.signatureDefs',
      '        told.append([signature.signatureKey, *([[e.name, e.tensorIndex] for e in entries]',
      '                     for entries in (signature.inputs, signature.outputs))])',
      '        return b""',
      'class Quantizer(Any):',
      '    def __init__(self, model): told.append(type(model).__name__)',
      '    def load_quantization_recipe(self, rules): pass',
      '    def calibrate(self, data): told.append(data)',
      '    def quantize(self, statistics=None): return self',
      '    def export_model(self, path): pass',
      'told = []',
      'def module(name, **parts):',
      '    sys.modules[name] = types.ModuleType(name)',
      '    vars(sys.modules[name]).update(parts)',
      'schema = Any()',
      'schema.ModelT, schema.SignatureDefT, schema.TensorMapT = ModelT, Any, Any',
      'quantizer = Any()',
      'quantizer.Quantizer = Quantizer',
      'module("flatbuffers", Builder=Builder)',
      'module("ai_edge_litert", schema_py_generated=schema)',
      'module("ai_edge_quantizer", quantizer=quantizer)',
      '',
    ].join('\n'),
  );
  const names = { ...NAMES, signature: null, inputs: ['a', 'b'] };
  const code = snippetsOf(DEFAULTS, names).python;
  const told = run(
    'python3',
    [
      '-c',
      'import json, stand_in; exec(open(0).read(), {"samples": [[5, 6]]}); print(json.dumps(stand_in.told))',
    ],
    code,
  );
  expect(JSON.parse(told)).toEqual([
    [
      'serving_default',
      [
        ['a', 3],
        ['b', 1],
      ],
      [['output_0', 9]],
    ],
    'bytes',
    { serving_default: [{ a: 5, b: 6 }] },
  ]);
});

test('inputs are called as the signature calls them', () => {
  const inputs = [
    { index: 4, name: 'x:0' },
    { index: 7, name: 'y:0' },
  ] as unknown as Parameters<typeof callOf>[0]['inputs'];
  const signature = { key: 'run', subgraph: 0, inputs: { y: 7, x: 4 }, outputs: {} };
  expect(callOf({ signatures: [signature], inputs })).toEqual({
    signature: 'run',
    inputs: ['x', 'y'],
  });
  expect(callOf({ signatures: [], inputs })).toEqual({ signature: null, inputs: ['x:0', 'y:0'] });
});
