import { signal } from '@preact/signals';
import type { ResizeMode } from 'octolite';
import type { JSX } from 'preact';
import { Choices, Field, NumberField, Select, type Choice } from '../../components/choices.js';
import { FileButton } from '../../components/file_button.js';
import { Notice, RefusalNotice } from '../../components/notice.js';
import { formatCount, plural } from '../../lib/format.js';
import { calibrates } from '../recipe/state.js';
import { addDataFiles } from './files.js';
import { currentPlan } from './plan.js';
import { parseChannels, type ValueRange } from './preprocess.js';
import { Preview } from './preview.js';
import {
  bundled,
  clearFiles,
  dataRefusal,
  files,
  labels,
  limits,
  picture,
  preprocessing,
  random,
  source,
  type SourceKind,
} from './state.js';

const RANGES: readonly Choice<ValueRange>[] = [
  { value: 'zero_one', label: '0 to 1' },
  { value: 'minus_one_one', label: '−1 to 1' },
  { value: 'zero_255', label: '0 to 255' },
  { value: 'custom', label: 'Other' },
  { value: 'mean_std', label: 'Mean and deviation' },
];

const RESIZES: readonly Choice<ResizeMode>[] = [
  { value: 'stretch', label: 'Stretch' },
  { value: 'crop', label: 'Crop the middle' },
  { value: 'pad', label: 'Pad with black' },
];

/** Text of the mean and std fields while it is being typed. */
const channelTexts = {
  mean: signal(preprocessing.value.mean.join(', ')),
  std: signal(preprocessing.value.std.join(', ')),
};

function ChannelsField({ which }: { readonly which: 'mean' | 'std' }): JSX.Element {
  const text = channelTexts[which];
  const valid = parseChannels(text.value, which === 'std') !== null;
  return (
    <Field
      id={which}
      label={which === 'mean' ? 'Mean' : 'Standard deviation'}
      help="Of values from 0 to 1: one number, or one each for red, green and blue."
    >
      <input
        id={which}
        type="text"
        inputMode="decimal"
        value={text}
        aria-describedby={`${which}-help`}
        aria-invalid={!valid}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          const values = parseChannels(text.value, which === 'std');
          if (values) preprocessing.value = { ...preprocessing.value, [which]: values };
        }}
      />
    </Field>
  );
}

function PreprocessingFields(): JSX.Element {
  const { range, resize } = preprocessing.value;
  const change = (part: Partial<typeof preprocessing.value>): void => {
    preprocessing.value = { ...preprocessing.value, ...part };
  };
  return (
    <div class="fields">
      <Select
        id="range"
        label="Pixel values"
        help="The range that the model was trained on. A wrong one makes calibration worthless."
        value={range}
        choices={RANGES}
        onChange={(value) => change({ range: value })}
      />
      <Select
        id="resize"
        label="Resize"
        help="How pictures of another size or shape become the input’s."
        value={resize}
        choices={RESIZES}
        onChange={(value) => change({ resize: value })}
      />
      {range === 'mean_std' && (
        <>
          <ChannelsField which="mean" />
          <ChannelsField which="std" />
        </>
      )}
    </div>
  );
}

function RandomFields(): JSX.Element {
  const { seed, count, min, max } = random.value;
  const change = (part: Partial<typeof random.value>) =>
    (random.value = { ...random.value, ...part });
  return (
    <>
      <Notice kind="warning" title="Random data is not your data">
        <p>
          Good for trying size and speed. The ranges it finds are wrong for real inputs, so do not
          ship a static int8 file that was calibrated with it.
        </p>
      </Notice>
      <div class="fields compact">
        <NumberField
          id="random-min"
          label="From"
          value={min}
          min={-1e6}
          max={1e6}
          step="any"
          onChange={(value) => change({ min: value })}
        />
        <NumberField
          id="random-max"
          label="To"
          value={max}
          min={-1e6}
          max={1e6}
          step="any"
          onChange={(value) => change({ max: value })}
        />
        <NumberField
          id="random-count"
          label="Samples"
          value={count}
          min={1}
          max={1000}
          onChange={(value) => change({ count: value })}
        />
        <NumberField
          id="random-seed"
          label="Seed"
          value={seed}
          min={0}
          max={0xffffffff}
          onChange={(value) => change({ seed: value })}
        />
      </div>
    </>
  );
}

function FilesFields(): JSX.Element {
  const { length } = files.value;
  return (
    <>
      <div class="row">
        <FileButton
          label={picture.value ? 'Choose pictures…' : 'Choose data…'}
          accept="image/*,.npy,.npz,.csv,.wav,.gz"
          multiple
          onFiles={(added) => void addDataFiles(added)}
        />
        {length > 0 && (
          <button type="button" class="quiet" onClick={clearFiles}>
            Remove all
          </button>
        )}
      </div>
      <p class="help">
        {length > 0
          ? `${plural(length, 'file')} so far${labels.value ? `, labels from ${labels.value.name}` : ''}.`
          : `Or drop them anywhere: ${picture.value ? 'pictures, ' : ''}npy, npz, idx-ubyte, csv or wav. A few dozen that look like real use are enough.`}
      </p>
      {picture.value && length > 0 && <PreprocessingFields />}
    </>
  );
}

/** What the samples are used for, or what is missing. */
function Use(): JSX.Element | null {
  const { plan, refusal } = currentPlan.value;
  if (refusal && files.value.length > 0) return <RefusalNotice refusal={refusal} />;
  if (!plan) return null;
  const { calibration, measure, shared, labels: classes } = plan;
  const measured = `${formatCount(measure.count)}${classes ? ' labelled' : ''}`;
  if (!calibrates.value) return <p class="help">{measured} to measure with.</p>;
  return (
    <p class="help">
      {shared
        ? `${plural(calibration.count, 'sample')}, too few to part: the same calibrate and measure.`
        : `${formatCount(calibration.count)} to calibrate, ${measured} others to measure.`}
    </p>
  );
}

function LimitFields(): JSX.Element {
  const change = (part: Partial<typeof limits.value>): void => {
    limits.value = { ...limits.value, ...part };
  };
  return (
    <details class="disclosure">
      <summary>How many</summary>
      <div class="fields compact">
        <NumberField
          id="limit-calibration"
          label="Calibrate with at most"
          value={limits.value.calibration}
          min={1}
          max={100000}
          onChange={(value) => change({ calibration: value })}
        />
        <NumberField
          id="limit-measure"
          label="Measure with at most"
          value={limits.value.measure}
          min={1}
          max={100000}
          onChange={(value) => change({ measure: value })}
        />
      </div>
    </details>
  );
}

/** Where samples come from, and how they become inputs. */
export function DataPanel(): JSX.Element {
  const choices: Choice<SourceKind>[] = [
    ...(bundled.value ? [{ value: 'bundled', label: 'Sample' } as const] : []),
    { value: 'files', label: 'Your files' },
    { value: 'random', label: 'Random' },
  ];
  return (
    <section class="panel" aria-labelledby="data-title">
      <h2 id="data-title">Data</h2>
      <p class="help">
        {calibrates.value
          ? 'Finds the ranges of activations, and measures what changed.'
          : 'Measures what changed; this recipe needs no calibration.'}
      </p>
      <Choices
        legend="Where samples come from"
        hideLegend
        name="source"
        look="segments"
        value={source.value}
        choices={choices}
        onChange={(value) => (source.value = value)}
      />
      {dataRefusal.value && (
        <RefusalNotice refusal={dataRefusal.value} onDismiss={() => (dataRefusal.value = null)} />
      )}
      {source.value === 'files' && <FilesFields />}
      {source.value === 'random' && <RandomFields />}
      <Preview />
      <Use />
      {source.value !== 'random' && <LimitFields />}
    </section>
  );
}
