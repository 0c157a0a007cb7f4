import { load } from 'octolite';
import { versions } from 'octolite/versions';
import { connectWorker } from 'octolite/worker';

/** Quantizes and runs a model; `octolite` is the library, here or in a worker. */
export async function run(octolite, bytes) {
  const model = await octolite.loadModel(bytes);
  const { bytes: small } = await octolite.quantize(model, { recipe: 'dynamic_wi8_afp32' });
  const quantized = await octolite.loadModel(small);
  const interpreter = await octolite.createInterpreter(quantized);
  await interpreter.allocateTensors();
  const [{ name, shape }] = await interpreter.getInputDetails();
  const length = shape.reduce((product, size) => product * size, 1);
  const input = Float32Array.from({ length }, (_, index) => (index % 17) / 17);
  const outputs = await interpreter.run({ [name]: input });
  const { variant, threads } = await octolite.runtimeInfo();
  for (const handle of [interpreter, quantized, model]) handle.dispose();
  const [output] = Object.values(outputs);
  return { variant, threads, size: small.length, output: Array.from(output) };
}

async function inWorker(options, bytes) {
  const octolite = await connectWorker(options);
  try {
    return await run(octolite, bytes);
  } finally {
    octolite.terminate();
  }
}

/** In the program itself and in the library's worker, each with one thread and with two. */
export async function runEverywhere(bytes) {
  return {
    version: versions.octolite,
    here: await run(await load(), bytes),
    hereThreads: await run(await load({ threads: 2 }), bytes),
    worker: await inWorker({}, bytes),
    workerThreads: await inWorker({ threads: 2 }, bytes),
  };
}
