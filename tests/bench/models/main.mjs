/**
 * Compares Octolite with other engines that run the same models in WebAssembly.
 *
 *   npm run bench -- [--models GLOB,...] [--folder DIR] [--engines NAME[:VARIANT],...]
 *                    [--before DIR] [--threads N,...] [--rounds N] [--warm-up MS]
 *                    [--node] [--chromium] [--out FILE]
 *
 * Without --node or --chromium it measures in both. --before names another build of Octolite, as the
 * one in dist/, to be compared with it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/process.mjs';
import { installModules } from '../../../scripts/lib/setup.mjs';
import { describe, findModels } from './describe.mjs';
import { engines } from './engines/index.mjs';
import { openChromium } from './hosts/chromium.mjs';
import { openNode } from './hosts/node.mjs';
import { parseOptions } from './options.mjs';
import { downloadSizes } from './sizes.mjs';
import { label, summarize } from './summary.mjs';
import { sectionLines, sizeLines } from './table.mjs';

const OPEN = { node: openNode, chromium: openChromium };
const packages = join(root, 'tests/bench/node_modules');

const options = parseOptions(process.argv.slice(2));
const builds = { octolite: join(root, 'dist'), before: options.before };
await installModules(join(root, 'tests/bench'));

const { load } = await import(`${root}/dist/index.js`);
const octolite = await load();
const models = findModels(options.folder, options.globs).map((model) => describe(octolite, model));
if (models.length === 0) throw new Error(`no models ${options.globs} in ${options.folder}`);

/** Start and rounds of every engine, in one report each; who cannot start takes no part in rounds. */
async function measureModel(host, { path }, specs) {
  const starts = [];
  for (const spec of specs) {
    const times = await host.measureStart(path, spec).catch(({ message }) => ({ error: message }));
    starts.push({ ...spec, ...times });
  }
  const able = starts.flatMap(({ error }, i) => (error === undefined ? [specs[i]] : []));
  const { rounds, warmUpMs } = options;
  const measured = await host
    .measureRounds(path, { specs: able, rounds, warmUpMs })
    .catch(({ message }) => able.map((spec) => ({ ...spec, error: message })));
  return starts.map((report, i) => ({ ...report, ...measured[able.indexOf(specs[i])] }));
}

/** The engines that can work with so many threads. */
const specsFor = (threads) =>
  options.specs
    .filter(({ engine, variant }) => engines[engine].threads(variant) >= threads)
    .map((spec) => ({ ...spec, threads }));

async function measureSection(host, threads) {
  const section = { host: host.name, threads, models: [] };
  for (const model of models) {
    console.error(`${host.name}, ${threads} thread(s): ${model.name}`);
    const reports = await measureModel(host, model, specsFor(threads));
    section.models.push({ ...model, reports });
  }
  return section;
}

async function measureAll() {
  const sections = [];
  for (const name of options.hosts) {
    const host = await OPEN[name](builds);
    for (const threads of options.threads) sections.push(await measureSection(host, threads));
    await host.close();
  }
  return sections;
}

/** What the relaxed builds of Octolite found of the machine's dot product. */
function dotProducts(sections) {
  const reports = sections.flatMap((section) => section.models.flatMap((model) => model.reports));
  const kinds = reports
    .filter(({ variant, facts }) => variant === 'relaxed' && facts?.dotProduct)
    .map(({ facts }) => facts.dotProduct);
  const exact = (kind) => (kind === 'none' ? 'not exact here, not used' : `exact, ${kind}`);
  return [...new Set(kinds)].map(exact).join(', ') || 'not seen';
}

function versions() {
  const { version, compiler } = octolite.runtimeInfo();
  const versionOf = (name) =>
    JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')).version;
  return {
    octolite: `${version} (${compiler})`,
    litert: versionOf('@litertjs/core'),
    ort: versionOf('onnxruntime-web'),
  };
}

const sections = await measureAll();
const report = {
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0].model,
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    relaxedDot: dotProducts(sections),
  },
  versions: versions(),
  sizes: options.threads.flatMap(specsFor).map((spec) => ({
    label: spec.threads > 1 ? `${label(spec)}, ${spec.threads} threads` : label(spec),
    ...downloadSizes(engines[spec.engine], spec, builds[spec.engine] ?? packages),
  })),
  sections,
  summaries: sections.map((section) =>
    summarize(section, (engine, variant) => engines[engine].rivals?.[variant]),
  ),
};
const { cpu, cores, platform, relaxedDot } = report.machine;
console.log(
  [
    `machine: ${cpu}, ${cores} cores, ${platform}; relaxed integer dot: ${relaxedDot}`,
    `engines: ${Object.entries(report.versions)
      .map((entry) => entry.join(' '))
      .join(', ')}`,
    ...sizeLines(report.sizes),
    ...report.summaries.flatMap(sectionLines),
  ].join('\n'),
);
if (options.out) writeFileSync(options.out, `${JSON.stringify(report, null, 1)}\n`);
