import { joined } from '../chunks.js';
import { badFile } from './bad_file.js';

/**
 * Decompresses, never to more than `limit` bytes: a small file may claim to hold any amount.
 * @param format gzip, or deflate with a zlib header.
 */
export async function inflate(
  bytes: Uint8Array,
  format: 'gzip' | 'deflate',
  limit: number,
  file: string,
): Promise<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  // Errors surface where the output is read.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    let part: ReadableStreamReadResult<Uint8Array>;
    try {
      part = await reader.read();
    } catch {
      badFile(file, 'the compressed data is damaged');
    }
    if (part.done) break;
    size += part.value.byteLength;
    if (size > limit) {
      void reader.cancel();
      badFile(file, `the data expands to more than ${limit} bytes`);
    }
    chunks.push(part.value);
  }
  return joined(chunks, size);
}

/** What no data file may exceed when it is expanded: 2 GiB. */
export const EXPANDED_LIMIT = 2 ** 31;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
