// Runs other programs.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a trailing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * Runs a program in the project's folder and resolves to its exit status and what it wrote:
 * `output` both streams together, `stdout` the one alone. With `show`, it writes straight to this
 * terminal instead.
 */
export function run(program, args, { env = {}, cwd = root, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) =>
      resolve({ status: 127, stdout, output: `${program}: ${error.message}\n` }),
    );
    child.on('close', (status, signal) =>
      resolve({
        status: status ?? 1,
        stdout,
        output: signal ? `${output}\n(ended by ${signal})\n` : output,
      }),
    );
  });
}

/** Resolves to a program's standard output; throws, with all it wrote, unless its status is 0. */
export async function must(program, args, options) {
  const { status, stdout, output } = await run(program, args, options);
  if (status !== 0) {
    throw new CommandError(`${program} ${args.join(' ')}: exit status ${status}`, output);
  }
  return stdout;
}

/** A program that failed: `output` holds what it wrote. */
export class CommandError extends Error {
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

/** Maps items through an async function, `width` at a time, keeping their order. */
export async function mapParallel(items, width, action) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await action(items[index]);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
