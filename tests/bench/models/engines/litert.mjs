/**
 * LiteRT.js. It is made for pages, but its Emscripten glue starts in Node.js too where `self` and
 * `importScripts` exist (hosts/node.mjs).
 */
import { withStaticShapes } from '../tflite.mjs';

/** What LiteRT.js 2.5 lists are float32, int32 and uint8; the numbers are those of its own enum. */
const MORE_TYPES = [
  { dtype: 'int8', typedArrayConstructor: Int8Array, elementType: 9 },
  { dtype: 'int16', typedArrayConstructor: Int16Array, elementType: 7 },
  { dtype: 'int64', typedArrayConstructor: BigInt64Array, elementType: 4 },
  // The runtime has bytes for it; Uint8Array is taken, by uint8.
  { dtype: 'bool', typedArrayConstructor: Uint8ClampedArray, elementType: 6 },
];

const GLUE = {
  relaxed: 'litert_wasm_internal.js',
  compat: 'litert_wasm_compat_internal.js',
  threaded: 'litert_wasm_threaded_internal.js',
};

const buildOf = (variant, threads) => (threads > 1 ? 'threaded' : variant);

/** Its table of element types is frozen when its module runs: this adds ours just before. */
async function importWithTypes(url) {
  const { freeze } = Object;
  Object.freeze = (value) =>
    freeze(Array.isArray(value) && value[0]?.elementType ? [...value, ...MORE_TYPES] : value);
  try {
    return await import(url);
  } finally {
    Object.freeze = freeze;
  }
}

export const litert = {
  variants: ['relaxed', 'compat'],

  rivals: { relaxed: 'relaxed', compat: 'simd128' },

  threads: (variant) => (variant === 'relaxed' ? Infinity : 1),

  download(variant, threads) {
    const glue = GLUE[buildOf(variant, threads)];
    return [glue, glue.replace(/js$/, 'wasm'), '../dist/index.js'].map(
      (name) => `@litertjs/core/wasm/${name}`,
    );
  },

  async load(host, { variant, threads }) {
    const build = buildOf(variant, threads);
    // One runtime a module instance, so each build has an instance of its own.
    const api = await importWithTypes(`${host.package('@litertjs/core/dist/index.js')}?${build}`);
    const warn = console.warn;
    console.warn = () => undefined; // that there is no WebGPU
    let runtime;
    try {
      const glue = host.place(`@litertjs/core/wasm/${GLUE[build]}`);
      runtime = await host.asWorker(() => api.loadLiteRt(glue));
    } finally {
      console.warn = warn;
    }
    return {
      facts: { threads: runtime.liteRtWasm.getThreadCount?.() ?? 1 },
      heapBytes: () => runtime.liteRtWasm.HEAPU8.byteLength,
      async compile(bytes) {
        const model = await api.loadAndCompile(withStaticShapes(bytes), {
          accelerator: 'wasm',
          cpuOptions: { numThreads: threads },
        });
        const inputs = model.getInputDetails().map(({ dtype, shape }) => ({
          dtype,
          shape: Array.from(shape),
        }));
        let tensors = [];
        let results = [];
        return {
          inputs,
          setInputs(arrays) {
            tensors = arrays.map((values, i) => {
              const { dtype, shape } = inputs[i];
              const data = dtype === 'bool' ? new Uint8ClampedArray(values) : values;
              return new api.Tensor(data, shape);
            });
          },
          async run() {
            for (const tensor of results) tensor.delete();
            results = [];
            results = await model.run(tensors);
          },
          outputs: () => results.map((tensor) => tensor.toTypedArray()),
        };
      },
    };
  },
};
