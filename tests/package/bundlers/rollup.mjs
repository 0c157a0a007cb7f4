// node rollup.mjs APP OUT
import { resolve } from 'node:path';
import nodeResolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { copyFiles, entries } from './files.mjs';

const [app, out] = process.argv.slice(2).map((path) => resolve(path));
const bundle = await rollup({
  input: entries(app),
  plugins: [nodeResolve({ browser: true, rootDir: app })],
});
await bundle.write({ dir: out, format: 'es' });
await bundle.close();
await copyFiles(app, out);
