import { computed, signal } from '@preact/signals';
import type { TensorStatistics } from 'octolite';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Figure, LegendItem } from '../../components/charts/figure.js';
import { barsOf, Histogram } from '../../components/charts/histogram.js';
import { useWidth } from '../../components/charts/use_width.js';
import { Segments } from '../../components/choices.js';
import { numeric, ScrollTable } from '../../components/table.js';
import { announce } from '../../lib/announce.js';
import { formatCount, formatDecibels, formatPercent } from '../../lib/format.js';
import type { Layer } from '../layers/state.js';
import { setRange, settings } from '../recipe/state.js';
import { run } from '../run/pipeline.js';
import { isRunning } from '../run/state.js';
import { settledVerdict } from '../verdict/state.js';
import {
  barsFor,
  bestRange,
  codeCount,
  codesFor,
  codesOf,
  foresee,
  fullRange,
  isCodeType,
  rebin,
  withoutRarest,
  type Codes,
  type CodeType,
  type Range,
} from './histogram.js';
import { hasFixedRange } from './places.js';
import { formatReal, formatShortCount, formatTick } from './real.js';
import { draft, observed, output } from './state.js';
import { words } from './words.js';

const isLogarithmic = signal(true);
const TABLE_BARS = 32;
const RAREST = 1e-4;

/** How the file quantizes the selected layer's output; null when it does not. */
const inFile = computed<Codes | null>(() => {
  const loaded = output.value;
  const after = loaded.kind === 'ready' ? loaded.value?.tensors.after : null;
  if (!after || !isCodeType(after.dtype) || after.quantization.scales.length !== 1) return null;
  return codesOf(after.dtype, after.quantization.scale, after.quantization.zeroPoint);
});

/** What the chart shows from left to right: all that was seen, the file's range, and some room. */
function domainOf(seen: TensorStatistics, codes: Codes | null): Range {
  const [low, high] = fullRange(seen);
  const least = Math.min(low, codes?.range[0] ?? 0);
  const most = Math.max(high, codes?.range[1] ?? 0);
  const room = (most - least || 1) * 0.04;
  return [least - room, most + room];
}

function rangeText([low, high]: Range): string {
  return words.value.range.to(formatReal(low), formatReal(high));
}

/** What a range becomes when a handle is moved: those of 16 bits go as far below 0 as above. */
function allowed(type: CodeType, moved: Range, from: Range): Range {
  if (type !== 'int16') return moved;
  const end = moved[0] === from[0] ? moved[1] : -moved[0];
  return [-end, end];
}

/** The output's histogram, and the range that its codes stand for, to be moved. */
export function ActivationRange({ layer }: { readonly layer: Layer }): JSX.Element {
  const text = words.value.range;
  const seen = observed.value;
  return (
    <section class="detail-part" aria-labelledby="detail-range">
      <h3 id="detail-range">{text.title}</h3>
      {seen ? (
        <ActivationChart layer={layer} seen={seen} />
      ) : (
        <p class="help">{settledVerdict.value?.statistics ? text.noneOfLayer : text.none}</p>
      )}
    </section>
  );
}

function ActivationChart({
  layer,
  seen,
}: {
  readonly layer: Layer;
  readonly seen: TensorStatistics;
}): JSX.Element {
  const text = words.value.range;
  const [frame, width] = useWidth<HTMLDivElement>();
  const codes = inFile.value;
  const isFixed = hasFixedRange(layer.name);
  const isFree = codes !== null && !isFixed;
  const tried = draft.value?.tensor === seen.name ? draft.value.range : null;
  const shown = codes && (tried ? codesFor(codes.type, tried) : codes);
  const domain = domainOf(seen, codes);
  const [low, high] = domain;
  const bars = barsFor(seen, domain, barsOf(width));
  const counts = useMemo(() => rebin(seen, [low, high], bars), [seen, low, high, bars]);
  const cost = shown && foresee(seen, shown);
  const total = formatCount(seen.count);
  const caption = [
    text.caption(total, formatReal(seen.min), formatReal(seen.max)),
    shown &&
      cost &&
      text.captionCodes(
        rangeText(shown.range),
        formatReal(shown.scale),
        formatShare(cost.clipped),
        formatDecibels(cost.sqnrDb),
      ),
  ].filter(Boolean);
  return (
    <>
      <div class="detail-tools">
        <p class="help">
          {isFree ? text.help : isFixed && codes ? text.isFixed(layer.name) : null}
          {!codes && output.value.kind === 'ready' && text.isFloat}
        </p>
        <Segments
          legend={text.axis}
          name="detail-axis"
          value={isLogarithmic.value ? 'log' : 'linear'}
          choices={[
            { value: 'log', label: text.logarithmic },
            { value: 'linear', label: text.linear },
          ]}
          onChange={(value) => (isLogarithmic.value = value === 'log')}
        />
      </div>
      <div class="detail-range">
        <Figure
          frame={frame}
          caption={caption.join(' ')}
          legend={
            <>
              <LegendItem mark="bar">{text.seen}</LegendItem>
              {codes && <LegendItem mark="clipped">{text.clippedValues}</LegendItem>}
              {codes && <LegendItem mark="chosen">{text.chosen}</LegendItem>}
              {tried && <LegendItem mark="line-reference">{text.inFile}</LegendItem>}
            </>
          }
          table={{
            label: text.table,
            columns: [text.from, text.below, text.count, text.share],
            rows: () => histogramRows(seen),
          }}
        >
          <Histogram
            width={width}
            counts={counts}
            domain={domain}
            logarithmic={isLogarithmic.value}
            label={`${text.label(layer.output)}. ${caption.join(' ')}`}
            xLabel={text.values}
            yLabel={text.counts}
            formatValue={formatTick}
            formatCount={formatShortCount}
            reference={tried && codes ? codes.range : undefined}
            choice={
              shown
                ? {
                    range: tried ?? shown.range,
                    labels: [text.low, text.high],
                    format: formatReal,
                    outcome: cost ? `${text.expected} ${formatDecibels(cost.sqnrDb)}` : '',
                    between: 0,
                    disabled: !isFree,
                    onInput: (range) => {
                      draft.value = {
                        tensor: seen.name,
                        range: allowed(shown.type, range, tried ?? shown.range),
                      };
                    },
                  }
                : undefined
            }
          />
        </Figure>
        <div class="detail-beside">
          {isFree && <Suggestions seen={seen} file={codes} />}
          {codes && <Costs seen={seen} file={codes} tried={tried} />}
          {isFree && <Actions seen={seen} file={codes} tried={tried} />}
        </div>
      </div>
    </>
  );
}

function histogramRows(seen: TensorStatistics): string[][] {
  const [low, high] = [seen.min, seen.max];
  const bars = barsFor(seen, [low, high], TABLE_BARS);
  const counts = rebin(seen, [low, high], bars);
  const edge = (index: number): number => low + ((high - low) * index) / bars;
  return Array.from(counts, (count, index) => [
    formatReal(edge(index)),
    formatReal(edge(index + 1)),
    formatCount(Math.round(count)),
    formatPercent(count / seen.count),
  ]);
}

interface RangeProps {
  readonly seen: TensorStatistics;
  readonly file: Codes;
  readonly tried: Range | null;
}

/** What the file's range costs, and the one that is tried. */
function Costs({ seen, file, tried }: RangeProps): JSX.Element {
  const text = words.value.range;
  const both = [file, tried ? codesFor(file.type, tried) : file];
  const costs = both.map((codes) => foresee(seen, codes));
  const all = formatCount(codeCount(file.type));
  const rows: [string, string[]][] = [
    [text.low, both.map(({ range }) => formatReal(range[0]))],
    [text.high, both.map(({ range }) => formatReal(range[1]))],
    [words.value.scale, both.map(({ scale }) => formatReal(scale, 5))],
    [words.value.zeroPoint, both.map(({ zeroPoint }) => formatReal(zeroPoint, 6))],
    [text.clipped, costs.map(({ clipped }) => formatShare(clipped))],
    [text.codes(all), costs.map(({ used }) => formatCount(used))],
    [text.expected, costs.map(({ sqnrDb }) => formatDecibels(sqnrDb))],
  ];
  return (
    <ScrollTable
      class="detail-costs"
      label={text.compare}
      columns={[text.quantity, numeric(text.file), numeric(text.tried)]}
    >
      <tbody>
        {rows.map(([name, [before, after]]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{before}</td>
            <td class={`number ${before === after ? 'help' : 'changed'}`}>{after}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** Shares of values may be tiny, and still be seen: "0.0012 %". */
function formatShare(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.1 ? `${formatReal(percent, 2)} %` : formatPercent(share);
}

/** Ranges that are worth a try. */
function Suggestions({ seen, file }: Omit<RangeProps, 'tried'>): JSX.Element {
  const text = words.value.range;
  const set = (range: Range): void => {
    draft.value = { tensor: seen.name, range };
    announce(rangeText(range));
  };
  return (
    <div class="row detail-set">
      <span class="help">{text.set}</span>
      <button type="button" onClick={() => set(fullRange(seen))}>
        {text.all}
      </button>
      <button type="button" onClick={() => set(withoutRarest(seen, RAREST))}>
        {text.percentile}
      </button>
      <button type="button" onClick={() => set(bestRange(seen, file.type))}>
        {text.best}
      </button>
    </div>
  );
}

function Actions({ seen, file, tried }: RangeProps): JSX.Element {
  const text = words.value.range;
  const name = seen.name;
  const asked = settings.value.ranges[name];
  const applied = settledVerdict.value?.settings.ranges[name];
  const differs =
    applied && applied.some((end, side) => Math.abs(end - file.range[side as 0 | 1]) > file.scale);
  return (
    <>
      {differs && <p class="help">{text.differs(rangeText(applied), rangeText(file.range))}</p>}
      {asked !== applied && <p class="help">{text.isOutdated}</p>}
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={!tried || isRunning.value}
          onClick={() => {
            if (!tried) return;
            setRange(name, tried);
            announce(text.applied(name, rangeText(tried)));
            void run();
          }}
        >
          {text.apply}
        </button>
        <button type="button" disabled={!tried} onClick={() => (draft.value = null)}>
          {text.undo}
        </button>
        {asked && (
          <button
            type="button"
            disabled={isRunning.value}
            onClick={() => {
              setRange(name, null);
              announce(text.cleared(name));
              void run();
            }}
          >
            {text.back}
          </button>
        )}
      </div>
    </>
  );
}
