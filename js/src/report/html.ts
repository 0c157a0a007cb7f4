import { MAX_SQNR_DB } from '../error_sum.js';
import { formatSize } from './format.js';
import { REPORT_SCRIPT, REPORT_STYLE } from './page_parts.js';
import type { Coverage, ModelReport, ReportLayer, Suggestion } from './types.js';

/** Text as HTML, also inside of quoted attributes. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function decibels(value: number): string {
  return value >= MAX_SQNR_DB ? 'exact' : value.toFixed(1);
}

function percent(share: number): string {
  if (share === 0) return '0';
  return share < 0.0005 ? '&lt; 0.1' : (100 * share).toFixed(1);
}

function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(3)));
}

/** Classes of colours, from good to bad: the number beside says the same. */
function heatOfSqnr(value: number): string {
  if (value >= 40) return 'heat0';
  return value >= 30 ? 'heat1' : value >= 20 ? 'heat2' : value >= 10 ? 'heat3' : 'heat4';
}

function heatOfShare(value: number): string {
  if (value < 0.02) return 'heat0';
  return value < 0.05 ? 'heat1' : value < 0.15 ? 'heat2' : value < 0.3 ? 'heat3' : 'heat4';
}

interface Column {
  readonly label: string;
  /** Said of the whole column, when pointed at and below the table. */
  readonly meaning: string;
  /** Undefined where nothing is known; columns of nothing are left out. */
  readonly value: (layer: ReportLayer) => number | string | undefined;
  readonly text?: (value: number) => string;
  readonly heat?: (value: number) => string;
}

const COLUMNS: readonly Column[] = [
  { label: 'type', meaning: 'of the tensor in the quantized model', value: ({ dtype }) => dtype },
  {
    label: 'scale',
    meaning: 'real = scale × (q − zero point)',
    value: ({ scale }) => (scale > 0 ? scale : undefined),
    text: digits,
  },
  {
    label: 'zero point',
    meaning: 'the integer that stands for 0',
    value: ({ scale, zeroPoint }) => (scale > 0 ? zeroPoint : undefined),
    text: String,
  },
  {
    label: 'SQNR dB',
    meaning: 'signal to quantization noise, with all the error from before; higher is better',
    value: ({ sqnrDb }) => sqnrDb,
    text: decibels,
    heat: heatOfSqnr,
  },
  {
    label: 'own SQNR dB',
    meaning: 'the same with inputs as the float model has them: what the operator adds by itself',
    value: ({ localSqnrDb }) => localSqnrDb,
    text: decibels,
    heat: heatOfSqnr,
  },
  {
    label: 'share %',
    meaning: 'of the error that operators add by themselves, each relative to its signal',
    value: ({ localShare }) => localShare,
    text: percent,
    heat: heatOfShare,
  },
  {
    label: 'alone dB',
    meaning: 'SQNR of the model’s worst output with this operator alone quantized',
    value: ({ aloneSqnrDb }) => aloneSqnrDb,
    text: decibels,
    heat: heatOfSqnr,
  },
  {
    label: 'up to here dB',
    meaning: 'SQNR of the model’s worst output with it and all operators before it quantized',
    value: ({ accumulatedSqnrDb }) => accumulatedSqnrDb,
    text: decibels,
    heat: heatOfSqnr,
  },
  {
    label: 'output share %',
    meaning: 'of the error energy at the outputs, from each operator alone',
    value: ({ errorShare }) => errorShare,
    text: percent,
    heat: heatOfShare,
  },
  {
    label: 'clipped %',
    meaning: 'float values beyond what the type can hold',
    value: ({ clipped, scale }) => (scale > 0 ? clipped : undefined),
    text: percent,
    heat: (value) => (value < 0.001 ? 'heat0' : value < 0.01 ? 'heat2' : 'heat4'),
  },
  {
    label: 'KL',
    meaning: 'divergence of the histograms, in nats',
    value: ({ klDivergence }) => klDivergence,
    text: digits,
  },
  {
    label: 'mean error',
    meaning: 'mean of the absolute error',
    value: ({ meanAbsError }) => meanAbsError,
    text: digits,
  },
  {
    label: 'max error',
    meaning: 'largest absolute error',
    value: ({ maxAbsError }) => maxAbsError,
    text: digits,
  },
  {
    label: 'weights dB',
    meaning: 'SQNR of the operator’s weights',
    value: ({ weightSqnrDb }) => weightSqnrDb,
    text: decibels,
    heat: heatOfSqnr,
  },
  {
    label: 'bytes before',
    meaning: 'of the operator’s constants in the float model',
    value: ({ weightBytesBefore }) => weightBytesBefore || undefined,
    text: String,
  },
  {
    label: 'bytes after',
    meaning: 'of the operator’s constants in the quantized model',
    value: ({ weightBytesAfter }) => weightBytesAfter || undefined,
    text: String,
  },
  {
    label: 'ms before',
    meaning: 'mean time of the operator in the float model',
    value: ({ msBefore }) => msBefore,
    text: (value) => value.toFixed(3),
  },
  {
    label: 'ms after',
    meaning: 'mean time of the operator in the quantized model',
    value: ({ msAfter }) => msAfter,
    text: (value) => value.toFixed(3),
  },
];

function cell({ value, text, heat }: Column, layer: ReportLayer): string {
  const own = value(layer);
  if (own === undefined) return '<td class="none">–</td>';
  if (typeof own === 'string') return `<td class="text">${escape(own)}</td>`;
  const attributes = heat ? ` class="${heat(own)}"` : '';
  return `<td data-value="${own}"${attributes}>${text!(own)}</td>`;
}

function sortButton(label: string, meaning: string): string {
  return `<th scope="col"><button type="button" title="${escape(meaning)}">${escape(label)}</button></th>`;
}

function layerTable(layers: readonly ReportLayer[]): string {
  const columns = COLUMNS.filter(({ value }) => layers.some((layer) => value(layer) !== undefined));
  const rows = layers.map(
    (layer, i) =>
      `<tr id="layer${i}"><td data-value="${i}">${i}</td><th scope="row">${escape(layer.name)}` +
      `<span class="operator">${escape(layer.operatorName)}</span></th>` +
      `${columns.map((column) => cell(column, layer)).join('')}</tr>`,
  );
  return `<h2 id="layers">Operators and tensors</h2>
<p>In the order of execution. Press a heading to sort. Colours go from good (none) to bad (red);
every coloured cell has its number.</p>
<div class="scroll" role="region" aria-labelledby="layers" tabindex="0">
<table class="sortable">
<thead><tr>${sortButton('#', 'order of execution')}${sortButton('tensor', 'name of the output')}${columns
    .map(({ label, meaning }) => sortButton(label, meaning))
    .join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>
<details><summary>What the columns mean</summary><dl>${columns
    .map(({ label, meaning }) => `<dt>${escape(label)}</dt><dd>${escape(meaning)}</dd>`)
    .join('')}</dl></details>`;
}

/** SQNR of the tensors as bars, one after the other. */
function chart(layers: readonly ReportLayer[]): string {
  const height = 120;
  const top = 60;
  const width = 10;
  const bars = layers.map(({ name, sqnrDb }, i) => {
    const size = Math.max(2, (Math.min(Math.max(sqnrDb, 0), top) / top) * height);
    return (
      `<rect class="${heatOfSqnr(sqnrDb)}" x="${i * width}" y="${(height - size).toFixed(1)}" ` +
      `width="${width - 1}" height="${size.toFixed(1)}">` +
      `<title>${escape(name)}: ${decibels(sqnrDb)} dB</title></rect>`
    );
  });
  const lines = [20, 40, 60].map((value) => {
    const y = height - (value / top) * height;
    return `<line x1="0" x2="${layers.length * width}" y1="${y}" y2="${y}"></line>`;
  });
  const total = layers.length * width;
  return `<figure><svg viewBox="0 0 ${total} ${height}" preserveAspectRatio="none" role="img"
aria-label="SQNR of ${layers.length} tensors in the order of execution; the figures are in the table below">
${bars.join('')}${lines.join('')}</svg>
<figcaption>SQNR along the model, 0 to ${top} dB; lines at 20, 40 and 60 dB</figcaption></figure>`;
}

function outputTable({ outputs }: ModelReport): string {
  const rows = outputs.map(
    (one) =>
      `<tr><th scope="row">${escape(one.name)}</th>` +
      `<td class="${heatOfSqnr(one.sqnrDb)}">${decibels(one.sqnrDb)}</td>` +
      `<td>${one.cosine.toFixed(6)}</td><td>${digits(one.meanAbsError)}</td>` +
      `<td>${digits(one.maxAbsError)}</td><td>${digits(one.min)} … ${digits(one.max)}</td>` +
      `<td>${one.top1Agreement === undefined ? '–' : `${percent(one.top1Agreement)} %`}</td></tr>`,
  );
  return `<h2 id="outputs">Outputs</h2>
<div class="scroll" role="region" aria-labelledby="outputs" tabindex="0"><table>
<thead><tr><th scope="col">output</th><th scope="col">SQNR dB</th><th scope="col">cosine</th>
<th scope="col">mean error</th><th scope="col">max error</th><th scope="col">range of the float model</th>
<th scope="col">same largest</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function changeText({ change }: Suggestion): string {
  if (!change) return '';
  const parts = [
    ...(change.keepFloat ?? []).map((regex) => `--keep-float '${regex}'`),
    ...(change.observer === undefined ? [] : [`--observer ${change.observer}`]),
    ...(change.percentile === undefined ? [] : [`--percentile ${change.percentile}`]),
  ];
  return `<pre>${escape(parts.join(' \\\n'))}</pre>`;
}

function suggestionList(suggestions: readonly Suggestion[]): string {
  if (suggestions.length === 0) return '';
  const items = suggestions.map(
    (one) =>
      `<li><p>${escape(one.text)}</p>${changeText(one)}<p class="evidence">${Object.entries(
        one.evidence,
      )
        .map(
          ([key, value]) =>
            `<span>${escape(key)} ${escape(typeof value === 'number' ? digits(value) : value)}</span>`,
        )
        .join(' ')}</p></li>`,
  );
  return `<h2>Suggestions</h2><ul class="suggestions">${items.join('\n')}</ul>`;
}

function coverageSection(coverage: Coverage): string {
  const rows = coverage.floatOperators.map(
    ({ name, output, reason }) =>
      `<tr><th scope="row">${escape(output)}</th><td class="text">${escape(name)}</td>` +
      `<td class="text">${escape(reason) || '–'}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<details><summary>${rows.length} in float32, and why</summary><div class="scroll" role="region"
aria-label="Operators in float32" tabindex="0"><table><thead><tr><th scope="col">output</th>
<th scope="col">operator</th><th scope="col">reason</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div></details>`;
  return `<h2>Coverage</h2>
<p>Fully integer: <strong>${escape(coverage.summary)}</strong>.</p>
<p>${coverage.integerOperators} of ${coverage.operators} operators compute without float32;
${coverage.quantize} QUANTIZE and ${coverage.dequantize} DEQUANTIZE convert between.</p>${table}`;
}

function card(label: string, value: string, note: string): string {
  return `<div class="card"><dt>${escape(label)}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function cards(report: ModelReport): string {
  const { before, after, outputs } = report;
  const worst = Math.min(...outputs.map(({ sqnrDb }) => sqnrDb));
  const ratio = (a: number, b: number) => `${((100 * b) / a).toFixed(1)} %`;
  return `<dl class="cards">${[
    card(
      'file',
      `${formatSize(before.bytes)} → ${formatSize(after.bytes)}`,
      ratio(before.bytes, after.bytes),
    ),
    card(
      'on the wire, gzip',
      `${formatSize(before.gzipBytes)} → ${formatSize(after.gzipBytes)}`,
      ratio(before.gzipBytes, after.gzipBytes),
    ),
    outputs.length > 0 && report.samples > 0
      ? card(
          'SQNR of the worst output',
          worst >= MAX_SQNR_DB ? 'exact' : `${decibels(worst)} dB`,
          escape(report.data ?? `${report.samples} samples`),
        )
      : '',
    before.ms !== undefined && after.ms !== undefined
      ? card(
          'time of a run',
          `${before.ms.toFixed(2)} → ${after.ms.toFixed(2)} ms`,
          `${(before.ms / after.ms).toFixed(2)} times as fast`,
        )
      : '',
    card('fully integer', report.coverage.fullyInteger ? 'yes' : 'no', escape(after.kind)),
  ].join('')}</dl>`;
}

/** A report as one HTML file that needs nothing else: no network, no other file. */
export function reportHtml(report: ModelReport): string {
  const { before, after, layers } = report;
  const title = `${after.name}: quantization report`;
  const about = [
    `${before.name} (${before.kind}) and ${after.name} (${after.kind})`,
    ...(report.recipe === undefined ? [] : [`recipe ${report.recipe}`]),
    ...(report.data === undefined ? [] : [`measured on ${report.data}`]),
    report.madeBy,
  ];
  const warnings =
    report.warnings.length === 0
      ? ''
      : `<h2>Warnings</h2><ul>${report.warnings.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p class="about">${about.map(escape).join(' · ')}</p>
${cards(report)}
${suggestionList(report.suggestions)}
${warnings}
${coverageSection(report.coverage)}
${report.outputs.length > 0 ? outputTable(report) : ''}
${layers.length > 0 ? chart(layers) + layerTable(layers) : ''}
</main>
<script>${REPORT_SCRIPT}</script>
</body>
</html>
`;
}
