/**
 * Compares Octolite with other engines that run the same models in WebAssembly.
 *
 *   npm run bench -- [--models GLOB,...] [--folder DIR] [--engines NAME[:VARIANT],...]
 *                    [--threads N,...] [--rounds N] [--warm-up MS] [--node] [--chromium] [--out FILE]
 *
 * Without --node or --chromium it measures in both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../../scripts/lib/process.mjs';
import { installModules } from '../../../scripts/lib/setup.mjs';
import { describe, findModels, MODELS } from './describe.mjs';
import { engines } from './engines/index.mjs';
import { openChromium } from './hosts/chromium.mjs';
import { openNode } from './hosts/node.mjs';
import { summarize } from './summary.mjs';
import { sectionLines } from './table.mjs';

const HOSTS = { node: openNode, chromium: openChromium };

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: '*,bench/*' },
    folder: { type: 'string', default: MODELS },
    engines: { type: 'string', default: Object.keys(engines).join(',') },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '15' },
    'warm-up': { type: 'string', default: '500' },
    node: { type: 'boolean', default: false },
    chromium: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

/** `litert,octolite:relaxed` as [{ engine, variant }]. */
function parseEngines(text) {
  return text.split(',').flatMap((entry) => {
    const [engine, variant] = entry.split(':');
    const known = engines[engine]?.variants;
    if (!known || (variant !== undefined && !known.includes(variant))) {
      throw new Error(`there is no engine ${entry}`);
    }
    return (variant === undefined ? known : [variant]).map((name) => ({ engine, variant: name }));
  });
}

function versionOf(name) {
  const path = join(root, 'tests/bench/node_modules', name, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

const wanted = parseEngines(options.engines);
const threadCounts = options.threads.split(',').map(Number);
await installModules(join(root, 'tests/bench'));

const { load } = await import(`${root}/dist/index.js`);
const octolite = await load();
const { version, compiler } = octolite.runtimeInfo();
const machine = {
  cpu: cpus()[0].model,
  cores: availableParallelism(),
  platform: `${process.platform} ${process.arch}`,
};
const versions = {
  octolite: `${version} (${compiler})`,
  litert: versionOf('@litertjs/core'),
  ort: versionOf('onnxruntime-web'),
};
const models = findModels(options.folder, options.models.split(',')).map((model) =>
  describe(octolite, model),
);
if (models.length === 0) throw new Error(`no models ${options.models} in ${options.folder}`);

const job = { rounds: Number(options.rounds), warmUpMs: Number(options['warm-up']) };
/** Start and rounds of every engine, merged into one report each. */
async function measureModel(host, { path }, specs) {
  const starts = [];
  for (const spec of specs) {
    starts.push(await host.measureStart(path, spec).catch((error) => ({ error: error.message })));
  }
  const rounds = await host
    .measureRounds(path, { ...job, specs })
    .catch(({ message }) => specs.map((spec) => ({ ...spec, error: message.split('\n')[0] })));
  return rounds.map((report, i) => ({ ...starts[i], ...report }));
}

/** What the relaxed builds of Octolite found of the machine's dot product. */
function dotProducts(parts) {
  const kinds = parts.flatMap(({ models: entries }) =>
    entries.flatMap(({ reports }) =>
      reports
        .filter(({ variant, facts }) => variant === 'relaxed' && facts?.dotProduct)
        .map(({ facts }) => facts.dotProduct),
    ),
  );
  const exact = (kind) => (kind === 'none' ? 'not exact here, not used' : `exact, ${kind}`);
  return [...new Set(kinds)].map(exact);
}

const sections = [];
const everywhere = !options.node && !options.chromium;
for (const [name, open] of Object.entries(HOSTS)) {
  if (!everywhere && !options[name]) continue;
  const host = await open();
  for (const threads of threadCounts) {
    const specs = wanted
      .filter(({ engine, variant }) => engines[engine].threads(variant) >= threads)
      .map((spec) => ({ ...spec, threads }));
    const section = { host: host.name, threads, models: [] };
    sections.push(section);
    for (const model of models) {
      console.error(`${host.name}, ${threads} thread(s): ${model.name}`);
      const reports = await measureModel(host, model, specs);
      section.models.push({ ...model, reports });
    }
  }
  await host.close();
}

const rivals = Object.fromEntries(
  Object.entries(engines).map(([name, { rivals: by }]) => [name, by ?? {}]),
);
const summaries = sections.map((section) => summarize(section, rivals));
const lines = [
  `machine: ${machine.cpu}, ${machine.cores} cores, ${machine.platform}`,
  `relaxed integer dot: ${dotProducts(sections).join(', ') || 'not seen'}`,
  `engines: ${Object.entries(versions)
    .map(([name, text]) => `${name} ${text}`)
    .join(', ')}`,
  ...summaries.flatMap(sectionLines),
];
console.log(lines.join('\n'));
if (options.out) {
  const report = { machine, versions, date: new Date().toISOString(), sections, summaries };
  writeFileSync(options.out, `${JSON.stringify(report, null, 1)}\n`);
}
