/** Octolite, as built in dist/. */
export const octolite = {
  variants: ['relaxed', 'simd128'],

  threads: () => Infinity,

  async load(host, { variant, threads }) {
    const { load } = await import(`${host.octolite}index.js`);
    const library = await load({ variant, ...(threads > 1 ? { threads } : {}) });
    const info = library.runtimeInfo();
    if (threads > 1 && info.threads !== threads) {
      throw new Error(`this build runs on ${info.threads ?? 1} thread`);
    }
    return {
      facts: {
        version: info.version,
        dotProduct: info.dotProduct,
        compiler: info.compiler,
        threads: info.threads ?? 1,
      },
      heapBytes: () => library.runtimeInfo().memoryBytes,
      compile(bytes) {
        const model = library.loadModel(bytes);
        const interpreter = library.createInterpreter(model, threads > 1 ? { threads } : {});
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
};
