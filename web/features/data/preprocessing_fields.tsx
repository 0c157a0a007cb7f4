import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Field, labelled, NumberField, Select } from '../../components/choices.js';
import { Notice } from '../../components/notice.js';
import { formatCount } from '../../lib/format.js';
import { model } from '../open/state.js';
import { soundLength } from './guess.js';
import {
  LAYOUTS,
  LEAST_RATE,
  MOST_HOP,
  MOST_RATE,
  parseChannels,
  pictureAmong,
  RESIZE_MODES,
  VALUE_RANGES,
  type Preprocessing,
} from './preprocess.js';
import { guess } from './presume.js';
import { changePreprocessing, entries, facts, preprocessing, presume } from './state.js';
import { words } from './words.js';

/** What is typed into the fields of channels while it is no list of numbers. */
const typed = {
  mean: signal<string | null>(null),
  std: signal<string | null>(null),
};

function ChannelsField({ which }: { readonly which: 'mean' | 'std' }): JSX.Element {
  const text = typed[which];
  return (
    <Field id={which} label={words.value[which]} help={words.value.channelsHelp}>
      <input
        id={which}
        type="text"
        inputMode="decimal"
        value={text.value ?? preprocessing.value[which].join(', ')}
        aria-describedby={`${which}-help`}
        aria-invalid={text.value !== null}
        onInput={(event) => {
          const { value } = event.currentTarget;
          const values = parseChannels(value, which === 'std');
          text.value = values ? null : value;
          if (values) changePreprocessing({ [which]: values });
        }}
        onBlur={() => (text.value = null)}
      />
    </Field>
  );
}

/** A setting with a few values. */
function Listed<Key extends 'range' | 'resize' | 'layout'>(props: {
  readonly id: Key;
  readonly values: readonly Preprocessing[Key][];
}): JSX.Element {
  const { id, values } = props;
  const { label, help, names } = words.value[id];
  return (
    <Select<Preprocessing[Key]>
      id={id}
      label={label}
      help={help}
      value={preprocessing.value[id]}
      choices={labelled(values, names as Readonly<Record<Preprocessing[Key], string>>)}
      onChange={(value) => changePreprocessing({ [id]: value })}
    />
  );
}

function PixelFields(): JSX.Element {
  const said = words.value;
  const { range, low, high } = preprocessing.value;
  return (
    <>
      <Listed id="range" values={VALUE_RANGES} />
      {range === 'custom' && (
        <div class="fields compact">
          <NumberField
            id="range-low"
            label={said.low}
            value={low}
            min={-1e6}
            max={high}
            step="any"
            onChange={(value) => value < high && changePreprocessing({ low: value })}
          />
          <NumberField
            id="range-high"
            label={said.high}
            value={high}
            min={low}
            max={1e6}
            step="any"
            onChange={(value) => value > low && changePreprocessing({ high: value })}
          />
        </div>
      )}
      {range === 'mean_std' && (
        <>
          <ChannelsField which="mean" />
          <ChannelsField which="std" />
        </>
      )}
      <Listed id="resize" values={RESIZE_MODES} />
      <Listed id="layout" values={LAYOUTS} />
    </>
  );
}

function SoundFields({ length }: { readonly length: number }): JSX.Element {
  const said = words.value;
  const { sampleRate, hop } = preprocessing.value;
  const known = entries.value.map(({ id }) => facts.value.get(id)?.sampleRate ?? 0);
  const rates = [...new Set(known)].filter((rate) => rate > 0).sort((a, b) => a - b);
  // The library takes no rates between 0 and the least.
  const setRate = (value: number): void => {
    if (value === 0 || value >= LEAST_RATE) changePreprocessing({ sampleRate: value });
  };
  return (
    <>
      <NumberField
        id="sample-rate"
        label={said.sampleRate}
        help={said.sampleRateHelp}
        value={sampleRate}
        min={0}
        max={MOST_RATE}
        onChange={setRate}
      />
      {sampleRate === 0 && rates.length > 1 && (
        <Notice kind="warning" title={said.ratesTitle}>
          <p>{said.ratesText(rates.map(formatCount))}</p>
        </Notice>
      )}
      <NumberField
        id="hop"
        label={said.hop}
        help={said.hopHelp(length)}
        value={hop}
        min={0}
        max={MOST_HOP}
        onChange={(value) => changePreprocessing({ hop: value })}
      />
    </>
  );
}

/** Where the settings come from: presumed of the model, or other than that. */
function Presumed(): JSX.Element | null {
  const guessed = guess.value;
  if (!guessed) return null;
  const reason = words.value.guessed[guessed.reason];
  const isSame = (Object.keys(guessed.preprocessing) as (keyof Preprocessing)[]).every(
    (key) => String(guessed.preprocessing[key]) === String(preprocessing.value[key]),
  );
  if (isSame) return <p class="help">{reason}</p>;
  if (guessed.reason === 'unknown') return null;
  return (
    <p class="help">
      {words.value.differs(reason)}{' '}
      <button type="button" class="quiet inline" onClick={() => presume(guessed.preprocessing)}>
        {words.value.usePresumed}
      </button>
    </p>
  );
}

/** How files become inputs, as far as the model and the files leave a choice. */
export function PreprocessingFields(): JSX.Element | null {
  const { inputs } = model.value!.inspection;
  const isPicture = pictureAmong(inputs, 'NHWC') ?? pictureAmong(inputs, 'NCHW');
  const hasSounds = entries.value.some(({ kind }) => kind === 'sound');
  const length = soundLength({ inputs });
  const takesSounds = !isPicture && (hasSounds || length > 0);
  if (!isPicture && !takesSounds) return null;
  return (
    <details class="disclosure" open>
      <summary>{words.value.preprocessing}</summary>
      <Presumed />
      <div class="fields">
        {isPicture && <PixelFields />}
        {takesSounds && (
          <SoundFields length={inputs[0]!.shape.reduce((product, size) => product * size, 1)} />
        )}
      </div>
    </details>
  );
}
