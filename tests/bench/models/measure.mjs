/**
 * Measures engines over one model, in Node.js and in pages alike. Every round runs all engines one
 * after the other, so that a slow moment of the machine hits them all.
 */
import { engines } from './engines/index.mjs';
import { makeInput } from './inputs.mjs';
import { cosine } from './statistics.mjs';

/** An engine runs for so long in a round, and at least once, after one run that is not timed. */
const SLICE_MS = 20;

/** Engines with threads may spin for a moment before they sleep. */
const SETTLE_MS = 10;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function timed(action) {
  const begun = performance.now();
  const result = await action();
  return [performance.now() - begun, result];
}

/** Loads an engine and a model in it, and runs it once. */
async function start(host, bytes, spec) {
  const [loadMs, engine] = await timed(() => engines[spec.engine].load(host, spec));
  const [compileMs, model] = await timed(() => engine.compile(bytes));
  const readyHeapBytes = engine.heapBytes();
  model.setInputs(model.inputs.map(({ dtype, shape }) => makeInput(dtype, shape)));
  const [firstMs] = await timed(() => model.run());
  const heapBytes = engine.heapBytes();
  return {
    model,
    facts: engine.facts,
    times: { loadMs, compileMs, firstMs, readyHeapBytes, heapBytes },
  };
}

/** Resolves to the time of the fastest run in a while. */
async function warmUp(model, forMs) {
  const begun = performance.now();
  let fastestMs = Infinity;
  for (let runs = 0; runs < 3 || performance.now() - begun < forMs; ++runs) {
    const [ms] = await timed(() => model.run());
    fastestMs = Math.min(fastestMs, ms);
  }
  return fastestMs;
}

/** Milliseconds a run, of one round. */
async function sample({ model, repeats }) {
  await model.run();
  const begun = performance.now();
  for (let i = 0; i < repeats; ++i) await model.run();
  return (performance.now() - begun) / repeats;
}

/** The worst agreement of an output with the one of the other engine that is most like it. */
function agreement(ours, theirs) {
  const best = (output) => {
    const candidates = theirs.filter(({ length }) => length === output.length);
    return Math.max(-1, ...candidates.map((other) => cosine(output, other)));
  };
  return Math.min(...ours.map(best));
}

const failed = (spec, error) => ({
  ...spec,
  error: String(error?.message ?? error).split('\n')[0],
});

/** What it takes to start: to be called where nothing was loaded before. */
export async function measureStart(host, bytes, spec) {
  try {
    return (await start(host, bytes, spec)).times;
  } catch (error) {
    return failed(spec, error);
  }
}

/**
 * @param host where things are: `package(path)` and `build(name)`, a folder with Octolite, are
 *     addresses to import from, `path(path)` is a package's file without a protocol, `place(path)`
 *     where a classic script of a package is, beside its binary; `asWorker(action)` runs an action
 *     where such scripts can be loaded.
 * @param job { specs: [{ engine, variant, threads }], rounds, warmUpMs }
 * @returns for each spec { samples: milliseconds of each round, facts, cosine }, or an `error`;
 *     `cosine` compares the outputs with those of the first engine.
 */
export async function measureRounds(host, bytes, { specs, rounds, warmUpMs }) {
  const reports = [];
  const running = [];
  for (const spec of specs) {
    try {
      const { model, facts } = await start(host, bytes, spec);
      const outputs = model.outputs();
      const fastestMs = await warmUp(model, warmUpMs);
      const repeats = Math.max(1, Math.ceil(SLICE_MS / Math.max(fastestMs, 0.001)));
      const report = { ...spec, facts, samples: [] };
      if (running.length > 0) report.cosine = agreement(running[0].outputs, outputs);
      reports.push(report);
      running.push({ model, outputs, repeats, report });
    } catch (error) {
      reports.push(failed(spec, error));
    }
  }
  const settleMs = specs.some(({ threads }) => threads > 1) ? SETTLE_MS : 0;
  for (let round = 0; round < rounds; ++round) {
    for (const entry of running) {
      await pause(settleMs);
      entry.report.samples.push(await sample(entry));
    }
  }
  return reports;
}
