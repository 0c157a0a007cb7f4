// The package as npm packs it, installed into an empty folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../scripts/lib/process.mjs';

/**
 * @returns {Promise<{ folder: string, tarball: string, unpackedSize: number, files: string[],
 *   remove: () => Promise<void> }>} The folder, whose node_modules has the package; where the tarball
 * is, and what is in it.
 */
export async function installPackage() {
  const folder = await mkdtemp(join(tmpdir(), 'octolite-'));
  const packed = await must('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ]);
  // npm 11 prints an array; later releases an object by package name.
  const [tarball] = Object.values(JSON.parse(packed));
  await writeFile(join(folder, 'package.json'), '{"type": "module", "private": true}');
  const path = join(folder, tarball.filename);
  await must('npm', ['install', '--offline', '--no-audit', '--no-fund', path], { cwd: folder });
  return {
    folder,
    tarball: path,
    unpackedSize: tarball.unpackedSize,
    files: tarball.files.map(({ path }) => path),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
