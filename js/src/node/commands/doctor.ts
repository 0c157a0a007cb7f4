import { createHash } from 'node:crypto';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { randomSamples } from '../../data/random.js';
import { isOctoliteError, messageOf } from '../../errors.js';
import { hasRelaxedSimd, hasSimd } from '../../features.js';
import { load, type Octolite } from '../../octolite.js';
import { lackOfThreads } from '../../threads/start.js';
import type { RuntimeInfo, Variant } from '../../types.js';
import { VERSION } from '../../version.js';
import type { Command, Outcome } from '../command.js';
import { readFileBytes } from '../files.js';
import { formatBytes, formatMs } from '../format.js';
import { heading, table, type Line } from '../lines.js';
import type { DoctorAdvice, DoctorResult, DoctorVariant } from '../results.js';

const VARIANTS: readonly Variant[] = ['simd128', 'relaxed', 'threads'];
/** The page's sample is the package's. */
const SAMPLE_MODEL = fileURLToPath(
  new URL('../../web/sample/shapes/shapes.tflite', import.meta.url),
);
const TIMES = { warmup: 30, runs: 30 };

export const doctor: Command<DoctorResult> = {
  summary: 'whether the library runs here, how fast, and what to do about it',
  usage: ['[--json]'],
  about:
    'Looks at Node.js, the processor and the files of this package, says which of the WebAssembly ' +
    'binaries runs and why, times a small model, and names what could be better. Exit status 1 if ' +
    'the library cannot run.',
  args: [],
  options: [{ options: {} }],
  json: true,
  examples: ['octolite doctor', 'octolite doctor --json'],

  async run(): Promise<Outcome<DoctorResult>> {
    const json = await examine();
    return { json, lines: describe(json), status: json.ok ? 0 : 1 };
  },
};

async function examine(): Promise<DoctorResult> {
  const advice: DoctorAdvice[] = [];
  const variants: DoctorVariant[] = [];
  for (const variant of VARIANTS) variants.push(await examineVariant(variant));
  for (const { variant, intact } of variants) {
    if (intact !== false) continue;
    advice.push({
      kind: 'advice',
      what: `octolite-${variant}.wasm is not the file that was published`,
      remedy: 'install the package again',
    });
  }
  let runtime: RuntimeInfo | undefined;
  let sample: DoctorResult['sample'];
  try {
    const octolite = await load({ leakWarnings: false });
    runtime = octolite.runtimeInfo();
    sample = await timeSample(octolite);
    advice.push(...adviceFor(runtime));
  } catch (error) {
    const { what, hint } = isOctoliteError(error) ? error.details : {};
    advice.push({
      kind: 'error',
      what: what ?? messageOf(error),
      remedy: hint ?? 'install the package again; if that does not help, report it',
    });
  }
  return {
    ok: !advice.some(({ kind }) => kind === 'error'),
    versions: { octolite: VERSION, node: process.version, v8: process.versions.v8 },
    platform: `${process.platform} ${process.arch}`,
    processors: availableParallelism(),
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
    features: {
      simd: hasSimd(),
      relaxedSimd: hasRelaxedSimd(),
      sharedMemory: typeof SharedArrayBuffer !== 'undefined',
      threads: lackOfThreads() === undefined,
    },
    variants,
    ...(runtime && { runtime }),
    ...(sample && { sample }),
    advice,
  };
}

async function examineVariant(variant: Variant): Promise<DoctorVariant> {
  const intact = await isIntact(variant);
  const known = { variant, ...(intact !== undefined && { intact }) };
  try {
    await load({ variant, threads: variant === 'threads' ? 2 : 1, leakWarnings: false });
    return { ...known, loads: true, reason: '' };
  } catch (error) {
    return { ...known, loads: false, reason: messageOf(error) };
  }
}

/** Whether a binary is the one that was built; undefined where nothing is known of that. */
async function isIntact(variant: Variant): Promise<boolean | undefined> {
  try {
    const { versions } = await import('../../versions.js');
    const { file, sha256 } = versions.wasm[variant];
    const path = fileURLToPath(new URL(`../../wasm/${file}`, import.meta.url));
    const bytes = await readFileBytes(path);
    return createHash('sha256').update(bytes).digest('hex') === sha256;
  } catch {
    return undefined; // a file that is missing does not load either, which is said
  }
}

/** Median times of the sample model in float and in int8; undefined where it is not there. */
async function timeSample(octolite: Octolite): Promise<DoctorResult['sample']> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileBytes(SAMPLE_MODEL);
  } catch {
    return undefined;
  }
  const model = octolite.loadModel(bytes);
  const { bytes: small } = await octolite.quantize(model, {
    recipe: 'static_wi8_ai8',
    calibration: randomSamples(octolite.inspect(model).inputs, 2),
  });
  const time = async (one: typeof model): Promise<number> =>
    (await octolite.benchmark(one, TIMES)).medianMs;
  return { float32Ms: await time(model), int8Ms: await time(octolite.loadModel(small)) };
}

function adviceFor({ variant, dotProduct }: RuntimeInfo): DoctorAdvice[] {
  const advice: DoctorAdvice[] = [];
  if (!hasRelaxedSimd()) {
    advice.push({
      kind: 'advice',
      what: 'this Node.js has no relaxed SIMD, with which models run faster on most processors',
      remedy:
        'use Node.js 22 or newer; in Node.js 20: node --experimental-wasm-relaxed-simd PROGRAM ' +
        '(on the command line, as NODE_OPTIONS does not take it)',
    });
  } else if (dotProduct === 'none' && variant !== 'simd128') {
    advice.push({
      kind: 'advice',
      what: 'this processor has no fast dot product of 8-bit integers that V8 uses',
      remedy:
        'nothing: the plain SIMD kernel runs; processors with AVX-VNNI or Arm dotprod have it',
    });
  }
  const forced = process.env.OCTOLITE_VARIANT;
  if (forced !== undefined && forced !== '') {
    advice.push({
      kind: 'advice',
      what: `OCTOLITE_VARIANT asks for ${forced}`,
      remedy: 'unset it, and the fastest binary is chosen',
    });
  }
  const lack = lackOfThreads();
  if (lack !== undefined) {
    advice.push({
      kind: 'advice',
      what: `there can be no threads: ${lack}`,
      remedy: 'start Node.js without options that take shared memory away',
    });
  }
  return advice;
}

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

function describe(result: DoctorResult): Line[] {
  const { versions, platform, processors, memory, features, runtime, sample } = result;
  return [
    `Octolite ${versions.octolite} ${result.ok ? 'runs here' : 'CANNOT run here'}`,
    '',
    heading('machine'),
    table([
      ['Node.js', `${versions.node}, V8 ${versions.v8}`],
      ['platform', `${platform}, ${processors} ${processors === 1 ? 'processor' : 'processors'}`],
      ['memory', `${formatBytes(memory.freeBytes)} free of ${formatBytes(memory.totalBytes)}`],
    ]),
    '',
    heading('engine'),
    table([
      ['SIMD', yesOrNo(features.simd)],
      ['relaxed SIMD', yesOrNo(features.relaxedSimd)],
      ['shared memory', yesOrNo(features.sharedMemory)],
      ['threads', yesOrNo(features.threads)],
    ]),
    '',
    heading('binaries'),
    table(
      result.variants.map(({ variant, loads, reason, intact }) => [
        variant,
        loads ? 'loads' : `does not load: ${reason}`,
        intact === undefined ? '' : intact ? 'as published' : 'NOT as published',
      ]),
    ),
    ...(runtime
      ? [
          `  ${runtime.variant} runs: ${runtime.variantReason}`,
          `  integer dot product: ${runtime.dotProduct}`,
        ]
      : []),
    ...(sample
      ? [
          '',
          heading('sample model'),
          table([
            ['float32', formatMs(sample.float32Ms)],
            ['int8', formatMs(sample.int8Ms)],
          ]),
        ]
      : []),
    ...(result.advice.length > 0 ? ['', heading('what to do')] : []),
    ...result.advice.flatMap(({ kind, what, remedy }) => [
      `  ${kind === 'error' ? 'ERROR: ' : ''}${what}`,
      `    ${remedy}`,
    ]),
  ];
}
