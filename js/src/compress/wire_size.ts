import { importNode, IS_NODE } from '../node_import.js';
import type { WireSize } from './types.js';

/** Above this many bytes, brotli's slower settings would take minutes. */
const LARGE = 2 ** 24;

/**
 * The size of a file as it is, and as servers send it: compressed by gzip, and by brotli where there
 * is one (Node.js). What the smallest sizes take is a matter of the encoder: these are zlib's highest
 * level in Node.js, the platform's own in browsers, and brotli's quality 9, or 5 above 16 MB.
 */
export async function wireSize(bytes: Uint8Array | ArrayBuffer): Promise<WireSize> {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const raw = file.byteLength;
  if (IS_NODE) {
    const zlib = await importNode<typeof import('node:zlib')>('node:zlib');
    const gzip = zlib.gzipSync(file, { level: zlib.constants.Z_BEST_COMPRESSION });
    const brotli = zlib.brotliCompressSync(file, {
      params: {
        [zlib.constants.BROTLI_PARAM_QUALITY]: raw > LARGE ? 5 : 9,
        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: raw,
      },
    });
    return { raw, gzip: gzip.byteLength, brotli: brotli.byteLength };
  }
  const stream = new CompressionStream('gzip');
  const writer = stream.writable.getWriter();
  // Errors surface where the output is read.
  writer.write(file as Uint8Array<ArrayBuffer>).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  let gzip = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { raw, gzip };
    gzip += value.byteLength;
  }
}
