// What the WebAssembly binaries were made of, for 'octolite/versions'.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, root, run } from './process.mjs';
import { tools } from './setup.mjs';

/** The number after a word in what a program says of itself. */
function versionIn(output, word) {
  const version = new RegExp(`${word} (?:version )?(\\d[\\w.]*)`).exec(output)?.[1];
  if (version === undefined) throw new Error(`no version of ${word} in: ${output}`);
  return version;
}

async function toolVersions() {
  const { EMSCRIPTEN_ROOT, EMSCRIPTEN_VERSION } = tools();
  const { output } = await run(join(EMSCRIPTEN_ROOT, 'em++'), ['-v']);
  const binaryen = (await must(join(EMSCRIPTEN_ROOT, 'em-config'), ['BINARYEN_ROOT'])).trim();
  const optimizer = await must(join(binaryen, 'bin/wasm-opt'), ['--version']);
  return {
    emscripten: EMSCRIPTEN_VERSION,
    compiler: `clang ${versionIn(output, 'clang')}`,
    binaryen: versionIn(optimizer, 'wasm-opt'),
  };
}

/** The options of a command that decide what comes out: no headers, no warnings, no targets. */
function flagsOf(command) {
  const words = command.split(/\s+/).filter((word) => word.startsWith('-'));
  return [...new Set(words.filter((word) => !/^-(W|I|M|isystem|include|Xclang|o$|c$)/.test(word)))];
}

/** The flags of one binary, from the commands that the build runs for it. */
async function flags(variant) {
  const folder = join(root, 'build/wasm');
  const args = ['-C', folder, '-t', 'commands', `wasm/octolite-${variant}.mjs`];
  const commands = (await must(tools().NINJA, args)).trim().split('\n');
  const compiled = commands.filter((line) => / -c \S+\.cc$/.test(line)).map(flagsOf);
  const everywhere = compiled.reduce((common, more) => common.filter((it) => more.includes(it)));
  const somewhere = new Set(compiled.flat());
  everywhere.forEach((flag) => somewhere.delete(flag));
  return {
    compile: everywhere,
    compileSome: [...somewhere].sort(),
    link: flagsOf(commands.at(-1)),
  };
}

/** Writes provenance.js beside the binaries of the package, once they are there. */
export async function writeProvenance(variants, folder) {
  const wasm = {};
  for (const variant of variants) {
    const file = `octolite-${variant}.wasm`;
    const bytes = readFileSync(join(folder, file));
    wasm[variant] = {
      file,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      flags: await flags(variant),
    };
  }
  const provenance = { ...(await toolVersions()), wasm };
  const text = `// Written when the binaries are built.\nexport default ${JSON.stringify(provenance, null, 2)};\n`;
  writeFileSync(join(folder, 'provenance.js'), text);
}
