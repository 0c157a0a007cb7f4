/**
 * What passes between a worker client and its host. Every request has an id and gets one response;
 * all values are plain or typed arrays, so that structured cloning carries them.
 */
import type { Engine } from '../engine.js';
import { messageOf, OctoliteError, type ErrorCode, type ErrorDetails } from '../errors.js';
import type { LoadOptions } from '../load.js';

/** The calls that an Engine takes, by name. */
export type EngineCall = {
  [K in keyof Engine]: Engine[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Engine];

export type Request =
  { id: number; start: LoadOptions } | { id: number; call: EngineCall; args: readonly unknown[] };

export interface ErrorRecord {
  code: ErrorCode;
  what: string;
  details: ErrorDetails;
  /** Of the cause: what errors of every kind have. */
  cause?: { name: string; message: string; stack?: string | undefined } | undefined;
}

export type Response = { id: number; value: unknown } | { id: number; error: ErrorRecord };

export function recordOfError(error: unknown): ErrorRecord {
  if (error instanceof OctoliteError) {
    const { what, ...details } = error.details;
    const { cause } = error;
    return {
      code: error.code,
      what: what ?? error.message,
      details,
      ...(cause instanceof Error && {
        cause: { name: cause.name, message: cause.message, stack: cause.stack },
      }),
    };
  }
  const what = messageOf(error);
  return { code: 'INTERNAL', what, details: {} };
}

export function errorOfRecord({ code, what, details, cause }: ErrorRecord): OctoliteError {
  return new OctoliteError(
    code,
    what,
    details,
    cause && { cause: Object.assign(new Error(cause.message), cause) },
  );
}

/** The memory blocks of typed arrays in a result, to be moved instead of copied. */
export function transferablesIn(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    const buffer = value.buffer as ArrayBuffer;
    if (value.byteLength > 0 && !found.includes(buffer)) found.push(buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) transferablesIn(part, found);
  }
  return found;
}
