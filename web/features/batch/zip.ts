import { Zip, ZipPassThrough } from 'fflate';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How much is taken in between two looks at what else there is to do. */
const CHUNK = 2 ** 20;

/** Files as one, uncompressed: packed piece by piece, so that the page stays alive. */
export async function zip(files: readonly NamedBytes[]): Promise<Blob> {
  const parts: Uint8Array[] = [];
  let failure: Error | null = null;
  const archive = new Zip((error, part) => {
    if (error) failure = error;
    else parts.push(part);
  });
  for (const { name, bytes } of files) {
    const entry = new ZipPassThrough(name);
    archive.add(entry);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      entry.push(bytes.slice(at, at + CHUNK), at + CHUNK >= bytes.length);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  archive.end();
  if (failure) throw failure as Error;
  return new Blob(parts as BlobPart[], { type: 'application/zip' });
}
