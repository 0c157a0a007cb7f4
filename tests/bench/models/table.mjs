/** Text of a summary. */
import { SAME_OUTPUTS } from './summary.mjs';

/** Lines of columns, the first flush left and the others flush right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** Three digits that count. */
function short(value) {
  if (!Number.isFinite(value)) return '-';
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}

const ratio = (value) => (Number.isFinite(value) ? `${value.toFixed(2)}x` : '');

function columnsOf(rows) {
  return [...new Set(rows.flatMap(({ engines }) => engines.map((engine) => engine.label)))];
}

function latencies(rows, labels) {
  const hasRatio = (name) =>
    rows.some(({ engines }) => engines.some((e) => e.label === name && e.ratio !== undefined));
  return table([
    [
      'model',
      'M madds',
      ...labels.flatMap((name) => [name, 'p10..p90', 'G/s', ...(hasRatio(name) ? ['ratio'] : [])]),
    ],
    ...rows.map(({ name, multiplyAdds, engines }) => [
      name,
      short(multiplyAdds / 1e6),
      ...labels.flatMap((label) => {
        const engine = engines.find((e) => e.label === label) ?? { error: '' };
        const last = hasRatio(label) ? [ratio(engine.ratio)] : [];
        if (engine.error !== undefined) return ['-', '', '', ...last];
        const { medianMs, p10Ms, p90Ms, gigaPerSecond } = engine;
        const spread = `${short(p10Ms)}..${short(p90Ms)}`;
        return [short(medianMs), spread, short(gigaPerSecond), ...last];
      }),
    ]),
  ]);
}

const mebibytes = (bytes) => (bytes === undefined ? '-' : (bytes / 2 ** 20).toFixed(0));

function startUps(rows, labels) {
  return table([
    ['model', ...labels.flatMap((name) => [name, 'model', 'first', 'ready', 'run'])],
    ...rows.map(({ name, engines }) => [
      name,
      ...labels.flatMap((label) => {
        const engine = engines.find((e) => e.label === label) ?? { error: '' };
        if (engine.error !== undefined) return ['-', '', '', '', ''];
        const { loadMs, compileMs, firstMs, readyHeapBytes, heapBytes } = engine;
        return [
          ...[loadMs, compileMs, firstMs].map(short),
          ...[readyHeapBytes, heapBytes].map(mebibytes),
        ];
      }),
    ]),
  ]);
}

function twinRatios(twins, labels) {
  if (twins.length === 0) return [];
  return table([
    ['model', ...labels],
    ...twins.map(({ name, ratios }) => [
      name,
      ...labels.map((label) => ratio(ratios.find((r) => r.label === label)?.ratio)),
    ]),
  ]);
}

function failures(rows) {
  return rows.flatMap(({ name, engines }) =>
    engines
      .filter(({ error }) => error !== undefined)
      .map((engine) => `  ${name}, ${engine.label}: ${engine.error.slice(0, 150)}`),
  );
}

/** Outputs that are not those of the first engine. */
function disagreements(rows) {
  return rows.flatMap(({ name, engines }) =>
    engines
      .filter(({ cosine }) => cosine !== undefined && cosine < 0.99)
      .map((engine) => `  ${name}, ${engine.label}: cosine ${engine.cosine.toFixed(3)}`),
  );
}

const titled = (title, lines) => (lines.length > 0 ? ['', title, ...lines] : []);

const kilobytes = (bytes) => (bytes / 1000).toFixed(0);

/** What there is to download of each engine, as lines. */
export const sizeLines = (sizes) => [
  '',
  ...table([
    ['to download, kB', 'wasm', 'brotli', 'scripts', 'brotli'],
    ...sizes.map(({ label, wasm, wasmBrotli, script, scriptBrotli }) => [
      label,
      ...[wasm, wasmBrotli, script, scriptBrotli].map(kilobytes),
    ]),
  ]),
];

/** All of a section's tables, as lines. */
export function sectionLines({ host, threads, rows, means, twins }) {
  const labels = columnsOf(rows);
  const rivals = labels.filter((name) =>
    means.some(({ ratios }) => ratios.some((r) => r.label === name && r.models > 0)),
  );
  return [
    '',
    `== ${host}, ${threads} thread${threads === 1 ? '' : 's'}`,
    'milliseconds a run (median, spread over rounds), G multiply-adds a second; the ratio says how',
    'many times faster Octolite is: its relaxed build, or simd128 for builds without relaxed SIMD',
    '',
    ...latencies(rows, labels),
    ...titled(
      'geometric mean of the ratios (number of models); small: models of less than a million multiply-adds',
      rivals.length === 0
        ? []
        : table([
            ['group', ...rivals],
            ...means.map(({ group, ratios }) => [
              group,
              ...rivals.map((name) => {
                const { mean, models } = ratios.find((r) => r.label === name);
                return models > 0 ? `${ratio(mean)} (${models})` : '-';
              }),
            ]),
          ]),
    ),
    ...titled('times faster than the same network in float32', twinRatios(twins, labels)),
    ...titled(
      'start: milliseconds to load the engine, to prepare the model, of the first run; WebAssembly memory in MiB when the model is ready, and after that run',
      startUps(rows, labels),
    ),
    ...titled('not run', failures(rows)),
    ...titled(
      `outputs unlike those of the first engine (below ${SAME_OUTPUTS}: no ratio)`,
      disagreements(rows),
    ),
  ];
}
