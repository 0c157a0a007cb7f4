/**
 * How fast the kernels are, natively and in WebAssembly, against what the machine can do.
 *
 *   npm run bench:kernels -- [FILTER] [--only native,simd128,relaxed] [--out FILE]
 *
 * FILTER is part of the group, type or name of a case, for instance "depthwise int8".
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cmakeBuild } from '../../../scripts/lib/build.mjs';
import { CommandError, must, root } from '../../../scripts/lib/process.mjs';
import { newerNode, setUp } from '../../../scripts/lib/setup.mjs';
import { table } from '../models/table.mjs';
import { parseLines } from './lines.mjs';

const BUILDS = {
  native: { preset: 'host-release', program: 'bench/kernel_bench' },
  simd128: { preset: 'wasm', program: 'bench_simd128/kernel_bench.js' },
  relaxed: { preset: 'wasm', program: 'bench_relaxed/kernel_bench.js' },
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: Object.keys(BUILDS).join(',') },
    out: { type: 'string' },
  },
});
const [filter = ''] = positionals;
const wanted = options.only.split(',');
for (const name of wanted) if (!BUILDS[name]) throw new Error(`there is no build ${name}`);

await setUp('test');
const node = await newerNode();

async function runBuilds() {
  for (const preset of new Set(wanted.map((name) => BUILDS[name].preset))) {
    await cmakeBuild(preset, ['octolite_kernel_bench']);
  }
  const runs = [];
  for (const name of wanted) {
    const { preset, program } = BUILDS[name];
    const path = join(root, 'build', preset, program);
    const [command, ...args] = path.endsWith('.js') ? [node, path] : [path];
    runs.push({ name, ...parseLines(await must(command, [...args, filter])) });
  }
  return runs;
}

const runs = await runBuilds().catch((error) => {
  if (!(error instanceof CommandError)) throw error;
  console.error(`${error.output}\n${error.message}`);
  process.exit(1);
});
const number = (value) => (value === undefined ? '-' : value.toPrecision(3));
const percent = (value) => (value === undefined ? '' : `${Math.round(100 * value)} %`);
const peakNames = [...new Set(runs.flatMap(({ peaks }) => peaks.map(({ name }) => name)))];
const keyOf = ({ group, type, name }) => `${group} ${type} ${name}`;
const cases = new Map(runs.flatMap((run) => run.cases.map((item) => [keyOf(item), item])));
const machine = {
  cpu: cpus()[0].model,
  cores: availableParallelism(),
  node: await must(node, ['-v']),
};

console.log(
  [
    `machine: ${machine.cpu}, ${machine.cores} cores; WebAssembly in Node.js ${machine.node.trim()}`,
    `int8 products: ${runs.map(({ name, dot }) => `${name} ${dot}`).join(', ')}`,
    '',
    ...table([
      ['peak, G multiply-adds or bytes a second', ...wanted],
      ...peakNames.map((name) => [
        name,
        ...runs.map(({ peaks }) => number(peaks.find((p) => p.name === name)?.gigaPerSecond)),
      ]),
    ]),
    '',
    ...table([
      [
        'G multiply-adds (elementwise: bytes) a second',
        ...wanted.flatMap((name) => [name, 'peak']),
      ],
      ...[...cases].map(([key]) => [
        key,
        ...runs.flatMap((run) => {
          const item = run.cases.find((other) => keyOf(other) === key);
          return [number(item?.gigaPerSecond), percent(item?.share)];
        }),
      ]),
    ]),
  ].join('\n'),
);
if (options.out) {
  writeFileSync(options.out, `${JSON.stringify({ machine, date: new Date(), runs }, null, 1)}\n`);
}
