import { signal } from '@preact/signals';
import { isOctoliteError, type RuntimeInfo } from 'octolite';
import { connectWorker, type OctoliteWorker } from 'octolite/worker';

/** What runs, and why; null until the worker has started. */
export const runtime = signal<RuntimeInfo | null>(null);

/** How long a cancelled task may take to stop by itself before its worker is stopped. */
const PATIENCE_MS = 200;

let connected: Promise<OctoliteWorker> | null = null;

async function connect(): Promise<OctoliteWorker> {
  const worker = await connectWorker({
    threads: 'auto',
    createWorker: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  });
  runtime.value = worker.info;
  return worker;
}

/** The one worker of this page: started when first asked for, and again when it has stopped. */
export async function engine(): Promise<OctoliteWorker> {
  const mine = (connected ??= connect());
  try {
    const worker = await mine;
    if (!worker.stopped) return worker;
  } catch (error) {
    if (connected === mine) connected = null;
    throw error;
  }
  if (connected === mine) connected = null;
  return engine();
}

/** Stops the worker with all that it holds, at once. */
function stopEngine(): void {
  const stopped = connected;
  connected = null;
  stopped?.then(
    (worker) => worker.terminate(),
    () => undefined,
  );
}

/** Whether what went wrong leaves the worker's memory in an unknown state. */
function isFatal(error: unknown): boolean {
  return !isOctoliteError(error) || error.code === 'INTERNAL' || error.code === 'OUT_OF_MEMORY';
}

/**
 * Runs a task that ends soon after `abort` is aborted, come what may: a task that is in the middle
 * of a long step loses its worker.
 */
export async function runTask<Result>(
  abort: AbortSignal,
  task: (worker: OctoliteWorker) => Promise<Result>,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => {
    timer = setTimeout(stopEngine, PATIENCE_MS);
  };
  abort.addEventListener('abort', onAbort);
  try {
    return await task(await engine());
  } catch (error) {
    if (isFatal(error)) stopEngine();
    throw error;
  } finally {
    clearTimeout(timer);
    abort.removeEventListener('abort', onAbort);
  }
}
