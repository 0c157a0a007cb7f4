/**
 * The worker's side: an engine that answers requests. This file is the script of the worker, in
 * browsers and in Node.js.
 */
import type { CustomOps } from '../custom_ops.js';
import { Engine } from '../engine.js';
import { messageOf, OctoliteError } from '../errors.js';
import { loadModule } from '../load.js';
import { importNode, IS_NODE } from '../node_import.js';
import { recordOfError, transferablesIn, type Request, type Response } from './protocol.js';

type Post = (response: Response, transfer: ArrayBuffer[]) => void;

let engine: Promise<Engine> | undefined;

async function answer(request: Request): Promise<unknown> {
  if ('start' in request) {
    engine = loadModule(request.start).then((loaded) => new Engine(loaded));
    return (await engine).runtimeInfo();
  }
  const target = await engine;
  if (!target) throw new Error('the worker was not started');
  const methods = target as unknown as Record<string, (...args: unknown[]) => unknown>;
  const takesCustomOps = request.call === 'loadModel' || request.call === 'createInterpreter';
  const args = takesCustomOps ? await withCustomOps(request.args) : request.args;
  return methods[request.call]!(...args);
}

/** Options with the custom operators themselves, where the client says what module they are in. */
async function withCustomOps([subject, options]: readonly unknown[]): Promise<readonly unknown[]> {
  const address = (options as { customOps?: unknown } | undefined)?.customOps;
  if (typeof address !== 'string') return [subject, options];
  return [subject, { ...(options as object), customOps: await importCustomOps(address) }];
}

async function importCustomOps(address: string): Promise<CustomOps> {
  try {
    const module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ address)) as {
      default?: CustomOps;
    };
    if (typeof module.default === 'object' && module.default !== null) return module.default;
    throw new Error('it exports no default');
  } catch (error) {
    const message = messageOf(error);
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `the custom operators of ${address} cannot be had: ${message}`,
      {},
      { cause: error },
    );
  }
}

/** What is asked for is done in order: one that must import something is not overtaken by dispose. */
let last = Promise.resolve();

function receive(request: Request, post: Post): void {
  last = last.then(() => handle(request, post));
}

async function handle(request: Request, post: Post): Promise<void> {
  try {
    const value = await answer(request);
    post({ id: request.id, value }, transferablesIn(value));
  } catch (error) {
    post({ id: request.id, error: recordOfError(error) }, []);
  }
}

// No `await` out here: bundlers also make classic scripts of this file, Vite unless told otherwise.
if (IS_NODE) {
  void importNode<typeof import('node:worker_threads')>('node:worker_threads').then(
    ({ parentPort }) => {
      const port = parentPort!;
      port.on('message', (request: Request) => {
        receive(request, (response, transfer) => port.postMessage(response, transfer));
      });
    },
  );
} else {
  const scope = globalThis as unknown as {
    postMessage(message: unknown, transfer: Transferable[]): void;
    addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
  };
  scope.addEventListener('message', ({ data }) => {
    receive(data, (response, transfer) => scope.postMessage(response, transfer));
  });
}
