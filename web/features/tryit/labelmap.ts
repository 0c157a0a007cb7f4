/** Names of classes out of the model's own file: metadata lies behind the model as a zip archive. */

const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly start: number;
  readonly length: number;
}

/** What the archive at the end of a file holds; nothing where there is none, or a broken one. */
function* entriesOf(bytes: Uint8Array): Generator<Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const least = Math.max(0, bytes.length - 22 - 0xffff);
  let end = bytes.length - 22;
  while (end >= least && view.getUint32(end, true) !== END_OF_DIRECTORY) --end;
  if (end < least) return;
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  // Offsets count from where the archive begins, which may be behind the model.
  const base = end - size - view.getUint32(end + 16, true);
  let at = end - size;
  for (let i = 0; i < count && at >= 0 && at + 46 <= end; ++i) {
    if (view.getUint32(at, true) !== ENTRY) return;
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    ) as [number, number, number];
    const local = view.getUint32(at + 42, true) + (base > 0 ? base : 0);
    if (local + 30 > end) return;
    const skip = view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    yield {
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      start: local + 30 + skip,
      length: view.getUint32(at + 20, true),
    };
    at += 46 + nameLength + extra + comment;
  }
}

/** The lines of the file of labels in a model's metadata; empty when there is none. */
export async function namesInModel(bytes: Uint8Array): Promise<string[]> {
  for (const { name, method, start, length } of entriesOf(bytes)) {
    if (!/label.*\.txt$/i.test(name)) continue;
    const packed = bytes.slice(start, start + length);
    if (method !== STORED && method !== DEFLATED) continue;
    const text = new TextDecoder().decode(method === STORED ? packed : await inflate(packed));
    return text.trimEnd().split(/\r?\n/);
  }
  return [];
}
