// An edge runtime: no files, no addresses, no compiler, but binaries that are imported.
import binary from 'octolite/wasm/octolite-relaxed.wasm';
import { load } from 'octolite';
import bytes from './model.tflite';
import { run } from './run.js';

export default {
  async fetch() {
    const octolite = await load({ wasmModule: binary, variant: 'relaxed' });
    return Response.json(await run(octolite, bytes));
  },
};
