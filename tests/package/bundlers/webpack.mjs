// node webpack.mjs APP OUT
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import webpack from 'webpack';

const [app, out] = process.argv.slice(2);
const stats = await promisify(webpack)({
  mode: 'production',
  context: resolve(app),
  entry: './main.js',
  output: { path: resolve(out), filename: 'main.js' },
  // It warns of every file above 244 KiB; the binaries are.
  performance: { hints: false },
});
if (stats.hasErrors() || stats.hasWarnings()) {
  console.error(stats.toString({ all: false, errors: true, warnings: true }));
}
await cp(join(app, 'index.html'), join(out, 'index.html'));
