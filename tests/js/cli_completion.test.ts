// Shell completion: bash's by calling its function in a real bash, fish's by asking fish, and zsh's
// syntax; a shell that is not there is skipped.

import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OBSERVER_NAMES } from '../../dist/observers.js';
import { COMMANDS } from '../../dist/node/commands/index.js';
import { octoliteBatch } from './support/cli.js';
import { inTemporaryFolder } from './support/files.js';

jest.setTimeout(60_000);

let scripts: Record<string, string>;

beforeAll(() => {
  const shells = ['bash', 'zsh', 'fish'];
  const finished = octoliteBatch(shells.map((shell) => ({ args: ['completion', shell] })));
  scripts = Object.fromEntries(
    finished.map(({ status, stdout, stderr }, i) => {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return [shells[i]!, stdout];
    }),
  );
});

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
const where = (shell: string) => (has(shell) ? test : test.skip);

/** A folder with files of several kinds. */
async function inFolder(use: (folder: string) => void): Promise<void> {
  await inTemporaryFolder((folder) => {
    for (const name of ['a.tflite', 'my model.tflite', 'recipe.json', 'notes.txt']) {
      writeFileSync(join(folder, name), '');
    }
    mkdirSync(join(folder, 'photos'));
    use(folder);
    return Promise.resolve();
  });
}

describe('bash', () => {
  /** What is offered for each list of words, the last of which is being typed. */
  function complete(folder: string, ...lines: string[][]): string[][] {
    const calls = lines.map(
      (words) => `
COMP_WORDS=(${['octolite', ...words].map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_octolite
echo ====
((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
    const { status, stdout, stderr } = spawnSync('bash', ['--norc'], {
      cwd: folder,
      input: `${scripts['bash']!}${calls.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const answers = stdout.split('====\n').slice(1);
    return answers.map((text) => text.split('\n').filter(Boolean).sort());
  }

  test('commands, options, values and files', async () => {
    await inFolder((folder) => {
      const [commands, q, options, observers, chosen, models, recipes, after] = complete(
        folder,
        [''],
        ['q'],
        ['quantize', 'a.tflite', '--re'],
        ['quantize', 'a.tflite', '--observer', ''],
        ['quantize', 'a.tflite', '--observer', '=', 'm'],
        ['inspect', ''],
        ['quantize', 'a.tflite', '--recipe', ''],
        ['quantize', 'a.tflite', '--recipe', 'static_wi8_ai8', '--io', 'u'],
      );
      const names = [...Object.keys(COMMANDS), 'help', '--help', '--version'];
      expect(commands).toEqual(names.sort());
      expect(q).toEqual(['quantize']);
      expect(options).toEqual(['--recipe', '--recover', '--report', '--resize']);
      expect(observers).toEqual([...OBSERVER_NAMES].sort());
      expect(chosen).toEqual(['min_max', 'moving_average', 'mse']);
      expect(models).toEqual(['a.tflite', 'my model.tflite', 'photos']);
      expect(recipes).toContain('recipe.json');
      expect(recipes).toContain('dynamic_wi8_afp32');
      expect(recipes).not.toContain('a.tflite');
      expect(after).toEqual(['uint8']);
    });
  });

  test('a value of any kind, folders alone, and arguments that are words', async () => {
    await inFolder((folder) => {
      expect(
        complete(
          folder,
          ['run', 'a.tflite', '--output', ''],
          ['run', 'a.tflite', '--seed', ''],
          ['run', 'a.tflite', '--input', 'image', '=', 'n'],
          ['completion', ''],
          ['serve', ''],
          ['help', 'ser'],
        ),
      ).toEqual([['photos'], [], [], ['bash', 'fish', 'zsh'], [], ['serve']]);
    });
  });
});

describe('other shells', () => {
  where('zsh')('zsh reads the script', () => {
    const { status, stderr } = spawnSync('zsh', ['-n'], {
      input: scripts['zsh'],
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  where('fish')('fish completes with the script', async () => {
    await inFolder((folder) => {
      const ask = (line: string): string[] => {
        const script = `${scripts['fish']!}\ncomplete -C '${line}'`;
        const options = { cwd: folder, encoding: 'utf8' } as const;
        const { stdout } = spawnSync('fish', ['--no-config', '-c', script], options);
        return stdout.split('\n').map((row) => row.split('\t')[0]!);
      };
      expect(ask('octolite qu')).toContain('quantize');
      expect(ask('octolite quantize a --obs')).toContain('--observer');
      expect(ask('octolite quantize a --observer m')).toEqual(
        expect.arrayContaining(['min_max', 'moving_average', 'mse']),
      );
      expect(ask('octolite inspect a')).toContain('a.tflite');
      const recipes = ['dynamic_wi8_afp32', 'recipe.json'];
      expect(ask('octolite quantize a --recipe ')).toEqual(expect.arrayContaining(recipes));
    });
  });

  test('another shell is refused', () => {
    const [finished] = octoliteBatch([{ args: ['completion', 'tcsh'] }]);
    expect(finished).toMatchObject({ status: 2, stdout: '' });
    expect(finished!.stderr).toContain('bash, zsh, fish');
  });
});
