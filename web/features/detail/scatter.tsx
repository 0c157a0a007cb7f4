import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Figure, LegendItem } from '../../components/charts/figure.js';
import { Scatter } from '../../components/charts/scatter.js';
import { useWidth } from '../../components/charts/use_width.js';
import { labelled, Segments } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { formatCount, formatDecibels } from '../../lib/format.js';
import { settledVerdict } from '../verdict/state.js';
import { coordinates, type Difference } from './difference.js';
import { formatReal, formatTick } from './real.js';
import {
  output,
  position,
  readAgain,
  weights,
  type Compared,
  type Loaded,
  type Points,
  type Weights,
} from './state.js';
import { weightsShown, WeightsSelect } from './weights.js';
import { words } from './words.js';

const of = signal<'output' | 'weights'>('output');
const view = signal<'values' | 'errors'>('values');

/** The layer's output on one sample, or its weights: in the float model and in the other. */
export function FloatAgainstQuantized(): JSX.Element {
  const text = words.value.scatter;
  const hasWeights = weights.value.kind === 'ready' && weights.value.value.length > 0;
  const isOutput = of.value === 'output' || !hasWeights;
  const loaded = isOutput ? output.value : ofWeights(weights.value);
  return (
    <section class="detail-part" aria-labelledby="detail-scatter">
      <h3 id="detail-scatter">{text.title}</h3>
      <div class="detail-tools">
        {hasWeights && (
          <Segments
            legend={text.what}
            name="detail-of"
            value={of.value}
            choices={labelled(['output', 'weights'], text)}
            onChange={(value) => (of.value = value)}
          />
        )}
        <Segments
          legend={text.view}
          name="detail-view"
          value={view.value}
          choices={labelled(['values', 'errors'], text)}
          onChange={(value) => (view.value = value)}
        />
        {isOutput ? (
          <SampleChooser />
        ) : (
          weights.value.kind === 'ready' && (
            <WeightsSelect all={weights.value.value} id="detail-scatter-which" />
          )
        )}
      </div>
      {loaded.kind === 'loading' && <p class="help">{words.value.loading}</p>}
      {loaded.kind === 'refused' && <RefusalNotice refusal={loaded.refusal} onRetry={readAgain} />}
      {loaded.kind === 'ready' && <Shown compared={loaded.value} />}
    </section>
  );
}

function ofWeights(all: Loaded<readonly Weights[]>): Loaded<Compared | undefined> {
  return all.kind === 'ready' ? { kind: 'ready', value: weightsShown(all.value) } : all;
}

function Shown({ compared }: { readonly compared: Compared | null | undefined }): JSX.Element {
  const text = words.value.scatter;
  if (!compared) return <p class="help">{text.noNumbers}</p>;
  const { points, difference } = compared;
  if (!points || !difference) return <p class="help">{text.none}</p>;
  return <ScatterChart compared={compared} points={points} difference={difference} />;
}

function SampleChooser(): JSX.Element {
  const text = words.value.scatter;
  const count = settledVerdict.value?.plan.measure.count ?? 1;
  const at = Math.min(position.value, count - 1);
  const go = (to: number): void => {
    position.value = Math.min(Math.max(to, 0), count - 1);
  };
  return (
    <div class="detail-sample">
      <button
        type="button"
        aria-label={text.previous}
        disabled={at === 0}
        onClick={() => go(at - 1)}
      >
        ‹
      </button>
      <label>
        {text.sample}{' '}
        <input
          class="control-inline"
          type="number"
          inputMode="numeric"
          min={1}
          max={count}
          step={1}
          required
          value={at + 1}
          onInput={(event) => {
            const { validity, valueAsNumber } = event.currentTarget;
            if (validity.valid) go(valueAsNumber - 1);
          }}
          onBlur={(event) => (event.currentTarget.value = String(at + 1))}
        />{' '}
        {text.of(formatCount(count))}
      </label>
      <button
        type="button"
        aria-label={text.next}
        disabled={at === count - 1}
        onClick={() => go(at + 1)}
      >
        ›
      </button>
    </div>
  );
}

/** From the least to the greatest, with some room. */
function domainOf(...lists: Iterable<number>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(low <= high)) return [0, 1];
  const room = (high - low) * 0.04 || Math.abs(high) * 0.04 || 1;
  return [low - room, high + room];
}

function ScatterChart({
  compared: { tensors },
  points: { float, quantized },
  difference,
}: {
  readonly compared: Compared;
  readonly points: Points;
  readonly difference: Difference;
}): JSX.Element {
  const text = words.value.scatter;
  const [frame, width] = useWidth<HTMLDivElement>();
  const { before, after } = tensors;
  const isErrors = view.value === 'errors';
  const errors = quantized.map((value, index) => value - float[index]!);
  const values = domainOf(float, quantized);
  // One scale for the whole tensor has one step; the steps of channels differ.
  const step = after?.quantization.scales.length === 1 ? after.quantization.scale : 0;
  const caption = [
    text.caption(
      formatDecibels(difference.sqnrDb),
      difference.cosine.toFixed(5),
      formatReal(difference.maxAbsError, 3),
    ),
    float.length < difference.count &&
      text.drawn(formatCount(float.length), formatCount(difference.count)),
  ]
    .filter(Boolean)
    .join(' ');
  const label = isErrors ? text.errorLabel(before.name) : text.label(before.name);
  const showsStep = isErrors && step > 0;
  return (
    <Figure
      frame={frame}
      caption={caption}
      isLive
      legend={
        <>
          <LegendItem mark="dot">{text.dot}</LegendItem>
          <LegendItem mark="line-truth">{text.same}</LegendItem>
          {showsStep && <LegendItem mark="line-limit">{text.half}</LegendItem>}
        </>
      }
      table={{
        label: text.table,
        columns: [text.index, text.float, text.quantized, text.error],
        rows: () =>
          difference.worst.map((pair) => [
            `[${coordinates(pair.index, before.shape).join(', ')}]`,
            formatReal(pair.float),
            formatReal(pair.quantized),
            formatReal(pair.quantized - pair.float, 3),
          ]),
      }}
    >
      <Scatter
        width={width}
        x={float}
        y={isErrors ? errors : quantized}
        xDomain={values}
        yDomain={isErrors ? domainOf(errors, [-step, step]) : values}
        lines={[
          { kind: 'line-truth', slope: isErrors ? 0 : 1, offset: 0 },
          ...(showsStep
            ? [-step / 2, step / 2].map((offset) => ({
                kind: 'line-limit' as const,
                slope: 0,
                offset,
              }))
            : []),
        ]}
        label={`${label}. ${caption}`}
        xLabel={text.float}
        yLabel={isErrors ? text.error : text.quantized}
        formatValue={formatTick}
      />
    </Figure>
  );
}
