// Makes the machine ready: system packages, Emscripten, node_modules.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, root, run } from './process.mjs';

/** Runs scripts/setup; `purpose` is 'start' or 'test'. */
export async function setUp(purpose) {
  const { status } = await run(join(root, 'scripts/setup'), [`--for=${purpose}`], { show: true });
  if (status !== 0) process.exit(status);
  await installModules(root);
}

/** Where scripts/setup found each tool, by name. */
export function tools() {
  const folder = process.env.OCTOLITE_TOOLCHAIN ?? join(root, '.toolchain');
  const lines = readFileSync(join(folder, 'tools.env'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** `npm ci` in a folder, only when its lock file changed since the last time. */
export async function installModules(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const mark = join(folder, 'node_modules', '.installed-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  console.log(
    `setup: installing node_modules${folder === root ? '' : ` of ${folder.slice(root.length + 1)}`}`,
  );
  // No package here needs its install script.
  await must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  writeFileSync(mark, wanted);
}

/**
 * A Node.js whose relaxed SIMD is on without a flag (22 or newer): the one that runs, or the one
 * that tests/newer-node installs from npm.
 */
export async function newerNode() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const folder = join(root, 'tests/newer-node');
  await installModules(folder);
  return join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
}
