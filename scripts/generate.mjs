// `npm run generate`: writes what the documentation takes from the code, docs/schemas/ and the
// second part of docs/cli.md, from the sources and the package in dist/. With --check it writes
// nothing, and fails when something is out of date.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { makePage, makeSchemas } from './lib/cli_docs.mjs';
import { root } from './lib/process.mjs';

const FOLDER = 'docs/schemas';

async function makeFiles() {
  const files = new Map();
  const page = 'docs/cli.md';
  files.set(page, await makePage(readFileSync(join(root, page), 'utf8')));
  for (const [command, schema] of makeSchemas()) {
    const path = `${FOLDER}/${command}.schema.json`;
    const options = { ...(await prettier.resolveConfig(join(root, path))), parser: 'json' };
    files.set(path, await prettier.format(JSON.stringify(schema), options));
  }
  return files;
}

function contentOf(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

mkdirSync(join(root, FOLDER), { recursive: true });
const files = await makeFiles();
const extra = readdirSync(join(root, FOLDER))
  .map((name) => `${FOLDER}/${name}`)
  .filter((path) => !files.has(path));
const stale = [...files].filter(([path, content]) => contentOf(path) !== content);

if (process.argv.includes('--check')) {
  const names = [...stale.map(([path]) => path), ...extra];
  if (names.length > 0) {
    console.error(`out of date, run "npm run generate": ${names.join(', ')}`);
    process.exitCode = 1;
  }
} else {
  for (const [path, content] of stale) writeFileSync(join(root, path), content);
  for (const path of extra) rmSync(join(root, path));
}
