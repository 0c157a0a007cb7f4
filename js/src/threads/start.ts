/** Starts the threads of a module whose memory is shared. */
import { importNode, IS_NODE } from '../node_import.js';
import type { RawModule } from '../raw.js';
import type { ThreadAnswer, ThreadStart } from './thread.js';

/** A worker as browsers and as Node.js have it, with one message each way. */
interface Thread {
  start(message: ThreadStart): Promise<void>;
  terminate(): void;
}

/** ThreadPool::kMaxThreads. */
export const MOST_THREADS = 64;

/** Why this page or program can have no threads; undefined when it can. */
export function lackOfThreads(): string | undefined {
  // Pages have the constructor only when they are isolated; some engines show it all the same.
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  if (!IS_NODE && isolated === false) return 'the page is not cross-origin isolated';
  if (typeof SharedArrayBuffer === 'undefined') return 'there is no SharedArrayBuffer';
  if (!IS_NODE && typeof Worker === 'undefined') return 'a worker can have no workers here';
  return undefined;
}

/** Whether this thread may wait for others: the main thread of a page may not. */
function mayWait(): boolean {
  return IS_NODE || 'DedicatedWorkerGlobalScope' in globalThis;
}

async function newThread(): Promise<Thread> {
  if (IS_NODE) {
    const { Worker: NodeWorker } =
      await importNode<typeof import('node:worker_threads')>('node:worker_threads');
    // Bundlers for browsers would copy the file as it is, for nobody.
    const script = new URL(
      /* @vite-ignore */ /* webpackIgnore: true */ './thread.js',
      import.meta.url,
    );
    const worker = new NodeWorker(script);
    return {
      start: (message) =>
        new Promise((resolve, reject) => {
          worker.once('message', ({ error }: ThreadAnswer) => {
            // Threads keep no program from ending.
            worker.unref();
            if (error === undefined) resolve();
            else reject(new Error(error));
          });
          worker.once('error', reject);
          worker.postMessage(message);
        }),
      terminate: () => void worker.terminate(),
    };
  }
  // Bundlers find the script by this literal.
  const worker = new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  return {
    start: (message) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
          if (data.error === undefined) resolve();
          else reject(new Error(data.error));
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message || 'its script could not be loaded'));
        };
        worker.postMessage(message);
      }),
    terminate: () => worker.terminate(),
  };
}

/** Ends the threads of instances that nothing refers to any more: they hold its memory. */
const abandoned = new FinalizationRegistry((stop: () => void) => stop());

/**
 * Gives the module `threads - 1` workers, and resolves to what ends them. They also end when the
 * module is collected.
 */
export async function startThreads(
  module: RawModule,
  wasmModule: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
): Promise<() => void> {
  const places = module.startThreads(threads, mayWait());
  if (places.error) throw new Error(places.error.message);
  const { stacks, ...functions } = places.value;
  const workers = await Promise.all(stacks.map(() => newThread()));
  const stop = (): void => workers.forEach((worker) => worker.terminate());
  try {
    await Promise.all(
      workers.map((worker, index) =>
        worker.start({
          wasmModule,
          memory,
          worker: index + 1,
          stack: stacks[index]!,
          ...functions,
        }),
      ),
    );
  } catch (problem) {
    stop();
    throw problem;
  }
  abandoned.register(module, stop);
  return stop;
}
