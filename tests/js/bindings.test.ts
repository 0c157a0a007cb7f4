/**
 * The hand-written types of the WebAssembly module (js/src/raw.ts) hold for what the module really
 * takes and gives: every function is called by the library itself, with a watcher in between.
 * tests/arch/bindings.test.mjs compares the names in the sources.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CustomOp, Octolite, TensorInput } from 'octolite';
import { Engine } from '../../dist/engine.js';
import { loadModule } from '../../dist/load.js';
import { Octolite as OctoliteClass } from '../../dist/octolite.js';
import { sampleModelBytes } from './support/files.js';
import { counterModel, modelOf, type TestTensor } from './support/make_models.js';
import { WatchedModule } from './support/raw_types.js';

const SAMPLES: readonly TensorInput[] = [0.2, 0.5, 0.8, 0.4].map((value) =>
  new Float32Array(4800).map((_, i) => (value * ((i * 7) % 11)) / 11),
);

let watched: WatchedModule;
let octolite: Octolite;
beforeAll(async () => {
  const loaded = await loadModule({});
  watched = new WatchedModule(loaded.module);
  const engine = new Engine({ ...loaded, module: watched.module as typeof loaded.module });
  octolite = Reflect.construct(OctoliteClass, [engine, false]) as Octolite;
  await useEverything(octolite, engine);
  // Where there are threads, a module that waits for some is good for nothing else.
  const threads = await loadModule({});
  const other = new WatchedModule(threads.module);
  (other.module as typeof threads.module).startThreads(2, true);
  for (const fault of other.faults) watched.faults.add(fault);
  for (const name of other.called) watched.called.add(name);
});

async function useEverything(library: Octolite, engine: Engine): Promise<void> {
  library.runtimeInfo();
  const bytes = sampleModelBytes();
  const model = library.loadModel(bytes);
  library.inspect(model);
  await useTasks(library, bytes);
  useInterpreters(library);
  await useCustomOps(library);
  const source = {
    size: bytes.length,
    read: (at: number, length: number) => bytes.slice(at, at + length),
  };
  const streamed = { recipe: 'dynamic_wi8_afp32' } as const;
  await library.quantizeStream(source, { write: () => undefined }, streamed);
  await expect(
    library.quantizeStream(
      {
        size: 100,
        read: () => {
          throw new Error('no');
        },
      },
      { write: () => undefined },
      streamed,
    ),
  ).rejects.toThrow();
  expect(() => library.loadModel(bytes.subarray(0, 1000))).toThrow();
  const reconstructor = engine.createReconstructor(
    engine.loadModel(bytes),
    engine.loadModel((await library.quantize(model, { recipe: 'dynamic_wi8_afp32' })).bytes),
    { bias: true, rounding: true },
  );
  engine.reconstructorSample(reconstructor, SAMPLES[0]!);
  for (let i = engine.reconstructorLayers(reconstructor); i > 0; --i) {
    engine.reconstructLayer(reconstructor);
  }
  engine.finishReconstructor(reconstructor);
}

async function useTasks(library: Octolite, bytes: Uint8Array): Promise<void> {
  const model = library.loadModel(bytes);
  const statistics = await library.calibrate(model, SAMPLES);
  const recipe = 'static_wi8_ai8';
  const { bytes: small } = await library.quantize(model, { recipe, calibration: statistics });
  const quantized = library.loadModel(small);
  await library.compare(model, quantized, SAMPLES, { perLayer: true });
  await library.evaluate(model, SAMPLES, [1, 2, 3, 4], { against: quantized });
  await library.benchmark(model, { runs: 1, warmup: 0, profile: true });
  await library.quantize(model, { recipe, calibration: SAMPLES, recover: 'all' });
  await library.prune(model, { share: 0.5 });
  const clustered = library.loadModel((await library.cluster(quantized, { clusters: 8 })).bytes);
  await library.compressForMicro(clustered);
  await library.analyzeCompanding(model);
  await library.compandingLevels('mu_law', 4, 255);
  await library.codebook([1, 2, 3], 2);
}

function useInterpreters(library: Octolite): void {
  const counter = library.createInterpreter(library.loadModel(counterModel()), {
    keepAllTensors: true,
    arithmetic: 'reference',
  });
  counter.getSignatureRunner('add').run({ amount: new Float32Array([1]) });
  counter.getSignatureRunner('read').run({});
  counter.getTensor(2, { dequantize: true });
  counter.warmUp();
  expect(() => counter.getTensor(99)).toThrow();
}

async function useCustomOps(library: Octolite): Promise<void> {
  const op: CustomOp = {
    prepare: ({ inputs }) => [inputs[0]!.shape, 'dynamic'],
    invoke([x], [y, s]) {
      y!.set(x!.shape, x!.data);
      s!.set([1], ['text']);
    },
  };
  const tensor = (name: string, type: TestTensor['type']): TestTensor => ({
    name,
    type,
    shape: [2],
  });
  const bytes = modelOf([
    {
      tensors: [tensor('x', 'float32'), tensor('text', 'string'), tensor('y', 'float32')].concat(
        tensor('s', 'string'),
      ),
      inputs: [0, 1],
      outputs: [2, 3],
      operators: [{ op: { custom: 'Mine' }, inputs: [0, -1], outputs: [2, 3] }],
    },
  ]);
  const model = library.loadModel(bytes, { customOps: { Mine: op } });
  const interpreter = library.createInterpreter(model, { customOps: { Mine: op } });
  interpreter.resizeInputTensor('x', [3]);
  const x = new Float32Array(3);
  interpreter.run({ x, text: ['a', 'b'] });
  const sample = { x: new Float32Array(2), text: ['a', 'b'] };
  // Steppers set strings in another way than interpreters.
  await library.calibrate(model, [sample]);
  await library.compare(model, model, [sample]);
}

describe('raw.ts says of the module', () => {
  test('what its functions take and give, to the field', () => {
    expect([...watched.faults]).toEqual([]);
  });

  test('no function that was not called here', () => {
    const declared = WatchedModule.declared().filter(
      // Strings are rare among what is equalized.
      (name) => name !== 'RawEqualizer.setInput' && name !== 'RawReconstructor.setInput',
    );
    expect(declared.length).toBeGreaterThan(60);
    expect(declared.filter((name) => !watched.called.has(name))).toEqual([]);
  });

  test('no option that it does not look at', () => {
    // For people: it depends on the order of the samples.
    const forPeople = 'RawModule.quantize(statistics).convergence';
    expect(watched.unread().filter((path) => path !== forPeople)).toEqual([]);
  });
});
