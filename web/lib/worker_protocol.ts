/** What the page and its workers say to each other. */
import type { ErrorCode, ErrorDetails, OctoliteError } from 'octolite';

/** What a worker can be asked for, by name. */
export type RequestMap = Readonly<
  Record<string, { readonly args: unknown; readonly result: unknown }>
>;

/** An OctoliteError on its way between threads. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly details: Readonly<Partial<ErrorDetails>>;
}

export interface Request {
  readonly id: number;
  /** Null asks whether it is there. */
  readonly name: string | null;
  readonly args: unknown;
}

export type Answer<Failure = ErrorRecord> =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: Failure };

export function recordOf({ code, details, message }: OctoliteError): ErrorRecord {
  return { code, details: { ...details, what: details.what ?? message } };
}
