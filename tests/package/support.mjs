/** What the tests of the package share: the package installed, runtimes, and notes for the end. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, root, run } from '../../scripts/lib/process.mjs';
import { installModules, newerNode } from '../../scripts/lib/setup.mjs';

export const model = join(root, 'examples/sample-model/shapes.tflite');

/**
 * Packs the package as npm does and installs it into an empty folder, with the app of these tests
 * and the sample model in `app`. Ends by `remove`.
 */
export async function installPackage() {
  const folder = await mkdtemp(join(tmpdir(), 'octolite-'));
  const command = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  // npm 11 prints an array; later releases an object by package name.
  const [tarball] = Object.values(JSON.parse(await must('npm', command)));
  await writeFile(join(folder, 'package.json'), '{"type": "module", "private": true}');
  const path = join(folder, tarball.filename);
  await must('npm', ['install', '--offline', '--no-audit', '--no-fund', path], { cwd: folder });
  const app = join(folder, 'app');
  await cp(join(root, 'tests/package/app'), app, { recursive: true });
  await cp(model, join(app, 'model.tflite'));
  return {
    folder,
    app,
    tarball: path,
    files: tarball.files.map(({ path: name }) => name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Resolves to what a program that may say nothing else writes to standard output. */
export async function quiet(program, args, options) {
  const { status, stdout, output } = await run(program, args, options);
  if (status !== 0 || output !== stdout) {
    throw new Error(`${program} ${args.join(' ')}: exit status ${status}\n${output}`);
  }
  return stdout;
}

/** The Node.js of a major version: the one that runs, or one from npm. */
export async function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  if (major === 24) return newerNode();
  const folder = join(root, `tests/package/node-${major}`);
  await installModules(folder);
  return join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
}

/** Says something at the end of the test run, about times and sizes. */
export function note(t, line) {
  t.diagnostic(line);
  mkdirSync(join(root, 'build/results'), { recursive: true });
  appendFileSync(join(root, 'build/results/package-notes.txt'), `${line}\n`);
}

export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
