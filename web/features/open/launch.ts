import { toRefusal } from '../../lib/refusal.js';
import { openFiles } from './open.js';
import { openRefusal } from './state.js';

/** Of browsers that can open files with an installed page; TypeScript does not know it yet. */
interface LaunchQueue {
  setConsumer(
    consumer: (launch: { readonly files: readonly FileSystemFileHandle[] }) => void,
  ): void;
}

/** Opens the files that the system starts the installed page with, as its manifest offers. */
export function openLaunched(): void {
  const { launchQueue } = globalThis as { readonly launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ files }) => {
    Promise.all(files.map((handle) => handle.getFile()))
      .then(openFiles)
      .catch((error: unknown) => {
        openRefusal.value = toRefusal(error);
      });
  });
}
