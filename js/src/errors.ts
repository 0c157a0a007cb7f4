/**
 * Everything that can be refused, as a closed list. The documentation has a line of cause and
 * remedy for each; programs branch on the code, people read the message.
 */
export const ERROR_CODES = Object.freeze([
  /** The bytes are not a well-formed .tflite file. */
  'INVALID_MODEL',
  /** Well-formed, but something in the model is beyond this library. */
  'UNSUPPORTED_MODEL',
  /** An operator, or an operator's types, that cannot run. */
  'UNSUPPORTED_OPERATOR',
  /** A custom operator of the caller threw, or answered what makes no sense; see `cause`. */
  'CUSTOM_OPERATOR',
  /** The caller passed something wrong. */
  'INVALID_ARGUMENT',
  /** A tensor's shape or size is not what is needed. */
  'SHAPE_MISMATCH',
  /** A tensor's element type is not what is needed. */
  'TYPE_MISMATCH',
  /** More memory is needed than can be had. */
  'OUT_OF_MEMORY',
  /** Static quantization without statistics for a tensor. */
  'NOT_CALIBRATED',
  /** The model is quantized as it came. */
  'ALREADY_QUANTIZED',
  /** A recipe that asks for what is not possible. */
  'INVALID_RECIPE',
  /** A file could not be had from where it was to be found; see `cause`. */
  'DOWNLOAD_FAILED',
  /** The WebAssembly binary was not found, or this engine cannot run it. */
  'WASM_UNAVAILABLE',
  /** A data file (npy, npz, idx, csv, wav, image) that cannot be read. */
  'BAD_DATA_FILE',
  /** The caller asked to stop, through an AbortSignal. */
  'ABORTED',
  /** A model, interpreter or engine was used after dispose(). */
  'DISPOSED',
  /** The worker stopped, and with it everything that lived in it. */
  'WORKER_STOPPED',
  /** A defect of this library. */
  'INTERNAL',
] as const);

/** One of ERROR_CODES. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What is known about an error beside its code; absent fields do not apply. */
export interface ErrorDetails {
  /** What went wrong, without place and hint (the message has all three). */
  what?: string;
  /** What to do about it. */
  hint?: string;
  /** Index of the subgraph; 0 is the model itself. */
  subgraph?: number;
  /** Index of the operator in its subgraph. */
  operator?: number;
  operatorName?: string;
  /** Index of the tensor in its subgraph. */
  tensor?: number;
  tensorName?: string;
  /** Offset in the model file. */
  byteOffset?: number;
  /** The data file, as the caller named it. */
  file?: string;
}

/** The one error that this library throws. */
export class OctoliteError extends Error {
  override readonly name = 'OctoliteError';
  readonly code: ErrorCode;
  readonly details: Readonly<ErrorDetails>;

  constructor(
    code: ErrorCode,
    what: string,
    details: Omit<ErrorDetails, 'what'> = {},
    options?: { cause?: unknown },
  ) {
    super(oneLine(what, details), options);
    this.code = code;
    this.details = Object.freeze({ what, ...details });
  }
}

/** "what (where); hint" */
function oneLine(what: string, details: ErrorDetails): string {
  const places: string[] = [];
  if (details.file !== undefined) places.push(details.file);
  if (details.operator !== undefined) {
    places.push(`operator ${details.operator} ${details.operatorName ?? ''}`.trimEnd());
  }
  if (details.tensor !== undefined || details.tensorName !== undefined) {
    const index = details.tensor === undefined ? '' : ` ${details.tensor}`;
    const name = details.tensorName === undefined ? '' : ` '${details.tensorName}'`;
    places.push(`tensor${index}${name}`);
  }
  if (details.subgraph) places.push(`subgraph ${details.subgraph}`);
  if (details.byteOffset !== undefined) places.push(`byte ${details.byteOffset}`);
  const where = places.length > 0 ? ` (${places.join(', ')})` : '';
  const hint = details.hint ? `; ${details.hint}` : '';
  return `${what}${where}${hint}`;
}

/** Whether a value is an OctoliteError, be it from another copy of this library. */
export function isOctoliteError(error: unknown): error is OctoliteError {
  return (
    error instanceof Error &&
    error.name === 'OctoliteError' &&
    (ERROR_CODES as readonly string[]).includes((error as Partial<OctoliteError>).code ?? '')
  );
}

/** What something that was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throws ABORTED when the signal says so. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new OctoliteError(
      'ABORTED',
      'stopped at the request of the caller',
      {},
      {
        cause: signal.reason,
      },
    );
  }
}
