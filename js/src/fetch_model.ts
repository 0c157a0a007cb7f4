import { joined } from './chunks.js';
import { messageOf, OctoliteError, throwIfAborted } from './errors.js';
import { importNode, IS_NODE } from './node_import.js';
import { orAborted, withEstimates } from './tasks.js';
import type { TaskOptions } from './types.js';

/** Beyond this the format cannot go, nor a model in memory. */
const MOST_BYTES = 2 ** 31 - 1;

/** How fetchModel downloads. */
export interface FetchModelOptions extends TaskOptions {
  /** In place of the global fetch: with headers of your own, or from a cache. */
  fetch?: ((url: string | URL, init: RequestInit) => Promise<Response>) | undefined;
}

/**
 * Downloads a model, with progress in bytes (stage 'download'; the total is known where the server
 * says it and does not compress). In Node.js file: addresses will do as well.
 * @throws OctoliteError DOWNLOAD_FAILED, with the server's answer; UNSUPPORTED_MODEL for 2 GB and
 * more; ABORTED.
 */
export async function fetchModel(
  url: string | URL,
  options: FetchModelOptions = {},
): Promise<Uint8Array> {
  const { signal } = options;
  throwIfAborted(signal);
  const download = readAll(url, withEstimates(options));
  try {
    return await orAborted(download, signal);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof OctoliteError) throw error;
    const message = messageOf(error);
    throw failed(url, message, error);
  }
}

function failed(url: string | URL, why: string, cause?: unknown): OctoliteError {
  return new OctoliteError(
    'DOWNLOAD_FAILED',
    `the file cannot be had: ${why}`,
    { file: String(url), hint: 'check the address, and whether the server lets this page have it' },
    { cause },
  );
}

async function readAll(url: string | URL, options: FetchModelOptions): Promise<Uint8Array> {
  const { onProgress, signal } = options;
  if (IS_NODE && !options.fetch && /^file:/i.test(String(url))) {
    const { readFile } = await importNode<typeof import('node:fs/promises')>('node:fs/promises');
    const bytes = await readFile(new URL(url), { signal });
    onProgress?.({ stage: 'download', done: bytes.byteLength, total: bytes.byteLength });
    return bytes;
  }
  const get = options.fetch ?? globalThis.fetch;
  const response = await get(url, signal ? { signal } : {});
  const reader = response.body?.getReader();
  try {
    if (!response.ok) {
      throw failed(url, `the server answers ${response.status} ${response.statusText}`.trim());
    }
    return await readBody(url, reader, lengthOf(response), onProgress);
  } catch (error) {
    // Else what nobody wants goes on coming.
    reader?.cancel().catch(() => undefined);
    throw error;
  }
}

async function readBody(
  url: string | URL,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  announced: number | undefined,
  onProgress: FetchModelOptions['onProgress'],
): Promise<Uint8Array> {
  let total = announced;
  let done = 0;
  const chunks: Uint8Array[] = [];
  const report = (): void =>
    onProgress?.({ stage: 'download', done, ...(total !== undefined && { total }) });
  checkSize(url, total ?? 0);
  report();
  for (;;) {
    const value = (await reader?.read())?.value;
    if (!value) return joined(chunks, done);
    done += value.byteLength;
    checkSize(url, done);
    // Other origins do not always say that they compress.
    if (total !== undefined && done > total) total = undefined;
    chunks.push(value);
    report();
  }
}

/** What will come; a compressed answer says its compressed length. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  const plain = (headers.get('content-encoding') ?? 'identity') === 'identity';
  return plain && length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

function checkSize(url: string | URL, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new OctoliteError('UNSUPPORTED_MODEL', 'models of 2 GB and more do not fit into memory', {
    file: String(url),
    hint: 'quantizeStream reads such files piece by piece',
  });
}
