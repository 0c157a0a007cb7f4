import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './files.js';

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a user does, in a process of its own. */
export function octolite(
  args: string[],
  {
    cwd = ROOT,
    onStart,
  }: { cwd?: string; onStart?: (kill: (signal?: NodeJS.Signals) => void) => void } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const cli = join(ROOT, 'dist/node/cli.js');
    const child = spawn(process.execPath, [cli, ...args], { cwd });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    onStart?.((signal = 'SIGINT') => child.kill(signal));
  });
}

/** A command line for `octoliteBatch`. */
export interface BatchLine {
  args: string[];
  /** The width of the terminal that it is said to run in; default none. */
  terminal?: number;
}

/** Runs command lines one after the other in one process. */
export function octoliteBatch(
  lines: readonly BatchLine[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Finished[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'cli_batch.mjs')],
    {
      cwd,
      env: { ...process.env, ...env },
      input: JSON.stringify(lines),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  if (status !== 0 || stderr !== '') throw new Error(`status ${status}: ${stderr}`);
  return JSON.parse(stdout) as Finished[];
}
