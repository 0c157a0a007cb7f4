/**
 * Measures in Node.js. Each job has a process of its own, so that what an engine loads, and how much
 * memory it takes, is that of the job alone. This file is also what that process runs.
 */
import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { must, root } from '../../../../scripts/lib/process.mjs';
import { newerNode } from '../../../../scripts/lib/setup.mjs';
import { measureRounds, measureStart } from '../measure.mjs';

const self = fileURLToPath(import.meta.url);
const packages = join(root, 'tests/bench/node_modules');

/** What LiteRT.js expects of a worker: a classic script, evaluated, that leaves ModuleFactory. */
function importScripts(path) {
  const source = `${readFileSync(path, 'utf8')}\nglobalThis.ModuleFactory = ModuleFactory;`;
  const names = ['require', '__filename', '__dirname', 'module', 'exports'];
  const script = compileFunction(source, names, { filename: path });
  script(createRequire(path), path, dirname(path), { exports: {} }, {});
}

/**
 * A copy of a script and its binary in a folder of CommonJS: in its package, whose scripts count as
 * ES modules, the script would not start in a worker of Node.js, which is how it makes its threads.
 */
function commonJsCopy(path) {
  const copy = join(root, 'build/bench', path);
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(join(root, 'build/bench/package.json'), '{"type": "commonjs"}\n');
  const binary = (script) => script.replace(/\.js$/, '.wasm');
  copyFileSync(join(packages, path), copy);
  copyFileSync(join(packages, binary(path)), binary(copy));
  return copy;
}

const hostWith = (builds) => ({
  build: (name) => pathToFileURL(join(builds[name], '/')).href,
  package: (path) => pathToFileURL(join(packages, path)).href,
  path: (path) => join(packages, path),
  place: commonJsCopy,
  async asWorker(action) {
    globalThis.self = globalThis;
    globalThis.importScripts = importScripts;
    try {
      return await action();
    } finally {
      delete globalThis.self;
      delete globalThis.importScripts;
    }
  },
});

if (process.argv[1] === self) {
  process.once('message', async ({ path, what, job, builds }) => {
    const measure = what === 'start' ? measureStart : measureRounds;
    const bytes = new Uint8Array(readFileSync(path));
    process.send(await measure(hostWith(builds), bytes, job), () => process.exit());
  });
}

function runInProcess(execPath, request) {
  return new Promise((resolve, reject) => {
    const child = fork(self, [], { execPath, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.once('message', resolve);
    child.once('error', reject);
    child.once('close', (status) => {
      const reason = said.split('\n').find((line) => line.includes('Error')) ?? '';
      reject(new Error(`the process ended with status ${status}: ${reason}`));
    });
    child.send(request);
  });
}

/** A place to measure in, with the functions of measure.mjs, but for the path of a model. */
export async function openNode(builds) {
  const execPath = await newerNode();
  const version = await must(execPath, ['--version']);
  return {
    name: `Node.js ${version.trim()}`,
    measureStart: (path, job) => runInProcess(execPath, { path, what: 'start', job, builds }),
    measureRounds: (path, job) => runInProcess(execPath, { path, what: 'rounds', job, builds }),
    close: () => undefined,
  };
}
