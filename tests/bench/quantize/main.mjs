// `npm run bench:quantize`: quantizes networks with Octolite and with Google's LiteRT Quantizer on
// the same calibration data, and compares both results with the float network on other data, all
// with Octolite's runtime. CONTRIBUTING.md says how to call it.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeNpy, load } from '../../../dist/index.js';
import { MODELS } from './models.mjs';
import { samplesFor } from './samples.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    models: { type: 'string', default: '../shared/models' },
    data: { type: 'string', default: '../shared/data' },
    recipe: { type: 'string', multiple: true },
    recover: { type: 'string', default: 'all' },
    observer: { type: 'string' },
    keep: { type: 'string' },
    json: { type: 'string' },
  },
});
const RECIPES = options.recipe ?? [
  'static_wi8_ai8',
  'static_wi8_ai16',
  'dynamic_wi8_afp32',
  'dynamic_wi4_afp32',
  'weight_only_wi8_afp32',
  'weight_only_wi4_afp32',
];

const octolite = await load();
const folder = options.keep ?? (await mkdtemp(join(tmpdir(), 'octolite-bench-')));

function peer(model, name, out, inputs) {
  if (!options.python) return undefined;
  const script = new URL('peer.py', import.meta.url).pathname;
  const run = spawnSync(options.python, [script, model, name, out, ...inputs], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const last = run.stdout?.trim().split('\n').at(-1);
  try {
    return JSON.parse(last);
  } catch {
    return { error: (run.stderr ?? '').trim().split('\n').at(-1) };
  }
}

function joined(arrays) {
  const whole = new arrays[0].constructor(arrays.length * arrays[0].length);
  arrays.forEach((array, i) => whole.set(array, i * array.length));
  return whole;
}

/** Lists the samples of each input in a file, by the name that the peer calls it. */
async function writeInputs(inspection, samples) {
  const named = inspection.signatures[0]?.inputs ?? {};
  const paths = [];
  for (const input of inspection.inputs) {
    const alias = Object.entries(named).find(([, tensor]) => tensor === input.index)?.[0];
    const path = join(folder, `${paths.length}.npy`);
    const shape = input.shape.map((dim) => Math.max(dim, 1));
    const arrays = samples.map((sample) =>
      ArrayBuffer.isView(sample)
        ? sample
        : (sample[input.name] ?? sample[alias] ?? sample[inspection.inputs.indexOf(input)]),
    );
    await writeFile(path, encodeNpy(joined(arrays), [arrays.length, ...shape], input.dtype));
    paths.push(`${alias ?? input.name}=${path}`);
  }
  return paths;
}

async function measure(float, bytes, { evaluation, labels }) {
  let model;
  try {
    model = octolite.loadModel(bytes);
    const { outputs } = await octolite.compare(float, model, evaluation);
    const sqnr = outputs.map(({ sqnrDb }) => sqnrDb);
    const line = { bytes: bytes.length, sqnr, worst: Math.min(...sqnr) };
    if (labels) line.top1 = (await octolite.evaluate(model, evaluation, labels)).top1;
    return line;
  } catch (error) {
    return { error: String(error.message).slice(0, 160) };
  } finally {
    model?.dispose();
  }
}

async function ours(float, name, data, extra) {
  const start = performance.now();
  try {
    const { bytes } = await octolite.quantize(float, {
      recipe: name,
      calibration: data.calibration,
      ...extra,
    });
    const ms = performance.now() - start;
    return { file: bytes, ms, ...(await measure(float, bytes, data)) };
  } catch (error) {
    return { error: String(error.message).slice(0, 160) };
  }
}

const text = (one) =>
  !one
    ? ''
    : one.error
      ? `- (${one.error.slice(0, 60)})`
      : `${one.worst.toFixed(1)} dB ${one.top1 === undefined ? '' : `${(100 * one.top1).toFixed(1)} % `}${one.bytes} B ${Math.round(one.ms)} ms`;

const lines = [];
for (const entry of MODELS) {
  if (positionals.length > 0 && !positionals.some((word) => entry.name.includes(word))) continue;
  const path = resolve(options.models, `${entry.name}.tflite`);
  if (!(await stat(path).catch(() => undefined))) {
    console.log(`${entry.name}: not there, skipped`);
    continue;
  }
  const float = octolite.loadModel(await readFile(path));
  const inspection = octolite.inspect(float);
  const data = await samplesFor(resolve(options.data), entry, inspection.inputs);
  const reference = data.labels && (await octolite.evaluate(float, data.evaluation, data.labels));
  const inputs = options.python ? await writeInputs(inspection, data.calibration) : [];
  console.log(
    `${entry.name}: ${data.calibration.length} samples, measured on ${data.evaluation.length}` +
      (reference ? `, float top-1 ${(100 * reference.top1).toFixed(1)} %` : ''),
  );
  for (const name of RECIPES) {
    const out = join(folder, `${entry.name}.${name}.peer.tflite`);
    const theirs = peer(path, name, out, name.startsWith('static') ? inputs : []);
    if (theirs && !theirs.error) {
      Object.assign(theirs, await measure(float, await readFile(out), data));
    }
    const line = {
      model: entry.name,
      recipe: name,
      peer: theirs,
      octolite: await ours(float, name, data, { observer: options.observer }),
      recovered:
        options.recover === 'none'
          ? undefined
          : await ours(float, name, data, { recover: options.recover }),
    };
    if (options.keep) {
      for (const which of ['octolite', 'recovered']) {
        const file = line[which]?.file;
        if (file) await writeFile(join(folder, `${entry.name}.${name}.${which}.tflite`), file);
      }
    }
    delete line.octolite.file;
    if (line.recovered) delete line.recovered.file;
    lines.push(line);
    console.log(
      `  ${name.padEnd(22)} peer ${text(line.peer)}\n${' '.repeat(24)} ours ${text(line.octolite)}` +
        (line.recovered ? `\n${' '.repeat(24)} with recovery ${text(line.recovered)}` : ''),
    );
  }
  float.dispose();
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : NaN;
}

for (const name of RECIPES) {
  const both = lines.filter((one) => one.recipe === name && Number.isFinite(one.peer?.worst));
  for (const which of ['octolite', 'recovered']) {
    const gains = both
      .filter((one) => Number.isFinite(one[which]?.worst))
      .map((one) => one[which].worst - one.peer.worst);
    if (gains.length === 0) continue;
    console.log(
      `${name} ${which}: ${gains.length} models, against the peer median ${median(gains).toFixed(1)} dB, least ${Math.min(...gains).toFixed(1)}, greatest ${Math.max(...gains).toFixed(1)}`,
    );
  }
}
if (options.json) await writeFile(options.json, JSON.stringify(lines, null, 1));
if (!options.keep) await rm(folder, { recursive: true });
