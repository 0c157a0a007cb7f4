// `npm start`: sets the machine up, builds the package and the page, quantizes the sample model
// through the command line, says what that changed, and serves the page. `--no-serve` stops before
// the last.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './lib/build.mjs';
import { CommandError, must, root, run } from './lib/process.mjs';
import { setUp } from './lib/setup.mjs';

const sample = (name) => join('examples/sample-model', name);

/** Runs a command of the `octolite` command line and returns the object that it prints. */
async function octolite(...args) {
  const output = await must(process.execPath, ['dist/node/cli.js', ...args, '--json']);
  return JSON.parse(output);
}

async function measure(model) {
  const preprocessing = ['--range', '0,1'];
  const data = ['--data', sample('evaluation-images-idx4-ubyte.gz')];
  const labels = ['--labels', sample('evaluation-labels-idx1-ubyte.gz')];
  const { top1, samples } = await octolite('evaluate', model, ...data, ...labels, ...preprocessing);
  const { medianMs, runtime } = await octolite('bench', model, '--runs', '200');
  return { top1, samples, medianMs, runtime };
}

/** Quantizes the sample model and prints a table of before and after. */
async function demonstrate() {
  const float = sample('shapes.tflite');
  const quantized = 'build/sample/shapes_int8.tflite';
  mkdirSync(join(root, 'build/sample'), { recursive: true });
  const command = ['quantize', float, '-o', quantized];
  const calibration = [
    '--calibration',
    sample('calibration-images-idx4-ubyte.gz'),
    '--range',
    '0,1',
  ];
  console.log(`\n$ npx octolite ${[...command, ...calibration].join(' ')}`);
  const { bytesBefore, bytesAfter } = await octolite(...command, ...calibration);
  const before = await measure(float);
  const after = await measure(quantized);
  const row = (name, ...cells) =>
    console.log(name.padEnd(12) + cells.map((cell) => cell.padStart(14)).join(''));
  const ratio = (a, b) => `${(a / b).toFixed(2)} x`;
  row('', 'float32', 'int8', '');
  row('size', `${bytesBefore} B`, `${bytesAfter} B`, ratio(bytesAfter, bytesBefore));
  row(
    'top-1',
    ...[before, after].map(({ top1 }) => `${(100 * top1).toFixed(2)} %`),
    `of ${after.samples}`,
  );
  row(
    'latency',
    ...[before, after].map(({ medianMs }) => `${medianMs.toFixed(3)} ms`),
    ratio(after.medianMs, before.medianMs),
  );
  console.log(`on Node.js ${process.version}, one thread, binary ${after.runtime.variant}\n`);
}

await setUp('start');
console.log('building the package and the page');
try {
  await buildAll();
  await demonstrate();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(`${error.output}\n${error.message}`);
  process.exit(1);
}
if (!process.argv.includes('--no-serve')) {
  const serve = ['dist/node/cli.js', 'serve', ...process.argv.slice(2)];
  const { status } = await run(process.execPath, serve, { show: true });
  process.exitCode = status;
}
