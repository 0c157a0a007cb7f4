import { recipe, type Inspection } from 'octolite';
import type { Preprocessing } from '../data/preprocess.js';
import { optionsOf } from '../data/preprocess.js';
import { PASSES } from './limits.js';
import { liteRtRules } from './litert.js';
import { recipeName, rulesOf } from './rules.js';
import {
  calibratesItself,
  DEFAULTS,
  needsCalibration,
  quantizesActivations,
  toQuantizeOptions,
  type RecipeSettings,
} from './settings.js';

/** What the code calls things. */
export interface SnippetNames {
  /** "model.tflite". */
  readonly model: string;
  readonly output: string;
  /** The name of the signature that samples are for; null where the model has none. */
  readonly signature: string | null;
  /** What the signature calls the inputs, else what the model does; in the model's order. */
  readonly inputs: readonly string[];
  readonly preprocessing: Preprocessing;
}

export interface Snippets {
  readonly javascript: string;
  readonly shell: string;
  readonly python: string;
}

/** How a model wants to be called. */
export function callOf({
  signatures,
  inputs,
}: Pick<Inspection, 'signatures' | 'inputs'>): Pick<SnippetNames, 'signature' | 'inputs'> {
  const signature = signatures.find(({ subgraph }) => subgraph === 0);
  const names = new Map(
    Object.entries(signature?.inputs ?? {}).map(([name, index]) => [index, name]),
  );
  return {
    signature: signature?.key ?? null,
    inputs: inputs.map(({ index, name }) => names.get(index) ?? name),
  };
}

/** The folder that the code takes samples from. */
const FOLDER = 'samples';

/** The ready-made recipe that has the same rules; null when there is none. */
function readyMade(settings: RecipeSettings): string | null {
  const block = /^BLOCKWISE_(\d+)$/.exec(settings.granularity)?.[1];
  const plain = recipeName(settings);
  const name = block ? plain.replace(/_wi(\d)_/, `_wi$1b${block}_`) : plain;
  return JSON.stringify(recipe(name)) === JSON.stringify(rulesOf(settings)) ? name : null;
}

/** A value as JavaScript that prettier would leave as it is, mostly. */
function literal(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    const items = value.map((each) => literal(each, `${indent}  `));
    const line = `[${items.join(', ')}]`;
    if (line.length <= 72 && !line.includes('\n')) return line;
    return `[\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return quoted(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const items = entries.map(([key, each]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) && key !== '__proto__' ? key : `[${quoted(key)}]`;
    return `${name}: ${literal(each, `${indent}  `)}`;
  });
  const line = `{ ${items.join(', ')} }`;
  if (line.length <= 72 && !line.includes('\n')) return items.length === 0 ? '{}' : line;
  return `{\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}}`;
}

/** Strings in single quotes; JSON escapes the rest. */
function quoted(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  // Line ends in the eyes of older JavaScript.
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** Whether there are ranges set by hand, and they count. */
function takesRanges(settings: RecipeSettings): boolean {
  return Object.keys(settings.ranges).length > 0 && !calibratesItself(settings);
}

/** What files of sounds have to be, where the page cuts them up. */
function cutting({ hop }: Preprocessing): string[] {
  return hop > 0 ? [`Cut sounds up as the page does: a piece every ${hop} samples.`] : [];
}

function javascript(settings: RecipeSettings, names: SnippetNames): string {
  const calibrates = needsCalibration(settings);
  const byHand = calibrates && takesRanges(settings);
  const usual: ReadonlyMap<string, unknown> = new Map(Object.entries(DEFAULTS));
  const rest = Object.entries(toQuantizeOptions(settings)).filter(
    ([key, value]) => key !== 'recipe' && value !== usual.get(key),
  );
  const lines = [
    `import { load${calibrates ? ', openDataset' : ''} } from 'octolite'; // npm install octolite`,
    ...(calibrates ? ["import { dataFiles, decodeJpeg } from 'octolite/node';"] : []),
    "import { readFile, writeFile } from 'node:fs/promises';",
    '',
    'const octolite = await load();',
    `const model = octolite.loadModel(await readFile(${quoted(names.model)}));`,
  ];
  if (calibrates) {
    lines.push(
      '',
      '// Real inputs to calibrate with: pictures, .npy, .npz, .csv or .wav files.',
      ...cutting(names.preprocessing).map((note) => `// ${note}`),
      `const files = await dataFiles(['${FOLDER}']);`,
      'const { inputs } = octolite.inspect(model);',
      'const samples = await openDataset(files, inputs, {',
      '  decodeImage: decodeJpeg,',
      ...Object.entries(optionsOf(names.preprocessing)).map(
        ([key, value]) => `  ${key}: ${literal(value, '  ')},`,
      ),
      '});',
    );
  }
  if (byHand) {
    lines.push(
      '',
      '// Ranges set by hand, in the place of what calibration sees.',
      `const ranges = new Map(${literal(Object.entries(settings.ranges), '')});`,
      'const seen = await octolite.calibrate(model, samples);',
      'const withRange = (tensor) => {',
      '  const [min, max] = ranges.get(tensor.name) ?? [];',
      '  if (min === undefined) return tensor;',
      '  return { ...tensor, min, max, histogram: new Float64Array(0) };',
      '};',
      'const subgraphs = seen.subgraphs.map((subgraph) => ({',
      '  ...subgraph,',
      '  tensors: subgraph.tensors.map(withRange),',
      '}));',
    );
  }
  const calibration = byHand ? '{ ...seen, subgraphs }' : 'samples';
  lines.push(
    '',
    'const { bytes, report } = await octolite.quantize(model, {',
    `  recipe: ${literal(readyMade(settings) ?? rulesOf(settings), '  ')},`,
    ...(calibrates ? [`  calibration: ${calibration},`] : []),
    ...rest.map(([key, value]) => `  ${key}: ${literal(value, '  ')},`),
    '});',
    `await writeFile(${quoted(names.output)}, bytes);`,
    "console.log(report.bytesBefore, '->', report.bytesAfter);",
    '',
  );
  return lines.join('\n');
}

/** A word of a POSIX shell. */
function word(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-')) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A file's name that no program takes for an option. */
function path(name: string): string {
  return word(name.startsWith('-') ? `./${name}` : name);
}

function json(rules: unknown): string {
  return JSON.stringify(rules, null, 2);
}

function preprocessingFlags(preprocessing: Preprocessing): string[] {
  const { range, resize, mean, std, layout, sampleRate } = optionsOf(preprocessing);
  const flags: string[] = [];
  const add = (name: string, value: string): void => {
    // A value that begins with a minus sign would be taken for an option of its own.
    flags.push(value.startsWith('-') ? `--${name}=${word(value)}` : `--${name} ${word(value)}`);
  };
  if (range) add('range', range.join(','));
  if (mean) add('mean', mean.join(','));
  if (std) add('std', std.join(','));
  if (resize) add('resize', resize);
  if (layout && layout !== 'NHWC') add('layout', layout);
  if (sampleRate) add('sample-rate', String(sampleRate));
  return flags;
}

function shell(settings: RecipeSettings, names: SnippetNames): string {
  const { observer, percentile, inputType, outputType } = settings;
  const { target, recover, prune, cluster, microCompress } = settings;
  const calibrates = needsCalibration(settings);
  // One option sets both ends.
  const isOneType = inputType === outputType;
  const name = isOneType ? readyMade(settings) : null;
  const rules = isOneType ? rulesOf(settings) : liteRtRules(settings);
  const flags = [`--recipe ${name ?? 'recipe.json'}`];
  if (calibrates) {
    flags.push(`--calibration ${FOLDER}/`, ...preprocessingFlags(names.preprocessing));
  }
  if (quantizesActivations(settings)) {
    if (observer !== 'min_max') flags.push(`--observer ${observer}`);
    if (observer === 'percentile') flags.push(`--percentile ${percentile}`);
    if (isOneType && inputType !== 'float32') flags.push(`--io ${inputType}`);
  }
  if (target !== 'litert') flags.push(`--target ${target}`);
  if (recover.length > 0) {
    flags.push(`--recover ${recover.length === PASSES.length ? 'all' : recover.join(',')}`);
  }
  if (prune > 0) flags.push(`--prune ${prune}`);
  if (cluster > 0) flags.push(`--cluster ${cluster}`);
  if (microCompress) flags.push('--micro-compress');
  const file = name ? [] : ["cat > recipe.json <<'JSON'", json(rules), 'JSON', ''];
  const note = [
    ...(calibrates ? cutting(names.preprocessing).map((each) => `# ${each}`) : []),
    ...(takesRanges(settings)
      ? ['# Ranges set by hand are left out: the JavaScript has them.']
      : []),
  ];
  const command = `npx octolite quantize ${path(names.model)} -o ${path(names.output)}`;
  return [...file, ...note, [command, ...flags].join(' \\\n  '), ''].join('\n');
}

/** What the peer has no words for. */
function leftOut(settings: RecipeSettings): string[] {
  const { observer, recover, prune, cluster, target } = settings;
  return [
    ...(quantizesActivations(settings) && observer !== 'moving_average'
      ? [`the observer ${observer} (it smooths ranges instead)`]
      : []),
    ...(recover.length > 0 ? ['accuracy recovery'] : []),
    ...(prune > 0 ? ['pruning'] : []),
    ...(cluster > 0 ? ['clustering'] : []),
    ...(target === 'litert' ? [] : [`the target ${target}`]),
    ...(takesRanges(settings) ? ['ranges set by hand'] : []),
  ];
}

/** JSON's strings are Python's too. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** Gives a model a signature: without one, the peer takes no samples. */
function addSignature(names: SnippetNames, key: string): string[] {
  return [
    '# This model has no signature, by which samples are given: a copy in memory gets one.',
    `with open(${pythonString(names.model)}, "rb") as file:`,
    '    model = schema.ModelT.InitFromPackedBuf(file.read(), 0)',
    'signature = schema.SignatureDefT()',
    `signature.signatureKey, signature.subgraphIndex = ${pythonString(key)}, 0`,
    'def named(tensors, names):',
    '    entries = [schema.TensorMapT() for _ in tensors]',
    '    for entry, tensor, name in zip(entries, tensors, names):',
    '        entry.name, entry.tensorIndex = name, int(tensor)',
    '    return entries',
    'graph = model.subgraphs[0]',
    `signature.inputs = named(graph.inputs, [${names.inputs.map(pythonString).join(', ')}])`,
    'signature.outputs = named(graph.outputs, [f"output_{i}" for i in range(len(graph.outputs))])',
    'model.signatureDefs = [signature]',
    'builder = flatbuffers.Builder()',
    'builder.Finish(model.Pack(builder), b"TFL3")',
    'qt = quantizer.Quantizer(bytes(builder.Output()))',
  ];
}

function python(settings: RecipeSettings, names: SnippetNames): string {
  const missing = leftOut(settings);
  const isSingle = names.inputs.length === 1;
  const inputs = names.inputs
    .map((name, index) => `${pythonString(name)}: ${isSingle ? 'sample' : `sample[${index}]`}`)
    .join(', ');
  const calibrates = quantizesActivations(settings);
  const key = names.signature ?? 'serving_default';
  const needsSignature = calibrates && names.signature === null;
  return [
    'import json',
    '',
    ...(needsSignature
      ? ['import flatbuffers', 'from ai_edge_litert import schema_py_generated as schema']
      : []),
    'from ai_edge_quantizer import quantizer  # pip install ai-edge-quantizer',
    '',
    ...(missing.length > 0 ? [`# Without ${missing.join(', ')}: only Octolite has that.`] : []),
    // JSON escapes quotes, so that none of a tensor's name ends the text.
    'rules = json.loads(r"""',
    json(liteRtRules(settings)),
    '""")',
    ...(needsSignature
      ? addSignature(names, key)
      : [`qt = quantizer.Quantizer(${pythonString(names.model)})`]),
    'qt.load_quantization_recipe(rules)',
    ...(calibrates
      ? [
          isSingle
            ? '# samples: NumPy arrays of the shape of the input, prepared as for the float model.'
            : '# samples: lists of NumPy arrays, one for each input, prepared as for the float model.',
          `statistics = qt.calibrate({${pythonString(key)}: [{${inputs}} for sample in samples]})`,
          'result = qt.quantize(statistics)',
        ]
      : ['result = qt.quantize()']),
    `result.export_model(${pythonString(names.output)})`,
    '',
  ].join('\n');
}

/** The same recipe as code: with the library, on the command line, with the peer in Python. */
export function snippetsOf(settings: RecipeSettings, names: SnippetNames): Snippets {
  return {
    javascript: javascript(settings, names),
    shell: shell(settings, names),
    python: python(settings, names),
  };
}
