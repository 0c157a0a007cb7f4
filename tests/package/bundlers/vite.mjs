// node vite.mjs APP OUT
import { resolve } from 'node:path';
import { build } from 'vite';

const [app, out] = process.argv.slice(2);
await build({
  root: resolve(app),
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: resolve(out),
    emptyOutDir: true,
    rolldownOptions: { checks: { bundlerTimings: false } }, // said on a busy machine
  },
  // The worker loads one of the variants of the WebAssembly glue, so it comes in parts.
  worker: { format: 'es' },
});
