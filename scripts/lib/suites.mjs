// Runs the kinds of test suites that the project has. Each resolves to
// { passed, failed, skipped, output }: counts of tests, and what there is to read about failures.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { listFiles } from './files.mjs';
import { mapParallel, root, run } from './process.mjs';
import { tools } from './setup.mjs';

const results = join(root, 'build/results');

function add(outcomes) {
  const total = { passed: 0, failed: 0, skipped: 0, output: '' };
  for (const outcome of outcomes) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
    total.output += outcome.output;
  }
  return total;
}

/** The counts of a report, or one failure with all the output where the program died without one. */
function outcome({ status, output }, counts) {
  if (!counts || (status !== 0 && counts.failed === 0)) {
    return { passed: 0, skipped: 0, ...counts, failed: 1, output };
  }
  return { ...counts, output: counts.failed > 0 ? output : '' };
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function gtestCounts(report) {
  const tests = report?.testsuites.flatMap((suite) => suite.testsuite);
  if (!tests) return undefined;
  const skipped = tests.filter((test) => test.result === 'SKIPPED').length;
  const failed = tests.filter((test) => test.failures?.length > 0).length;
  const notRun = tests.filter((test) => test.status === 'NOTRUN').length;
  return { passed: tests.length - skipped - failed - notRun, failed, skipped };
}

/** Only what gtest prints about failed tests: its lines between RUN and FAILED. */
function gtestFailures(output) {
  const kept = output
    .split(/^(?=\[ RUN {6}\])/m)
    .filter((part) => !/^\[ {7}OK \]|^\[ {2}SKIPPED \]/m.test(part));
  return kept.join('');
}

/**
 * Runs every gtest program of a build under build/<preset>/<folder>. WebAssembly programs are run by
 * `launcher`, a Node.js and its arguments. Each is cut into shards so that all processors work.
 */
export async function runGtests(preset, { folder = 'tests', launcher = [], env = {} } = {}) {
  const pattern = launcher.length > 0 ? /_tests\.js$/ : /_tests$/;
  const sources = new Set(listFiles('tests/cpp', /\.cc$/).map((path) => path.split('/')[2]));
  const programs = listFiles(join('build', preset, folder), pattern).filter((path) =>
    sources.has(basename(path).replace(/_tests(\.js)?$/, '')),
  );
  if (programs.length === 0) throw new Error(`no test programs in build/${preset}/${folder}`);
  mkdirSync(results, { recursive: true });
  const width = availableParallelism();
  const shards = programs.flatMap((path) =>
    Array.from({ length: width }, (_, shard) => ({ path, shard })),
  );
  const outcomes = await mapParallel(shards, width, async ({ path, shard }) => {
    const report = join(results, `${preset}-${folder}-${basename(path)}-${shard}.json`);
    rmSync(report, { force: true });
    const [program, ...args] = [...launcher, join(root, path), `--gtest_output=json:${report}`];
    const finished = await run(program, args, {
      env: { ...env, GTEST_TOTAL_SHARDS: String(width), GTEST_SHARD_INDEX: String(shard) },
    });
    const part = outcome(finished, gtestCounts(readJson(report)));
    return { ...part, output: part.failed > 0 ? `${path}\n${gtestFailures(part.output)}\n` : '' };
  });
  return add(outcomes);
}

/** Runs Jest with the given Node.js. */
export async function runJest(node, name, env = {}) {
  mkdirSync(results, { recursive: true });
  const report = join(results, `jest-${name}.json`);
  rmSync(report, { force: true });
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '--ci',
    '--json',
    `--outputFile=${report}`,
  ];
  const finished = await run(node, args, { env });
  const json = readJson(report);
  const counts = json && {
    passed: json.numPassedTests,
    failed: json.numFailedTests + json.numRuntimeErrorTestSuites,
    skipped: json.numPendingTests,
  };
  return outcome(finished, counts);
}

/** Runs the node:test files of a folder. */
export async function runNodeTests(
  folder,
  { node = process.execPath, env = {}, width = availableParallelism() } = {},
) {
  const files = listFiles(folder, /\.test\.mjs$/);
  if (files.length === 0) throw new Error(`no *.test.mjs in ${folder}`);
  const args = ['--test', '--test-reporter=tap', `--test-concurrency=${width}`, ...files];
  const finished = await run(node, args, { env });
  const count = (word) =>
    Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(finished.output)?.[1] ?? NaN);
  const counts = {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  };
  return outcome(finished, Number.isNaN(counts.passed) ? undefined : counts);
}

/**
 * Merges the profiles that the native tests wrote into `folder` and resolves to the share of lines
 * of src/ that they ran, in per cent.
 */
export async function lineCoverage(preset, folder) {
  const { LLVM_PROFDATA, LLVM_COV } = tools();
  const profile = join(folder, 'merged.profdata');
  const raw = listFiles(folder.slice(root.length + 1), /\.profraw$/);
  const merged = await run(LLVM_PROFDATA, ['merge', '-sparse', '-o', profile, ...raw]);
  if (merged.status !== 0) throw new Error(merged.output);
  const programs = listFiles(join('build', preset, 'tests'), /_tests$/);
  const objects = programs.flatMap((path, index) => (index === 0 ? [path] : ['-object', path]));
  const report = await run(LLVM_COV, [
    'export',
    '-summary-only',
    '-instr-profile',
    profile,
    ...objects,
    '-ignore-filename-regex',
    '(tests|third_party|generated|googletest|/usr/)',
  ]);
  if (report.status !== 0) throw new Error(report.output);
  return JSON.parse(report.stdout).data[0].totals.lines.percent;
}
