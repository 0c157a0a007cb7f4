// The app of these tests, beside the installed package.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/process.mjs';
import { installPackage } from './install.mjs';

export const model = join(root, 'examples/sample-model/shapes.tflite');

/** As installPackage, with tests/package/app and the sample model in the folder `app`. */
export async function installApp() {
  const installed = await installPackage();
  const app = join(installed.folder, 'app');
  await cp(join(root, 'tests/package/app'), app, { recursive: true });
  await cp(model, join(app, 'model.tflite'));
  return { ...installed, app };
}

/**
 * What the app must say, given what it says of one thread in one place: the same everywhere, up to
 * the variant. `threads` where there can be any.
 */
export function everywhere({ version, here }, { variant, threads }) {
  const alone = { ...here, variant, threads: 1 };
  const together = threads ? { ...here, variant: 'threads', threads: 2 } : alone;
  return { version, here: alone, hereThreads: together, worker: alone, workerThreads: together };
}
