// node vite.mjs APP OUT
import { resolve } from 'node:path';
import { build } from 'vite';

const [app, out] = process.argv.slice(2);
// What takes long on a busy machine is no fault of the app.
const rolldownOptions = { checks: { bundlerTimings: false } };
await build({
  root: resolve(app),
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: resolve(out),
    emptyOutDir: true,
    rolldownOptions,
  },
  // The worker loads one of the variants of the WebAssembly glue, so it comes in parts.
  worker: { format: 'es', rolldownOptions },
});
