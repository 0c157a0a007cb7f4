import { effect, signal } from '@preact/signals';
import type { OperatorMode } from 'octolite';
import type { ComponentChildren, JSX } from 'preact';
import { BeforeAfter } from '../../components/before_after.js';
import { Notice, RefusalNotice } from '../../components/notice.js';
import {
  formatBytes,
  formatDecibels,
  formatMilliseconds,
  formatPercent,
  formatRatio,
  plural,
} from '../../lib/format.js';
import { recipeInWords } from '../recipe/words.js';
import { isOutdated } from '../run/outdated.js';
import { isRunning } from '../run/state.js';
import { reportJson } from './report.js';
import { isMeasured, verdict, type Measurement, type Verdict } from './state.js';
import { advice, agreement, phrases, worstOutput } from './words.js';

interface TileProps {
  readonly title: string;
  readonly figure: string;
  readonly figureLabel: string;
  readonly children: ComponentChildren;
}

/** A heading, one large number and what it is, then the details. */
function Tile({ title, figure, figureLabel, children }: TileProps): JSX.Element {
  return (
    <section class="tile">
      <h3>{title}</h3>
      <p class="figure">
        <strong>{figure}</strong> {figureLabel}
      </p>
      {children}
    </section>
  );
}

function SizeTile({ report, inspection }: Verdict): JSX.Element {
  const { bytesBefore, bytesAfter } = report;
  const row = (label: string, bytes: number, weights: number) => ({
    label,
    text: formatBytes(bytes),
    parts: [
      { label: 'weights', value: weights },
      { label: 'graph, scales, names', value: bytes - weights },
    ],
  });
  const smaller = bytesAfter <= bytesBefore;
  return (
    <Tile
      title="Size"
      figure={formatRatio(smaller ? bytesBefore / bytesAfter : bytesAfter / bytesBefore)}
      figureLabel={smaller ? 'smaller' : 'larger'}
    >
      <BeforeAfter
        before={row('Before', bytesBefore, inspection.before.weightBytes)}
        after={row('After', bytesAfter, inspection.after.weightBytes)}
      />
      <p class="help">
        Dark: weights, {formatBytes(inspection.before.weightBytes)} to{' '}
        {formatBytes(inspection.after.weightBytes)}. Light: the graph, with its scales.
      </p>
    </Tile>
  );
}

function FidelityTile({ measurement }: { readonly measurement: Measurement }): JSX.Element {
  const { compare, accuracy } = measurement;
  const worst = worstOutput(measurement);
  const same = agreement(measurement);
  return (
    <Tile
      title="Fidelity"
      figure={same ? `${same.equal} of ${same.of}` : formatDecibels(worst.sqnrDb)}
      figureLabel={same ? 'the same answer' : 'signal to error'}
    >
      <dl class="pairs">
        {accuracy && (
          <>
            <dt>Right before</dt>
            <dd>
              {accuracy.before.correct} ({formatPercent(accuracy.before.top1)})
            </dd>
            <dt>Right after</dt>
            <dd>
              {accuracy.after.correct} ({formatPercent(accuracy.after.top1)})
            </dd>
          </>
        )}
        <dt>
          <abbr title="Signal to quantization noise ratio: 20 dB more is a tenth of the error">
            SQNR
          </abbr>
        </dt>
        <dd>{formatDecibels(worst.sqnrDb)}</dd>
        <dt>
          <abbr title="Cosine of the angle between the outputs: 1 is the same direction">
            Cosine
          </abbr>
        </dt>
        <dd>{worst.cosine.toFixed(5)}</dd>
        <dt>Max error</dt>
        <dd>{worst.maxAbsError.toPrecision(3)}</dd>
      </dl>
      <p class="help">
        {compare.outputs.length > 1
          ? `Of the output that differs most, ${worst.name}.`
          : 'Of the outputs, as real numbers.'}
      </p>
    </Tile>
  );
}

function SpeedTile({ measurement }: { readonly measurement: Measurement }): JSX.Element {
  const { before, after } = measurement.latency;
  const row = (label: string, { medianMs, quartilesMs }: typeof before) => ({
    label,
    text: formatMilliseconds(medianMs),
    parts: [{ label: 'median', value: medianMs }],
    spread: quartilesMs,
  });
  const faster = after.medianMs <= before.medianMs;
  const ratio = before.medianMs / after.medianMs;
  return (
    <Tile
      title="Speed on this machine"
      figure={formatRatio(faster ? ratio : 1 / ratio)}
      figureLabel={faster ? 'faster' : 'slower'}
    >
      <BeforeAfter before={row('Before', before)} after={row('After', after)} />
      <p class="help">
        Medians of {before.runs} and {after.runs} runs, one thread, the calmest of three rounds;
        half of them took {formatMilliseconds(...before.quartilesMs)} and{' '}
        {formatMilliseconds(...after.quartilesMs)}. Working memory {formatBytes(before.arenaBytes)}{' '}
        to {formatBytes(after.arenaBytes)}.
      </p>
    </Tile>
  );
}

const MODES: Readonly<Record<OperatorMode, string>> = {
  static: 'integers',
  dynamic: 'integer weights, quantized while running',
  weight_only: 'integer weights',
  float16: 'float16 weights',
  float: 'float, as it came',
};

/** What became of the operators, and why. */
function Fates({ report }: Verdict): JSX.Element {
  const kept = report.operators.filter((operator) => operator.mode !== operator.asked);
  const changed = report.operators.filter((operator) => operator.mode !== 'float');
  const hasReasons = report.operators.some((operator) => operator.reason !== '');
  const seams = report.addedQuantize + report.addedDequantize;
  return (
    <details class="disclosure">
      <summary>
        {changed.length} of {plural(report.operators.length, 'operator')} quantized
        {kept.length > 0 && `, ${kept.length} otherwise than asked`}
      </summary>
      {report.warnings.map((warning) => (
        <p key={warning} class="help">
          {warning}
        </p>
      ))}
      {seams > 0 && (
        <p class="help">
          {plural(seams, 'QUANTIZE or DEQUANTIZE operator')} added where float meets int8.
        </p>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label="What became of each operator">
        <table>
          <thead>
            <tr>
              <th scope="col">Operator</th>
              <th scope="col">Became</th>
              <th scope="col" class="number">
                Before
              </th>
              <th scope="col" class="number">
                After
              </th>
              {hasReasons && <th scope="col">Why</th>}
            </tr>
          </thead>
          <tbody>
            {report.operators.map((operator) => (
              <tr key={`${operator.subgraph}/${operator.index}`}>
                <th scope="row" title={operator.output}>
                  {operator.name} <span class="help">{operator.index}</span>
                </th>
                <td>{MODES[operator.mode]}</td>
                <td class="number">
                  {operator.weightBytesBefore > 0 ? formatBytes(operator.weightBytesBefore) : '–'}
                </td>
                <td class="number">
                  {operator.weightBytesAfter > 0 ? formatBytes(operator.weightBytesAfter) : '–'}
                </td>
                {hasReasons && <td>{operator.reason}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Addresses of the files to save, for as long as their verdict is on the page. */
const links = signal<{ readonly model: string; readonly report: string } | null>(null);

effect(() => {
  const current = verdict.value;
  if (!current) return;
  const file = new Blob([current.bytes as BlobPart], { type: 'application/octet-stream' });
  const report = new Blob([reportJson(current)], { type: 'application/json' });
  const addresses = { model: URL.createObjectURL(file), report: URL.createObjectURL(report) };
  links.value = addresses;
  return () => {
    links.value = null;
    Object.values(addresses).forEach((address) => URL.revokeObjectURL(address));
  };
});

function Downloads({ fileName, bytes }: Verdict): JSX.Element | null {
  if (!links.value) return null;
  return (
    <div class="row">
      <a class="button primary" href={links.value.model} download={fileName}>
        Download model ({formatBytes(bytes.byteLength)})
      </a>
      <a
        class="button"
        href={links.value.report}
        download={fileName.replace(/\.tflite$/, '_report.json')}
      >
        Download report (JSON)
      </a>
    </div>
  );
}

function Provenance({ settings: made, data }: Verdict): JSX.Element {
  const calibrated = data.calibrated > 0 ? `calibrated with ${data.calibrated}, ` : '';
  return (
    <p class="help">
      {recipeInWords(made)}; {calibrated}measured on {data.measured} of {data.description}
      {data.shared && ' (the same ones)'}.
      {(isRunning.value || isOutdated.value) && (
        <span class="tag">
          {isRunning.value ? 'previous result' : 'settings have changed since'}
        </span>
      )}
    </p>
  );
}

function EmptyVerdict(): JSX.Element {
  return (
    <>
      <h2 id="verdict-title" class="headline">
        {isRunning.value ? 'Working on it…' : 'What will it gain, and what will it cost?'}
      </h2>
      <p class="help">
        {isRunning.value
          ? 'The result will stand here.'
          : 'Choose a recipe and data, then quantize. The result will stand here.'}
      </p>
      <div class="tiles" aria-hidden="true">
        <div class="tile empty">
          <h3>Size</h3>
          <p>How many bytes the weights and the graph take, before and after.</p>
        </div>
        <div class="tile empty">
          <h3>Fidelity</h3>
          <p>How close the outputs stay, and how often the answer is the same.</p>
        </div>
        <div class="tile empty">
          <h3>Speed on this machine</h3>
          <p>How long one run takes, with its spread, before and after.</p>
        </div>
      </div>
      <div class="row">
        <button type="button" disabled>
          Download model
        </button>
        <button type="button" disabled>
          Download report (JSON)
        </button>
      </div>
    </>
  );
}

/** Size, fidelity and speed, before and after, in words first. */
export function VerdictPanel(): JSX.Element {
  const current = verdict.value;
  if (!current) {
    return (
      <section class="panel verdict" aria-labelledby="verdict-title">
        <EmptyVerdict />
      </section>
    );
  }
  const { measurement } = current;
  const words = phrases(current);
  const next = advice(current);
  return (
    <section
      class={`panel verdict ${isRunning.value ? 'stale' : ''}`}
      aria-labelledby="verdict-title"
      aria-busy={isRunning.value}
    >
      <h2 id="verdict-title" class="headline">
        {words.map((phrase, index) => (
          <>
            <span key={phrase}>{index < words.length - 1 ? `${phrase},` : phrase}</span>{' '}
          </>
        ))}
      </h2>
      <Provenance {...current} />
      {current.data.isRandom && (
        <Notice kind="warning" title="Measured with random data">
          <p>
            Size and speed are real. Fidelity says little about your inputs
            {current.data.calibrated > 0 &&
              ', and the ranges in this file were not found on your data: do not ship it'}
            .
          </p>
        </Notice>
      )}
      <div class="tiles">
        <SizeTile {...current} />
        {isMeasured(measurement) ? (
          <>
            <FidelityTile measurement={measurement} />
            <SpeedTile measurement={measurement} />
          </>
        ) : (
          <div class="tile span">
            <RefusalNotice refusal={measurement} />
          </div>
        )}
      </div>
      {next && <p>{next}</p>}
      <Downloads {...current} />
      <Fates {...current} />
    </section>
  );
}
