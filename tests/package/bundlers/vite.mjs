// node vite.mjs APP OUT [FORMAT]: with the format of workers, where it is not the usual one.
import { resolve } from 'node:path';
import { build } from 'vite';

const [app, out, format] = process.argv.slice(2);
// What takes long on a busy machine is no fault of the app.
const rolldownOptions = { checks: { bundlerTimings: false } };
await build({
  root: resolve(app),
  configFile: false,
  logLevel: 'warn',
  build: { outDir: resolve(out), emptyOutDir: true, rolldownOptions },
  worker: { rolldownOptions, ...(format && { format }) },
});
