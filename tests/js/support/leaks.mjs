/**
 * Loses models and interpreters, and says what became of their memory:
 *
 *     node --expose-gc leaks.mjs MODEL
 *
 * Run in a process of its own, for its standard error. LOSE=no: all is disposed of.
 */
import { readFileSync } from 'node:fs';
import { load } from 'octolite';
import { connectWorker } from 'octolite/worker';

const bytes = readFileSync(process.argv[2]);
const options = process.env.WARNINGS ? { leakWarnings: process.env.WARNINGS === 'yes' } : {};
const loses = process.env.LOSE !== 'no';

/** Collects, and lets the finalizers run, until the condition holds. */
async function collectUntil(holds) {
  for (let i = 0; i < 500; ++i) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (await holds()) return true;
  }
  return false;
}

const none = async (library) => (await library.runtimeInfo()).liveHandles === 0;

async function use(library) {
  for (let i = 0; i < 3; ++i) {
    const model = await library.loadModel(bytes);
    const interpreter = await library.createInterpreter(model);
    await interpreter.allocateTensors();
    if (!loses) {
      interpreter.dispose();
      model.dispose();
    }
  }
}

const here = await load(options);
const before = here.runtimeInfo().allocatedBytes;
await use(here);
const used = here.runtimeInfo().liveHandles;
const freed = await collectUntil(() => none(here));
const left = here.runtimeInfo().allocatedBytes - before;

const worker = await connectWorker(options);
await use(worker);
const freedInWorker = await collectUntil(() => none(worker));
worker.terminate();

// A task has but the handle of its model: that must do, however long it takes.
async function* samples() {
  for (let i = 0; i < 3; ++i) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield new Float32Array(4800).fill(i / 3);
  }
}
const model = loses ? undefined : here.loadModel(bytes);
const task = { recipe: 'static_wi8_ai8', calibration: samples() };
const { report } = await here.quantize(model ?? here.loadModel(bytes), task);
model?.dispose();
const freedAfterTask = await collectUntil(() => none(here));

console.log(
  JSON.stringify({
    used,
    freed,
    left,
    freedInWorker,
    quantized: report.operators.length,
    freedAfterTask,
  }),
);
