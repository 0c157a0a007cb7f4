// `npm test`: sets the machine up, builds everything, runs every check and every suite, and ends
// with one line of totals. `npm test -- NAME ...` runs only the stages whose name holds a NAME.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildModules, buildPage, cmakeBuild, compileTypeScript } from './lib/build.mjs';
import { clangTidy } from './lib/clang_tidy.mjs';
import { cppFiles } from './lib/files.mjs';
import { CommandError, root, run } from './lib/process.mjs';
import { installModules, newerNode, setUp, tools } from './lib/setup.mjs';
import { lineCoverage, runGtests, runJest, runNodeTests } from './lib/suites.mjs';

const native = 'host-asan';
const profiles = join(root, 'build/coverage');
const notes = [];
const broken = new Set();
const totals = { passed: 0, failed: 0, skipped: 0 };
const wanted = process.argv.slice(2);

/** A build step: counts only when it fails. */
const build = (action) => async () => {
  await action();
  return { passed: 0, failed: 0, skipped: 0, output: '' };
};

/** A check that is one program: one passed or one failed. */
const check = (command) => async () => {
  const [program, ...args] = command();
  const { status, output } = await run(program, args);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0, output };
};
const module = (path) => join(root, 'node_modules', path);

const stages = [
  {
    name: 'build TypeScript',
    action: build(compileTypeScript),
  },
  {
    name: 'lint: clang-format',
    action: check(() => [tools().CLANG_FORMAT, '--dry-run', '-Werror', ...cppFiles()]),
  },
  {
    name: 'lint: prettier',
    action: check(() => [
      process.execPath,
      module('prettier/bin/prettier.cjs'),
      '--check',
      '--log-level=warn',
      '.',
    ]),
  },
  {
    name: 'lint: tsc',
    needs: ['build TypeScript'],
    action: check(() => [process.execPath, module('typescript/bin/tsc'), '-p', '.']),
  },
  {
    name: 'lint: eslint',
    needs: ['build TypeScript'],
    action: check(() => [
      process.execPath,
      module('eslint/bin/eslint.js'),
      '--max-warnings=0',
      '--cache',
      '--cache-strategy=content',
      '--cache-location=build/eslintcache',
      '.',
    ]),
  },
  { name: 'architecture', action: () => runNodeTests('tests/arch') },
  { name: 'benchmark figures', action: () => runNodeTests('tests/bench') },
  {
    name: 'build native',
    action: build(() => cmakeBuild(native, ['octolite_tests'])),
  },
  {
    name: 'lint: clang-tidy',
    needs: ['build native'],
    action: async () => {
      const outcomes = await clangTidy(native);
      const bad = outcomes.filter(({ passed }) => !passed);
      return {
        passed: outcomes.length - bad.length,
        failed: bad.length,
        skipped: 0,
        output: bad.map(({ output }) => output).join(''),
      };
    },
  },
  {
    name: 'C++ native (ASan, UBSan)',
    needs: ['build native'],
    action: async () => {
      rmSync(profiles, { recursive: true, force: true });
      mkdirSync(profiles, { recursive: true });
      const outcome = await runGtests(native, {
        env: { LLVM_PROFILE_FILE: join(profiles, '%p.profraw') },
      });
      notes.push(
        `C++ line coverage: ${(await lineCoverage(native, profiles)).toFixed(1)} % of src/`,
      );
      return outcome;
    },
  },
  {
    name: 'build WebAssembly tests',
    action: build(() => cmakeBuild('wasm', ['octolite_tests'])),
  },
  {
    name: 'C++ WebAssembly simd128',
    needs: ['build WebAssembly tests'],
    action: () => runGtests('wasm', { folder: 'tests_simd128', launcher: [process.execPath] }),
  },
  {
    name: 'C++ WebAssembly relaxed',
    needs: ['build WebAssembly tests'],
    action: async () =>
      runGtests('wasm', { folder: 'tests_relaxed', launcher: [await newerNode()] }),
  },
  { name: 'build WebAssembly modules', action: build(buildModules) },
  {
    name: 'build page',
    needs: ['build TypeScript', 'build WebAssembly modules'],
    action: build(buildPage),
  },
  {
    name: 'JavaScript, this Node.js',
    needs: ['build page'],
    action: () => runJest(process.execPath, 'simd128'),
  },
  {
    name: 'JavaScript, newer Node.js',
    needs: ['build page'],
    action: async () => runJest(await newerNode(), 'relaxed'),
  },
  {
    name: 'package',
    needs: ['build page'],
    action: async () => {
      const file = join(root, 'build/results/package-notes.txt');
      rmSync(file, { force: true });
      await installModules(join(root, 'tests/package/bundlers')); // several files of tests need it
      const env = { OCTOLITE_CHROMIUM: tools().CHROMIUM };
      const outcome = await runNodeTests('tests/package', { env });
      if (existsSync(file)) notes.push(...readFileSync(file, 'utf8').trim().split('\n').sort());
      return outcome;
    },
  },
  {
    name: 'docs',
    needs: ['build page'],
    action: () => runNodeTests('tests/docs', { env: { OCTOLITE_CHROMIUM: tools().CHROMIUM } }),
  },
  {
    name: 'browser',
    needs: ['build page'],
    action: () =>
      runNodeTests('tests/e2e', { env: { OCTOLITE_CHROMIUM: tools().CHROMIUM }, width: 1 }),
  },
];

async function attempt({ name, needs = [], action }) {
  const lacking = needs.find((need) => broken.has(need));
  if (lacking)
    return { passed: 0, failed: 1, skipped: 0, output: `not run, as "${lacking}" failed\n` };
  try {
    return await action();
  } catch (error) {
    broken.add(name);
    const output = error instanceof CommandError ? `${error.output}${error.message}` : error.stack;
    return { passed: 0, failed: 1, skipped: 0, output: `${output}\n` };
  }
}

const started = performance.now();
await setUp('test');
for (const stage of stages) {
  if (wanted.length > 0 && !wanted.some((part) => stage.name.includes(part))) continue;
  const begun = performance.now();
  const { passed, failed, skipped, output } = await attempt(stage);
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  const counts = [
    passed > 0 ? `${passed} passed` : '',
    failed > 0 ? `${failed} failed` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `${failed > 0 ? 'FAIL' : 'ok  '} ${[stage.name, ...counts.filter(Boolean), `${seconds} s`].join(', ')}`,
  );
  if (failed > 0) console.log(output);
}
for (const note of notes) console.log(note);
console.log(`${((performance.now() - started) / 60000).toFixed(1)} minutes`);
if (totals.skipped > 0) console.log(`${totals.skipped} skipped`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
