import type { Answer, ErrorRecord, Request, RequestMap } from './worker_protocol.js';

/** What a worker does for each request. */
export type Answers<Requests extends RequestMap> = {
  readonly [Name in keyof Requests]: (
    args: Requests[Name]['args'],
  ) => Promise<Requests[Name]['result']> | Requests[Name]['result'];
};

/** What is moved instead of copied: it is not kept here. */
function movable(result: unknown): Transferable[] {
  if (result instanceof ImageBitmap) return [result];
  if (ArrayBuffer.isView(result)) return [result.buffer as ArrayBuffer];
  if (typeof result !== 'object' || result === null) return [];
  return Object.values(result).flatMap(movable);
}

/**
 * Makes a worker's script answer the page's WorkerClient.
 * @param kept Names of requests whose results stay of use here.
 */
export function answerRequests<Requests extends RequestMap, Failure extends ErrorRecord>(
  answers: Answers<Requests>,
  toRecord: (error: unknown) => Failure,
  kept: readonly string[] = [],
): void {
  const all = answers as Answers<RequestMap>;
  const post = (answer: Answer<Failure>, transfer: Transferable[] = []): void =>
    postMessage(answer, { transfer });
  addEventListener('message', ({ data: { id, name, args } }: MessageEvent<Request>) => {
    Promise.resolve()
      .then(() => (name === null ? null : all[name]!(args)))
      .then(
        (result) =>
          post(
            { id, result },
            name !== null && kept.includes(name) ? [] : [...new Set(movable(result))],
          ),
        (error: unknown) => post({ id, error: toRecord(error) }),
      );
  });
}
