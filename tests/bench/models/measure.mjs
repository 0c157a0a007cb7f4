/**
 * Measures engines over one model, in Node.js and in pages alike: every round runs all engines one
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

/** Loads an engine and a model in it, and runs that until it no longer becomes faster. */
async function start(spec, host, bytes, warmUpMs) {
  const [loadMs, engine] = await timed(() => engines[spec.engine].load(host, spec));
  const [compileMs, model] = await timed(() => engine.compile(bytes));
  model.setInputs(model.inputs.map(({ dtype, shape }) => makeInput(dtype, shape)));
  const [firstMs] = await timed(() => model.run());
  const outputs = model.outputs();
  let runs = 0;
  const begun = performance.now();
  let fastestMs = firstMs;
  while (runs < 3 || performance.now() - begun < warmUpMs) {
    const [ms] = await timed(() => model.run());
    fastestMs = Math.min(fastestMs, ms);
    runs += 1;
  }
  const repeats = Math.max(1, Math.ceil(SLICE_MS / Math.max(fastestMs, 0.001)));
  return {
    model,
    outputs,
    repeats,
    report: { loadMs, compileMs, firstMs, heapBytes: engine.heapBytes(), facts: engine.facts },
  };
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

/**
 * @param host where things are: `package(path)` and `octolite` are addresses to import from,
 *     `place(path)` a package's file as its own loader wants it, `asWorker(action)` an action where
 *     classic scripts can be loaded.
 * @param job { specs: [{ engine, variant, threads }], rounds, warmUpMs }
 * @returns for each spec its report with `samples`, milliseconds of each round, or an `error`.
 */
export async function measure(host, bytes, { specs, rounds, warmUpMs }) {
  const reports = [];
  const running = [];
  for (const spec of specs) {
    try {
      const started = await start(spec, host, bytes, warmUpMs);
      const report = { ...spec, ...started.report, samples: [] };
      if (running.length > 0) report.cosine = agreement(running[0].outputs, started.outputs);
      reports.push(report);
      running.push({ ...started, report });
    } catch (error) {
      reports.push({ ...spec, error: String(error?.message ?? error).split('\n')[0] });
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
