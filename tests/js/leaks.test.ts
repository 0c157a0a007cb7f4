/** What is not disposed of is given back when it is collected, and development is told of it. */
import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, SAMPLE_MODEL } from './support/files.js';

const SCRIPT = join(ROOT, 'tests/js/support/leaks.mjs');

interface Outcome {
  used: number;
  freed: boolean;
  left: number;
  freedInWorker: boolean;
  quantized: number;
  freedAfterTask: boolean;
}

async function lose(env: Record<string, string>): Promise<{ outcome: Outcome; warned: string }> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', SCRIPT, SAMPLE_MODEL],
    { cwd: ROOT, env: { ...process.env, ...env } },
  );
  return { outcome: JSON.parse(stdout) as Outcome, warned: stderr };
}

const FREED = {
  used: 6,
  freed: true,
  freedInWorker: true,
  quantized: 18,
  freedAfterTask: true,
};

describe('models and interpreters that are lost', () => {
  test.concurrent('give their memory back; development is told where they were made', async () => {
    const { outcome, warned } = await lose({ NODE_ENV: 'development' });
    expect(outcome).toMatchObject(FREED);
    // Less than the file of one of them, which has 14 KB.
    expect(outcome.left).toBeLessThan(10_000);
    const lines = warned.split('\n');
    const what = lines.filter((line) => line.startsWith('octolite: this '));
    // Once for each place, however often: twice in use(), here and in a worker, and at the task.
    expect(what.map((line) => line.split(' ')[2]).sort()).toEqual([
      'interpreter',
      'interpreter',
      'model',
      'model',
      'model',
    ]);
    const first = lines.findIndex((line) => line.startsWith('octolite: this model'));
    expect(lines[first]).toMatch(/without dispose\(\).*Made:$/);
    expect(lines[first + 1]).toMatch(/at (async )?use \(.*leaks\.mjs:\d+:\d+\)$/);
  });

  test.concurrent.each([
    ['in production', { NODE_ENV: 'production' }],
    ['where it is not wanted', { NODE_ENV: 'development', WARNINGS: 'no' }],
  ])('nobody is told %s', async (_where, env) => {
    const { outcome, warned } = await lose(env);
    expect(outcome).toMatchObject(FREED);
    expect(warned).toBe('');
  });

  test.concurrent('nothing is said of what was disposed of', async () => {
    const { outcome, warned } = await lose({ NODE_ENV: 'development', LOSE: 'no' });
    expect(outcome).toMatchObject({ ...FREED, used: 0 });
    expect(outcome.left).toBeLessThan(10_000);
    expect(warned).toBe('');
  });
});
