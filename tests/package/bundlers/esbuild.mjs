// node esbuild.mjs APP OUT
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { copyFiles, entries } from './files.mjs';

const [app, out] = process.argv.slice(2).map((path) => resolve(path));
await build({
  entryPoints: entries(app),
  absWorkingDir: app,
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  logLevel: 'warning',
});
await copyFiles(app, out);
