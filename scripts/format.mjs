// `npm run format`: writes every source file as the formatters want it.
import { join } from 'node:path';
import { cppFiles } from './lib/files.mjs';
import { must, root } from './lib/process.mjs';
import { setUp, tools } from './lib/setup.mjs';

await setUp('test');
await must(tools().CLANG_FORMAT, ['-i', ...cppFiles()]);
const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
await must(process.execPath, [prettier, '--write', '--log-level=warn', '.']);
