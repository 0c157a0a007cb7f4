import { afterAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, randomSamples, type Octolite, type TypedArray } from 'octolite';
import { connectWorker } from 'octolite/worker';
import { octolite as cli } from './support/cli.js';
import { refusal } from './support/errors.js';
import { ROOT, SAMPLE, sampleModelBytes } from './support/files.js';

const newer = Number(process.versions.node.split('.')[0]) >= 22;
const forced = process.env.OCTOLITE_VARIANT;
delete process.env.OCTOLITE_VARIANT;
afterAll(() => {
  if (forced !== undefined) process.env.OCTOLITE_VARIANT = forced;
});

/** Outputs of the sample model, in float and quantized in every way, as bytes. */
async function outputs(octolite: Octolite): Promise<string[]> {
  const results: string[] = [];
  using model = octolite.loadModel(sampleModelBytes());
  const samples = [...randomSamples(octolite.inspect(model).inputs, 3)];
  const files = [sampleModelBytes()];
  for (const recipe of ['dynamic_wi8_afp32', 'static_wi8_ai8', 'float16'] as const) {
    const calibration = recipe.startsWith('static') ? { calibration: samples } : {};
    files.push((await octolite.quantize(model, { recipe, ...calibration })).bytes);
  }
  for (const file of files) {
    using each = octolite.loadModel(file);
    for (const arithmetic of ['litert', 'reference'] as const) {
      using interpreter = octolite.createInterpreter(each, { arithmetic });
      for (const sample of samples) {
        for (const value of Object.values(interpreter.run(sample))) {
          const { buffer, byteOffset, byteLength } = value as TypedArray;
          results.push(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('hex'));
        }
      }
    }
  }
  return results;
}

describe('threads', () => {
  test('one thread unless more are asked for', async () => {
    const info = (await load()).runtimeInfo();
    expect(info).toMatchObject({ threads: 1, requestedThreads: 1 });
    expect(info.variant).not.toBe('threads');
  });

  test('refuses numbers that are none', async () => {
    for (const threads of [0, -1, 1.5, 65, NaN, 'many' as 'auto']) {
      await refusal(() => load({ threads }), 'INVALID_ARGUMENT');
    }
  });

  (newer ? test.skip : test)('without relaxed SIMD one thread works, and says why', async () => {
    const info = (await load({ threads: 2 })).runtimeInfo();
    expect(info).toMatchObject({ variant: 'simd128', threads: 1, requestedThreads: 2 });
    expect(info.variantReason).toBe('this engine has no relaxed SIMD, which threads need');
    await refusal(() => load({ variant: 'threads' }), 'WASM_UNAVAILABLE');
  });

  test('a variant without threads says so', async () => {
    const info = (await load({ variant: 'simd128', threads: 2 })).runtimeInfo();
    expect(info).toMatchObject({ variant: 'simd128', threads: 1, requestedThreads: 2 });
    expect(info.variantReason).toBe('you asked for it; it has no threads');
  });

  const threaded = newer ? test : test.skip;

  threaded('without SharedArrayBuffer one thread works, and says why', async () => {
    const kept = globalThis.SharedArrayBuffer;
    try {
      (globalThis as { SharedArrayBuffer?: unknown }).SharedArrayBuffer = undefined;
      const info = (await load({ threads: 2 })).runtimeInfo();
      expect(info).toMatchObject({ variant: 'relaxed', threads: 1, requestedThreads: 2 });
      expect(info.variantReason).toContain('there is no SharedArrayBuffer');
    } finally {
      globalThis.SharedArrayBuffer = kept;
    }
  });

  threaded('the same bytes with every number of threads', async () => {
    const expected = await outputs(await load({ variant: 'relaxed' }));
    expect(expected.length).toBe(24);
    for (const threads of [2, 3, 4]) {
      const octolite = await load({ threads });
      expect(octolite.runtimeInfo()).toMatchObject({
        variant: 'threads',
        threads,
        requestedThreads: threads,
      });
      expect(await outputs(octolite)).toEqual(expected);
    }
    // The binary with threads also runs on one.
    expect(await outputs(await load({ variant: 'threads' }))).toEqual(expected);
  });

  threaded('memory grows while threads have it', async () => {
    const results = [];
    for (const options of [{ threads: 2 }, { variant: 'relaxed' }] as const) {
      const octolite = await load(options);
      using model = octolite.loadModel(sampleModelBytes());
      using interpreter = octolite.createInterpreter(model);
      interpreter.run([...randomSamples(interpreter.getInputDetails(), 1)][0]!);
      const before = octolite.runtimeInfo().memoryBytes;
      const { shape } = interpreter.getInputDetails()[0]!;
      interpreter.resizeInputTensor(0, [300, ...shape.slice(1)]);
      interpreter.allocateTensors();
      expect(octolite.runtimeInfo().memoryBytes).toBeGreaterThan(before);
      results.push(interpreter.run([...randomSamples(interpreter.getInputDetails(), 1)][0]!));
    }
    expect(results[0]).toEqual(results[1]);
  });

  threaded('in a worker', async () => {
    const worker = await connectWorker({ threads: 2 });
    expect(worker.info).toMatchObject({ variant: 'threads', threads: 2 });
    const model = await worker.loadModel(sampleModelBytes());
    const interpreter = await worker.createInterpreter(model);
    const [sample] = [...randomSamples(await interpreter.getInputDetails(), 1)];
    const [output] = Object.values(await interpreter.run(sample!)) as Float32Array[];
    const alone = await load({ variant: 'relaxed' });
    using same = alone.loadModel(sampleModelBytes());
    using here = alone.createInterpreter(same);
    expect(output).toEqual(Object.values(here.run(sample!))[0]);
    worker.terminate();
  });

  threaded('takes the binary as bytes', async () => {
    const wasmBinary = readFileSync(join(ROOT, 'dist/wasm/octolite-threads.wasm'));
    const octolite = await load({ wasmBinary, variant: 'threads', threads: 2 });
    expect(octolite.runtimeInfo()).toMatchObject({ threads: 2, variantReason: 'you asked for it' });
  });

  test('the command line says with how many it ran, and ends', async () => {
    const model = join(SAMPLE, 'shapes.tflite');
    const args = ['bench', model, '--threads', '2', '--runs', '3', '--json'];
    const { status, stdout, stderr } = await cli(args);
    expect(status).toBe(0);
    const { runtime } = JSON.parse(stdout) as { runtime: { threads: number } };
    expect(runtime.threads).toBe(newer ? 2 : 1);
    expect(stderr).toMatch(newer ? /^$/ : /runs on one thread: .*no relaxed SIMD/);
    expect((await cli(['bench', model, '--threads', '0'])).status).toBe(2);
  });
});
