/**
 * A thread of the module: the same module once more, on the same memory, which works for the first
 * instance until it is terminated. This file is the script of a worker in browsers and in Node.js; it
 * imports nothing, so that it starts at once.
 */
export interface ThreadStart {
  wasmModule: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** 1 and up; the first instance is 0. */
  worker: number;
  /** Where its stack begins, growing down. */
  stack: number;
  /** Places in the module's table of functions (wasm/threads.cc). */
  restoreStack: number;
  work: number;
  fail: number;
}

/** What a thread says, once: that it is there, or why not. */
export type ThreadAnswer = { error?: string };

function importsFor({ wasmModule, memory }: ThreadStart): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const { module, name, kind } of WebAssembly.Module.imports(wasmModule)) {
    (imports[module] ??= {})[name] =
      kind === 'memory'
        ? memory
        : () => {
            throw new Error('threads run kernels only');
          };
  }
  return imports;
}

async function work(start: ThreadStart, answer: (answer: ThreadAnswer) => void): Promise<void> {
  let call: ((index: number, argument?: number) => void) | undefined;
  try {
    const instance = await WebAssembly.instantiate(start.wasmModule, importsFor(start));
    const table = Object.values(instance.exports).find(
      (value) => value instanceof WebAssembly.Table,
    )!;
    call = (index, argument) => {
      (table.get(index) as (argument?: number) => void)(argument);
    };
    call(start.restoreStack, start.stack);
  } catch (error) {
    answer({ error: String(error) });
    return;
  }
  answer({});
  try {
    call(start.work, start.worker);
  } catch {
    call(start.fail);
  }
}

/** The name is a variable to bundlers, which would look for the module. */
const importNode = (name: string): Promise<typeof import('node:worker_threads')> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<
    typeof import('node:worker_threads')
  >;

const scope = globalThis as unknown as {
  postMessage(message: ThreadAnswer): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ThreadStart>) => void): void;
};
// No `await` out here: bundlers also make classic scripts of this file, Vite unless told otherwise.
if (typeof process === 'object' && typeof process.versions?.node === 'string') {
  void importNode('node:worker_threads').then(({ parentPort }) => {
    const port = parentPort!;
    port.once('message', (start: ThreadStart) => {
      void work(start, (answer) => port.postMessage(answer));
    });
  });
} else {
  scope.addEventListener('message', ({ data }) => {
    void work(data, (answer) => scope.postMessage(answer));
  });
}
