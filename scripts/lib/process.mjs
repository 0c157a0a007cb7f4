// Runs other programs.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a trailing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * Runs a program in the project's folder and resolves to its exit status and what it wrote, both
 * streams together. With `show`, it writes straight to this terminal instead.
 */
export function run(program, args, { env = {}, cwd = root, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) =>
      resolve({ status: 127, output: `${program}: ${error.message}\n` }),
    );
    child.on('close', (status, signal) =>
      resolve({
        status: status ?? 1,
        output: signal ? `${output}\n(ended by ${signal})\n` : output,
      }),
    );
  });
}

/** Runs a program and throws, with all it wrote, unless it ends with status 0. */
export async function must(program, args, options) {
  const { status, output } = await run(program, args, options);
  if (status !== 0) {
    throw new CommandError(`${program} ${args.join(' ')}: exit status ${status}`, output);
  }
  return output;
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
