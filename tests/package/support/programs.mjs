// Programs that may say nothing but what was asked for, and the versions of Node.js to run them.
import { join } from 'node:path';
import { root, run } from '../../../scripts/lib/process.mjs';
import { installModules } from '../../../scripts/lib/setup.mjs';

/** Resolves to what a program writes to standard output, when it writes to that alone. */
export async function quiet(program, args, options) {
  const { status, stdout, output } = await run(program, args, options);
  if (status !== 0 || output !== stdout) {
    throw new Error(`${program} ${args.join(' ')}: exit status ${status}\n${output}`);
  }
  return stdout;
}

const FOLDERS = {
  20: 'tests/package/node-20',
  22: 'tests/package/node-22',
  24: 'tests/newer-node',
};

/** The Node.js of a major version: the one that runs, or one from npm. */
export async function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(root, FOLDERS[major]);
  await installModules(folder);
  return join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
}
