import { spawn } from 'node:child_process';
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
  { cwd = ROOT, onStart }: { cwd?: string; onStart?: (kill: () => void) => void } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const cli = join(ROOT, 'dist/node/cli.js');
    const child = spawn(process.execPath, [cli, ...args], { cwd });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    onStart?.(() => child.kill('SIGINT'));
  });
}
