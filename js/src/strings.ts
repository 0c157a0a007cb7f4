/**
 * String tensors as the file format packs them: int32 count, count + 1 int32 offsets from the start
 * (the last is the end), then the characters. WebAssembly is little-endian.
 */

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Strings go in as UTF-8; bytes as they are. */
export function packStrings(values: readonly (string | Uint8Array)[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = values.map((value) => (typeof value === 'string' ? encoder.encode(value) : value));
  const start = 4 * (parts.length + 2);
  const total = parts.reduce((sum, { byteLength }) => sum + byteLength, start);
  const packed = new Uint8Array(total);
  const view = new DataView(packed.buffer);
  view.setInt32(0, parts.length, true);
  let offset = start;
  parts.forEach((part, i) => {
    view.setInt32(4 * (i + 1), offset, true);
    packed.set(part, offset);
    offset += part.byteLength;
  });
  view.setInt32(4 * (parts.length + 1), offset, true);
  return packed;
}

/** Of bytes that the runtime has checked. What is no UTF-8 becomes U+FFFD. */
export function unpackStrings(bytes: Uint8Array): string[] {
  // A tensor without elements may have no bytes at all.
  if (bytes.byteLength === 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: view.getInt32(0, true) }, (_, i) =>
    DECODER.decode(bytes.slice(view.getInt32(4 * (i + 1), true), view.getInt32(4 * (i + 2), true))),
  );
}
