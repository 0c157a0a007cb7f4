/** Octolite as it is built in a folder: `host.build(name)`. */
const builtIn = (name) => ({
  variants: ['relaxed', 'simd128'],

  // With threads it is a binary of its own, with relaxed SIMD.
  threads: (variant) => (variant === 'relaxed' ? Infinity : 1),

  download(variant, threads) {
    const binary = `wasm/octolite-${threads > 1 ? 'threads' : variant}`;
    return [`${binary}.wasm`, `${binary}.mjs`];
  },

  async load(host, { variant, threads }) {
    const { load } = await import(`${host.build(name)}index.js`);
    const library = await load(threads > 1 ? { threads } : { variant });
    const info = library.runtimeInfo();
    if (threads > 1 && info.threads !== threads) {
      throw new Error(`it runs on one thread: ${info.variantReason}`);
    }
    return {
      facts: {
        version: info.version,
        binary: info.variant,
        dotProduct: info.dotProduct,
        compiler: info.compiler,
        threads: info.threads,
      },
      heapBytes: () => library.runtimeInfo().memoryBytes,
      compile(bytes) {
        const interpreter = library.createInterpreter(library.loadModel(bytes));
        interpreter.allocateTensors();
        const inputs = interpreter.getInputDetails();
        return {
          inputs,
          setInputs: (arrays) =>
            arrays.forEach((values, i) => interpreter.setTensor(inputs[i].index, values)),
          run: () => interpreter.invoke(),
          outputs: () =>
            interpreter.getOutputDetails().map(({ index }) => interpreter.getTensor(index)),
        };
      },
    };
  },
});

/** The build in dist/. */
export const octolite = builtIn('octolite');

/** Another build, for a comparison with the one in dist/ (main.mjs --before). */
export const before = {
  ...builtIn('before'),
  rivals: { relaxed: 'relaxed', simd128: 'simd128' },
};
