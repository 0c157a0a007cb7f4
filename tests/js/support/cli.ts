import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './files.js';

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

type Kill = (signal?: NodeJS.Signals) => void;

interface Settings {
  cwd?: string;
  env?: Record<string, string>;
  onStart?: (kill: Kill) => void;
  /** Told all of standard output whenever more of it comes. */
  onOutput?: (stdout: string, kill: Kill) => void;
}

/** Runs the command line as a user does, in a process of its own. */
export function octolite(
  args: string[],
  { cwd = ROOT, env = {}, onStart, onOutput }: Settings = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const cli = join(ROOT, 'dist/node/cli.js');
    const child = spawn(process.execPath, [cli, ...args], { cwd, env: { ...process.env, ...env } });
    const kill: Kill = (signal = 'SIGINT') => child.kill(signal);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.(stdout, kill);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    onStart?.(kill);
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
