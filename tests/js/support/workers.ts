import { afterEach } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import {
  connectPool,
  connectWorker,
  type ConnectOptions,
  type OctolitePool,
  type OctoliteWorker,
  type PoolOptions,
} from 'octolite/worker';

const HOST = new URL('../../../dist/worker/host.js', import.meta.url);

/** Connects, for one test: what was connected ends with it, and nobody disposes of models before. */
export function connections(): {
  worker(options?: ConnectOptions): Promise<OctoliteWorker>;
  pool(options?: PoolOptions): Promise<OctolitePool>;
} {
  const open: OctoliteWorker[] = [];
  const kept = <T extends OctoliteWorker>(worker: T): T => {
    open.push(worker);
    return worker;
  };
  afterEach(() => {
    for (const worker of open.splice(0)) worker.terminate();
  });
  return {
    worker: async (options) => kept(await connectWorker({ leakWarnings: false, ...options })),
    pool: async (options) => kept(await connectPool({ leakWarnings: false, ...options })),
  };
}

/** What a client sends to a worker. */
export interface Sent {
  call?: string;
  args?: readonly unknown[];
}

/** A worker of the library that notes what it is sent. */
export class SpiedWorker extends Worker {
  readonly sent: Sent[] = [];
  terminated = false;
  #held: string | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor() {
    super(HOST);
  }

  override postMessage(value: Sent, transfer?: readonly ArrayBuffer[]): void {
    this.sent.push(value);
    if (value.call !== undefined && value.call === this.#held) {
      this.#waiting.push(() => super.postMessage(value, transfer));
    } else {
      super.postMessage(value, transfer);
    }
  }

  override terminate(): Promise<number> {
    this.terminated = true;
    return super.terminate();
  }

  /** Keeps calls of this name from the worker until letGo. */
  hold(name: string): void {
    this.#held = name;
  }

  letGo(): void {
    this.#held = undefined;
    for (const post of this.#waiting.splice(0)) post();
  }

  calls(name: string): Sent[] {
    return this.sent.filter(({ call }) => call === name);
  }
}

/** Makes spied workers, and has them. */
export function spiedWorkers(): { made: SpiedWorker[]; createWorker: () => SpiedWorker } {
  const made: SpiedWorker[] = [];
  const createWorker = (): SpiedWorker => {
    const worker = new SpiedWorker();
    made.push(worker);
    return worker;
  };
  return { made, createWorker };
}

/** A worker that answers to its start, and then as the body of this function of `request` says. */
export function stubWorker(body: string): () => Worker {
  const script = `
    const { parentPort } = require('node:worker_threads');
    const answer = ({ id }, value) => parentPort.postMessage({ id, value });
    parentPort.on('message', (request) => {
      if ('start' in request) return answer(request, {});
      ${body}
    });`;
  return () => new Worker(script, { eval: true });
}
