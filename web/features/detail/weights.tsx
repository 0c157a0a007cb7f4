import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Figure, LegendItem } from '../../components/charts/figure.js';
import { Intervals, intervalsOf } from '../../components/charts/intervals.js';
import { useWidth } from '../../components/charts/use_width.js';
import { Segments, Select } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { formatCount, formatDecibels, formatPercent } from '../../lib/format.js';
import { channelSqnr, grouped, reach, useOf } from './channels.js';
import { formatReal, formatTick } from './real.js';
import { readAgain, weights, type Weights } from './state.js';
import { words } from './words.js';

const isByRange = signal(false);
/** Which of the layer's tensors of weights. */
export const chosenWeights = signal(0);

export function weightsShown(all: readonly Weights[]): Weights | undefined {
  return all[chosenWeights.value] ?? all[0];
}

/** The layer's weights, from the least to the greatest of each channel. */
export function WeightRanges(): JSX.Element {
  const text = words.value.weights;
  const loaded = weights.value;
  const shown = loaded.kind === 'ready' ? weightsShown(loaded.value) : undefined;
  return (
    <section class="detail-part" aria-labelledby="detail-weights">
      <h3 id="detail-weights">{text.title}</h3>
      {loaded.kind === 'loading' && <p class="help">{words.value.loading}</p>}
      {loaded.kind === 'refused' && <RefusalNotice refusal={loaded.refusal} onRetry={readAgain} />}
      {loaded.kind === 'ready' && !shown && <p class="help">{text.none}</p>}
      {shown && loaded.kind === 'ready' && <WeightsChart shown={shown} all={loaded.value} />}
    </section>
  );
}

/** Which tensor of weights, where there are several. */
export function WeightsSelect({
  all,
  id,
}: {
  readonly all: readonly Weights[];
  readonly id: string;
}): JSX.Element | null {
  if (all.length < 2) return null;
  return (
    <Select
      label={words.value.weights.which}
      id={id}
      value={String(Math.min(chosenWeights.value, all.length - 1))}
      choices={all.map(({ tensors }, index) => ({
        value: String(index),
        label: tensors.before.name,
      }))}
      onChange={(value) => (chosenWeights.value = Number(value))}
    />
  );
}

/** More rows than anyone reads: beyond them, a row stands for several channels. */
const MOST_ROWS = 256;

function channelRows({ channels, tensors }: Weights, order: readonly number[]): string[][] {
  const scales = tensors.after?.quantization.scales ?? [];
  const range = (low: number, high: number): string =>
    low === high ? formatReal(low) : words.value.range.to(formatReal(low), formatReal(high));
  return grouped(channels, order, MOST_ROWS).map(({ channels: group, low, high }) => {
    const own = scales.length > 0 ? group.map((channel) => scales[channel] ?? scales[0]!) : [];
    const decibels = group.map((channel) => channelSqnr(channels, channel));
    return [
      group.length === 1
        ? formatCount(group[0]!)
        : `${formatCount(group[0]!)} … ${formatCount(group.at(-1)!)}`,
      formatReal(low),
      formatReal(high),
      own.length > 0 ? range(Math.min(...own), Math.max(...own)) : '–',
      tensors.quantized ? formatDecibels(Math.min(...decibels)) : '–',
    ];
  });
}

function WeightsChart({
  shown,
  all,
}: {
  readonly shown: Weights;
  readonly all: readonly Weights[];
}): JSX.Element {
  const text = words.value.weights;
  const [frame, width] = useWidth<HTMLDivElement>();
  const { channels, tensors } = shown;
  const use = useMemo(() => useOf(channels), [channels]);
  const byRange = isByRange.value;
  const order = useMemo(
    () => (byRange ? use.order : Array.from(channels.min.keys())),
    [channels, use, byRange],
  );
  const groups = useMemo(
    () => grouped(channels, order, intervalsOf(width)),
    [channels, order, width],
  );
  const size = groups[0]?.channels.length ?? 1;
  const scales = tensors.after?.quantization.scales ?? [];
  const [narrowest, widest] = [use.order[0] ?? 0, use.order.at(-1) ?? 0];
  const share = formatPercent(use.medianShare);
  const caption = [
    text.summary(
      channels.count,
      formatCount(widest),
      formatReal(use.widest, 3),
      formatCount(narrowest),
      formatReal(reach(channels, narrowest), 3),
    ),
    channels.count > 1 &&
      (scales.length > 1
        ? text.perChannel(share)
        : scales.length === 1
          ? text.perTensor(share)
          : text.inFloat(share)),
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <>
      <div class="detail-tools">
        <WeightsSelect all={all} id="detail-weights-which" />
        <Segments
          legend={text.order}
          name="detail-order"
          value={byRange ? 'range' : 'channel'}
          choices={[
            { value: 'channel', label: text.byChannel },
            { value: 'range', label: text.byRange },
          ]}
          onChange={(value) => (isByRange.value = value === 'range')}
        />
      </div>
      <Figure
        frame={frame}
        caption={caption}
        legend={
          <>
            <LegendItem mark="bar">{size > 1 ? text.groups(size) : text.bar}</LegendItem>
            <LegendItem mark="line-limit">{text.limit}</LegendItem>
          </>
        }
        table={{
          label: text.table,
          columns: [text.channel, text.least, text.greatest, text.scale, text.sqnr],
          rows: () => channelRows(shown, order),
        }}
      >
        <Intervals
          width={width}
          intervals={groups}
          count={channels.count}
          limits={[-use.widest, use.widest]}
          label={`${text.label(tensors.before.name)}. ${caption}`}
          xLabel={byRange ? `${text.channels}, ${text.byRange.toLowerCase()}` : text.channel}
          yLabel={text.value}
          formatValue={formatTick}
          formatPosition={formatCount}
        />
      </Figure>
    </>
  );
}
