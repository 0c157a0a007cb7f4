/** onnxruntime-web, its WebAssembly provider alone; models are converted. */
import { toOnnx } from '../onnx/convert.mjs';
import { count, permute, toNhwc } from '../onnx/layout.mjs';

/** Its heap is a WebAssembly.Memory that its script makes and shows to nobody. */
function watchMemory() {
  const { Memory } = WebAssembly;
  const seen = [];
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, args) {
      const memory = new target(...args);
      seen.push(memory);
      return memory;
    },
  });
  return { seen, stop: () => (WebAssembly.Memory = Memory) };
}

export const ort = {
  variants: ['simd128'],

  // The only build that there is.
  rivals: { simd128: 'relaxed' },

  threads: () => Infinity,

  download: () =>
    ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs', 'ort.wasm.min.mjs'].map(
      (name) => `onnxruntime-web/dist/${name}`,
    ),

  async load(host, { threads }) {
    const api = await import(host.package('onnxruntime-web/dist/ort.wasm.min.mjs'));
    api.env.wasm.wasmPaths = host.path('onnxruntime-web/dist/');
    api.env.wasm.numThreads = threads;
    api.env.logLevel = 'error';
    const memory = watchMemory();
    return {
      facts: { threads },
      heapBytes: () => memory.seen[0]?.buffer.byteLength,
      async compile(bytes) {
        const session = await api.InferenceSession.create(toOnnx(bytes), {
          executionProviders: ['wasm'],
          graphOptimizationLevel: 'all',
        });
        memory.stop();
        const { inputMetadata } = session;
        let feeds = {};
        let results = {};
        return {
          inputs: inputMetadata.map(({ type, shape }) => ({ dtype: type, shape: toNhwc(shape) })),
          setInputs(arrays) {
            feeds = Object.fromEntries(
              inputMetadata.map(({ name, type, shape }, i) => {
                const data =
                  shape.length === 4 ? permute(arrays[i], toNhwc(shape), [0, 3, 1, 2]) : arrays[i];
                return [name, new api.Tensor(type, data, shape)];
              }),
            );
          },
          async run() {
            results = await session.run(feeds);
          },
          outputs: () =>
            session.outputNames.map((name) => {
              const { data, dims } = results[name];
              return dims.length === 4 && count(dims) > 0
                ? permute(data, dims, [0, 2, 3, 1])
                : data;
            }),
        };
      },
    };
  },
};
