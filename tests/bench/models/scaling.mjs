/**
 * How the time of a run grows with its work: image size, batch and threads, of models that take
 * images of any size.
 *
 *   npm run bench:scaling -- [--models GLOB,...] [--folder DIR] [--sizes N,...] [--batches N,...]
 *                            [--threads N,...] [--rounds N] [--out FILE]
 *
 * Measures the build in dist/ in a newer Node.js, in a process of its own; all shapes of a model run
 * in turn, round after round. This file is also what that process runs.
 */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../../../scripts/lib/process.mjs';
import { newerNode } from '../../../scripts/lib/setup.mjs';
import { MODELS, findModels } from './describe.mjs';
import { makeInput } from './inputs.mjs';
import { whole } from './options.mjs';
import { median } from './statistics.mjs';
import { table } from './table.mjs';

/** A shape runs for so long in a round, and at least once. */
const SLICE_MS = 30;

const self = fileURLToPath(import.meta.url);

/** An interpreter for the shape, ready and warm, or a reason why there is none. */
function prepare(library, bytes, { size, batch }) {
  const model = library.loadModel(bytes);
  const interpreter = library.createInterpreter(model);
  try {
    const [{ index, dtype }] = interpreter.getInputDetails();
    const shape = [batch, size, size, 3];
    interpreter.resizeInputTensor(index, shape);
    interpreter.setTensor(index, makeInput(dtype, shape));
    interpreter.invoke();
    return { interpreter };
  } catch ({ message }) {
    interpreter.dispose();
    return { error: message };
  } finally {
    model.dispose();
  }
}

function millisecondsOf(interpreter) {
  const begun = performance.now();
  let runs = 0;
  do {
    interpreter.invoke();
    ++runs;
  } while (performance.now() - begun < SLICE_MS);
  return (performance.now() - begun) / runs;
}

/** Medians of every size and batch of a model. */
async function measure({ path, shapes, threads, rounds }) {
  const { load } = await import(`${root}/dist/index.js`);
  const library = await load({ threads });
  const bytes = readFileSync(path);
  const entries = shapes.map((shape) => ({
    row: { ...shape, threads },
    samples: [],
    ...prepare(library, bytes, shape),
  }));
  for (let round = 0; round < rounds; ++round) {
    for (const { interpreter, samples } of entries) {
      if (interpreter) samples.push(millisecondsOf(interpreter));
    }
  }
  return entries.map(({ row, samples, error }) =>
    error === undefined ? { ...row, medianMs: median(samples) } : { ...row, error },
  );
}

function measureApart(execPath, job) {
  return new Promise((resolve, reject) => {
    const child = fork(self, [], { execPath, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.once('message', resolve);
    child.once('error', reject);
    child.once('close', (status) => reject(new Error(`the process ended with status ${status}`)));
    child.send(job);
  });
}

/** Times beside the work, in pixels, both as multiples of the first row's. */
function lines({ name, rows }) {
  const measured = rows.filter(({ medianMs }) => medianMs);
  const refused = rows.filter(({ threads, error }) => threads === rows[0].threads && error);
  const refusals = refused.map(
    ({ size, batch, error }) => `  not ${size} x ${size}, batch ${batch}: ${error}`,
  );
  const [base] = measured;
  if (!base) return ['', name, ...refusals];
  const work = ({ size, batch }) => (size * size * batch) / (base.size * base.size * base.batch);
  const alone = (row) =>
    measured.find((o) => o.threads === 1 && o.size === row.size && o.batch === row.batch);
  return [
    '',
    name,
    ...table([
      ['image', 'batch', 'threads', 'ms', 'work', 'time', 'time / work', 'gain by threads'],
      ...measured.map((row) => {
        const time = row.medianMs / base.medianMs;
        const gain = alone(row) ? alone(row).medianMs / row.medianMs : NaN;
        return [
          `${row.size} x ${row.size}`,
          `${row.batch}`,
          `${row.threads}`,
          row.medianMs.toFixed(2),
          work(row).toFixed(2),
          time.toFixed(2),
          row.threads === 1 ? (time / work(row)).toFixed(2) : '',
          row.threads === 1 ? '' : `${gain.toFixed(2)}x`,
        ];
      }),
    ]),
    ...refusals,
  ];
}

async function main() {
  const { values } = parseArgs({
    options: {
      models: { type: 'string', default: 'bench/mobilenet_v*' },
      folder: { type: 'string', default: MODELS },
      sizes: { type: 'string', default: '96,128,160,192,224' },
      batches: { type: 'string', default: '1,2,4' },
      threads: { type: 'string', default: '1,2' },
      rounds: { type: 'string', default: '9' },
      out: { type: 'string' },
    },
  });
  const numbers = (name) => values[name].split(',').map((text) => whole(text, name));
  const rounds = whole(values.rounds, 'rounds');
  const sizes = numbers('sizes');
  const largest = Math.max(...sizes);
  // Sizes with one image, and more images of the largest.
  const shapes = [
    ...sizes.map((size) => ({ size, batch: 1 })),
    ...numbers('batches')
      .filter((batch) => batch > 1)
      .map((batch) => ({ size: largest, batch })),
  ];
  const execPath = await newerNode();
  const report = [];
  for (const { path, name } of findModels(values.folder, values.models.split(','))) {
    const rows = [];
    for (const threads of numbers('threads')) {
      rows.push(...(await measureApart(execPath, { path, shapes, threads, rounds })));
    }
    report.push({ name, rows });
    console.log(lines({ name, rows }).join('\n'));
  }
  if (values.out) writeFileSync(values.out, `${JSON.stringify(report, null, 1)}\n`);
}

if (process.send) {
  process.once('message', async (job) => {
    process.send(await measure(job), () => process.exit());
  });
} else {
  await main();
}
