/** What a page has to load of each engine: what `download` of its adapter lists. */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/** Bytes of an engine's binary and of the scripts around it, as they are and compressed. */
export function downloadSizes({ download }, { variant, threads }, folder) {
  const totals = { wasm: 0, wasmBrotli: 0, script: 0, scriptBrotli: 0 };
  for (const name of download(variant, threads)) {
    const bytes = readFileSync(join(folder, name));
    const kind = extname(name) === '.wasm' ? 'wasm' : 'script';
    totals[kind] += bytes.length;
    totals[`${kind}Brotli`] += brotliCompressSync(bytes).length;
  }
  return totals;
}
