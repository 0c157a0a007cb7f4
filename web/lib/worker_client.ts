import { OctoliteError } from 'octolite';
import type { Answer, ErrorRecord, RequestMap } from './worker_protocol.js';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

interface Settings<Failure extends ErrorRecord> {
  /** Makes the worker, whose script calls `answerRequests`. */
  readonly create: () => Worker;
  /** What it does, for errors: "the worker that …". */
  readonly purpose: string;
  readonly toError?: (failure: Failure) => Error;
  /** Asks a worker that was started anew for what it has to know. */
  readonly onStart?: () => void;
}

function errorOf({ code, details: { what, ...rest } }: ErrorRecord): Error {
  return new OctoliteError(code, what ?? code, rest);
}

/** Asks a worker, which is started when it is first needed, and again after it has stopped. */
export class WorkerClient<Requests extends RequestMap, Failure extends ErrorRecord = ErrorRecord> {
  readonly #settings: Settings<Failure>;
  #worker: Worker | null = null;
  #id = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor(settings: Settings<Failure>) {
    this.#settings = settings;
  }

  /** Has the worker there before it is needed: later there may be no network to start it from. */
  async start(): Promise<void> {
    await this.#post(null, null);
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = this.#settings.create();
    worker.addEventListener('message', ({ data }: MessageEvent<Answer<Failure>>) => {
      this.#settle(data);
    });
    worker.addEventListener('messageerror', () => this.#onEnd('an answer could not be read'));
    worker.addEventListener('error', ({ message }) =>
      this.#onEnd(message || 'its script could not be loaded'),
    );
    this.#worker = worker;
    this.#settings.onStart?.();
    return worker;
  }

  /** @throws OctoliteError WORKER_STOPPED also when the worker does not start. */
  ask<Name extends keyof Requests & string>(
    name: Name,
    args: Requests[Name]['args'],
    transfer: readonly Transferable[] = [],
  ): Promise<Requests[Name]['result']> {
    return this.#post(name, args, transfer);
  }

  #post<Result>(
    name: string | null,
    args: unknown,
    transfer: readonly Transferable[] = [],
  ): Promise<Result> {
    const worker = this.#started();
    const id = this.#id++;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, name, args }, [...transfer]);
    });
  }

  #settle(answer: Answer<Failure>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    const toError = this.#settings.toError ?? errorOf;
    if ('error' in answer) waiting?.reject(toError(answer.error));
    else waiting?.resolve(answer.result as never);
  }

  /** Everything that waits is told; the next request starts another worker. */
  #onEnd(why: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    const what = `the worker that ${this.#settings.purpose} stopped: ${why}`;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new OctoliteError('WORKER_STOPPED', what));
  }
}
