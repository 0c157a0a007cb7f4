// The package as npm packs it: what is in it, and that its description, its types and its code agree.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { load } from 'octolite';
import ts from 'typescript';
import { must, root, run } from '../../scripts/lib/process.mjs';
import { installPackage } from './support/install.mjs';

let installed;
let place;
let description;

before(async () => {
  installed = await installPackage();
  place = join(installed.folder, 'node_modules/octolite');
  description = JSON.parse(await readFile(join(place, 'package.json')));
});

after(() => installed?.remove());

const text = (path) => readFile(join(place, path), 'utf8');
const isCode = (path) => /^dist\/(?!web\/|wasm\/).*\.js$/.test(path);

/** The entries that are JavaScript: name to { types, default }. */
const entries = () =>
  Object.entries(description.exports).filter(([, target]) => typeof target === 'object');

test('holds the library, the binaries, the page and the licence, and no sources', () => {
  const { files } = installed;
  for (const path of [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/node/cli.js',
    'dist/wasm/octolite-simd128.wasm',
    'dist/wasm/octolite-relaxed.wasm',
    'dist/wasm/octolite-threads.wasm',
    'dist/threads/thread.js',
    'dist/web/index.html',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'THIRD_PARTY.md',
  ]) {
    assert.ok(files.includes(path), `${path} is missing`);
  }
  const isSource = (path) =>
    /^dist\/(site|web\/wasm)\/|^(src|tests|js|web)\/|\.tsx?$/.test(path) && !path.endsWith('.d.ts');
  assert.deepEqual(files.filter(isSource), []);
});

test('holds nothing of sources that are no more', () => {
  const { files } = installed;
  const stale = files
    .filter(isCode)
    .filter(
      (path) => !existsSync(join(root, path.replace(/^dist/, 'js/src').replace(/js$/, 'ts'))),
    );
  assert.deepEqual(stale, [], 'remove dist/ and build again');
  const binaries = ['simd128', 'relaxed', 'threads'].map((variant) => `octolite-${variant}`);
  assert.deepEqual(
    files.filter((path) => path.startsWith('dist/wasm/')).sort(),
    [...binaries.flatMap((name) => [`${name}.js`, `${name}.wasm`]), 'provenance.js']
      .map((name) => `dist/wasm/${name}`)
      .sort(),
  );
});

test('every script has its source map, with the source in it', async () => {
  const scripts = installed.files.filter((path) => path.endsWith('.js'));
  assert.ok(scripts.filter(isCode).length > 50);
  for (const path of scripts) {
    const named = /^\/\/# sourceMappingURL=(.*)$/m.exec(await text(path))?.[1];
    if (!isCode(path)) {
      assert.equal(named, undefined, path);
      continue;
    }
    const map = JSON.parse(await text(join(path, '..', named)));
    assert.ok(map.sources.length > 0 && map.sourcesContent.length === map.sources.length, path);
    assert.ok(
      map.sourcesContent.every((source) => typeof source === 'string'),
      path,
    );
    const source = path.replace(/^dist/, 'js/src').replace(/js$/, 'ts');
    const content = map.sourcesContent[map.sources.findIndex((name) => name.endsWith(source))];
    assert.equal(content, await readFile(join(root, source), 'utf8'), `${path} is out of date`);
  }
});

test('depends on nothing', async () => {
  const kinds = Object.keys(description).filter((key) => /dependenc/i.test(key));
  assert.deepEqual(kinds, ['devDependencies']);
  const scripts = installed.files.filter((path) => /\.m?js$/.test(path));
  const { metafile } = await build({
    entryPoints: scripts.filter((path) => !path.startsWith('dist/web/')),
    absWorkingDir: place,
    outdir: 'out',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
    write: false,
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  const foreign = imported.filter(({ external }) => external).map(({ path }) => path);
  assert.ok(foreign.includes('node:util'));
  assert.deepEqual(
    foreign.filter((path) => !path.startsWith('node:')),
    [],
  );
});

test('package.json leads to files that are there', () => {
  const targets = (value) =>
    typeof value === 'string' ? [value] : Object.values(value).flatMap(targets);
  const { exports, main, types, bin, sideEffects } = description;
  const named = [...targets(exports), main, types, ...targets(bin), ...sideEffects];
  const paths = named.map((path) => path.slice(2));
  assert.deepEqual(
    paths.filter((path) => !path.includes('*') && !installed.files.includes(path)),
    [],
  );
  assert.deepEqual(
    entries().map(([name]) => name),
    Object.keys(exports).filter((name) => !/\*|\.json$/.test(name)),
  );
  for (const [name, target] of entries()) {
    // Order counts: the first condition that holds is taken.
    assert.deepEqual(Object.keys(target), ['types', 'default'], name);
  }
});

/** Whether `export type` is all that a name is of. */
const isTypeOnly = ({ declarations = [] }) =>
  declarations.some(
    (it) => ts.isExportSpecifier(it) && (it.isTypeOnly || it.parent.parent.isTypeOnly),
  );

/** What each entry exports to TypeScript: { name, exported, comment, isValue }. */
function exportsInTypes() {
  const files = entries().map(([, { types }]) => join(place, types));
  const program = ts.createProgram(files, { skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  return entries().flatMap(([name], index) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(files[index]));
    if (!module) return [];
    return checker.getExportsOfModule(module).map((symbol) => {
      const { flags } = symbol;
      const target = flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return {
        name,
        exported: symbol.name,
        comment: ts.displayPartsToString(target.getDocumentationComment(checker)).trim(),
        isValue: (target.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(symbol),
      };
    });
  });
}

test('the types of each entry name what it exports, each with a comment', async () => {
  const found = exportsInTypes();
  // Scripts of workers export nothing, and would look for their parent.
  const scripts = ['./worker/host', './threads/thread'];
  for (const [name, { default: path }] of entries()) {
    const values = found.filter((it) => it.name === name && it.isValue).map((it) => it.exported);
    const module = scripts.includes(name) ? {} : await import(pathToFileURL(join(place, path)));
    assert.deepEqual(values.sort(), Object.keys(module).sort(), name);
  }
  const uncommented = found.filter(({ comment }) => comment === '');
  assert.deepEqual(
    uncommented.map(({ name, exported }) => `${name} ${exported}`),
    [],
  );
});

const program = `
  import { load, OctoliteError, type Model } from 'octolite';
  import { connectWorker, type OctoliteWorker } from 'octolite/worker';
  import { openFile } from 'octolite/node';
  import { versions } from 'octolite/versions';
  import binary from 'octolite/wasm/octolite-relaxed.wasm';
  export type * from 'octolite/threads/thread';

  export const atTheEdge = () => load({ wasmModule: binary, variant: 'relaxed' });
  export const sha256: string = versions.wasm.relaxed.sha256;
  export const size = (path: string): number => openFile(path).size;
  export const startWorker = (): Promise<OctoliteWorker> => connectWorker({ threads: 'auto' });
  export async function small(bytes: Uint8Array): Promise<Uint8Array> {
    const octolite = await load();
    const model: Model = octolite.loadModel(bytes);
    try {
      return (await octolite.quantize(model, { recipe: 'float16' })).bytes;
    } catch (error) {
      if (error instanceof OctoliteError && error.code === 'ALREADY_QUANTIZED') return bytes;
      throw error;
    } finally {
      model.dispose();
    }
  }`;

/** As the types of edge runtimes and bundlers have it. */
const binaries = `declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}`;

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  test(`the types hold in a strict project, library checks included: ${moduleResolution}`, async () => {
    await writeFile(join(installed.folder, 'use.ts'), program);
    await writeFile(join(installed.folder, 'binaries.d.ts'), binaries);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      target: 'es2022',
      module,
      moduleResolution,
      types: [],
    };
    const config = `tsconfig.${moduleResolution}.json`;
    await writeFile(
      join(installed.folder, config),
      JSON.stringify({ compilerOptions, files: ['use.ts', 'binaries.d.ts'] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, output } = await run(process.execPath, [tsc, '-p', config], {
      cwd: installed.folder,
    });
    assert.equal(status, 0, output);
  });
}

test('octolite/versions tells the truth', async () => {
  const { versions } = await import(
    pathToFileURL(join(place, description.exports['./versions'].default))
  );
  assert.deepEqual(Object.keys(versions).sort(), [
    'binaryen',
    'compiler',
    'emscripten',
    'octolite',
    'wasm',
  ]);
  assert.equal(versions.octolite, description.version);
  // The binary knows by itself what compiled it.
  const { compiler } = (await load()).runtimeInfo();
  const [, emscripten, llvm] = /^Emscripten (\S+), LLVM (\d+)$/.exec(compiler);
  assert.equal(versions.emscripten, emscripten);
  assert.match(versions.compiler, new RegExp(`^clang ${llvm}\\.\\d+\\.\\d+$`));
  assert.match(versions.binaryen, /^\d+$/);
  assert.deepEqual(Object.keys(versions.wasm), ['simd128', 'relaxed', 'threads']);
  for (const [variant, { file, bytes, sha256, flags }] of Object.entries(versions.wasm)) {
    assert.equal(file, `octolite-${variant}.wasm`);
    const binary = await readFile(join(place, 'dist/wasm', file));
    assert.equal(bytes, binary.length);
    assert.equal(sha256, createHash('sha256').update(binary).digest('hex'));
    for (const flag of ['-O3', '-std=c++20', '-msimd128', '-fno-exceptions']) {
      assert.ok(flags.compile.includes(flag), `${variant}: ${flag}`);
    }
    assert.equal(flags.compileSome.includes('-mrelaxed-simd'), variant !== 'simd128');
    assert.ok(flags.link.includes('-sDYNAMIC_EXECUTION=0'));
    assert.equal(flags.link.includes('-sWASM_WORKERS=2'), variant === 'threads');
    const said = Object.values(flags).flat();
    assert.deepEqual(
      said.filter((flag) => !/^-[-\w=+,.]+$/.test(flag)),
      [],
      'no path of the machine',
    );
  }
});

/** What esbuild makes of a program that uses the package. */
async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: installed.folder },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

test('bundlers leave out what is not used, and keep scripts that are imported for what they do', async () => {
  for (const name of ['octolite', 'octolite/worker', 'octolite/versions']) {
    const left = await bundle(`import * as unused from '${name}'; console.log(1);`);
    assert.match(left, /^(\/\/ <stdin>\n)?console\.log\(1\);\n$/, name);
  }
  const small = await bundle(`import { VERSION } from 'octolite'; console.log(VERSION);`);
  assert.ok(small.length < 200, small);
  for (const name of ['octolite/worker/host', 'octolite/threads/thread']) {
    assert.ok((await bundle(`import '${name}';`)).includes('addEventListener'), name);
  }
});

test('brings the command line', async () => {
  const { folder } = installed;
  const command = join(folder, 'node_modules/.bin/octolite');
  const model = join(root, 'examples/sample-model/shapes.tflite');
  const { inputs } = JSON.parse(await must(command, ['inspect', model, '--json'], { cwd: folder }));
  assert.equal(inputs.length, 1);
  assert.equal((await run(command, ['no-such-command'], { cwd: folder })).status, 2);
});
