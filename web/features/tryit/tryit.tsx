import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Choices, Select } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { formatMilliseconds } from '../../lib/format.js';
import { verdict } from '../verdict/state.js';
import { ADAPTER_IDS, type AdapterId } from './adapters/adapter.js';
import { recognize } from './adapters/choose.js';
import { RawView } from './raw.js';
import { ScoresView } from './scores.js';
import { startTrying } from './session.js';
import {
  adapterChoice,
  INPUT_KINDS,
  inputKind,
  isBusy,
  isOpen,
  names,
  outcome,
  position,
  refusal,
  seed,
  type Outcome,
} from './state.js';
import { agreementPhrases, words } from './words.js';

function SampleFields({ count }: { readonly count: number }): JSX.Element {
  const { value } = words;
  const step = (by: number): void => {
    position.value = (position.value + by + count) % count;
  };
  return (
    <div class="row">
      <button type="button" onClick={() => step(-1)}>
        {value.previous}
      </button>
      <div class="field number-of">
        <label for="tryit-sample">{value.sampleNumber}</label>
        <input
          id="tryit-sample"
          type="number"
          inputMode="numeric"
          min={1}
          max={count}
          required
          value={position.value + 1}
          onInput={({ currentTarget: input }) => {
            if (input.validity.valid) position.value = input.valueAsNumber - 1;
          }}
        />
        <span>{value.ofSamples(count)}</span>
      </div>
      <button type="button" onClick={() => step(1)}>
        {value.next}
      </button>
    </div>
  );
}

function InputFields(): JSX.Element {
  const { value } = words;
  const count = verdict.value?.plan.measure.count ?? 0;
  return (
    <>
      <Choices
        legend={value.input}
        hideLegend
        name="tryit-input"
        look="segments"
        value={inputKind.value}
        choices={INPUT_KINDS.map((kind) => ({ value: kind, label: value.inputs[kind] }))}
        onChange={(kind) => (inputKind.value = kind)}
      />
      {inputKind.value === 'samples' && <SampleFields count={count} />}
      {inputKind.value === 'random' && (
        <button type="button" onClick={() => ++seed.value}>
          {value.another}
        </button>
      )}
    </>
  );
}

function Given({ frame }: Outcome): JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { picture } = frame;
  useEffect(() => {
    if (picture) canvas.current?.getContext('2d')?.drawImage(picture, 0, 0);
  }, [picture]);
  if (!picture) return null;
  return (
    <figure class="given">
      <canvas ref={canvas} width={picture.width} height={picture.height} aria-hidden="true" />
      <figcaption class="help">{words.value.given}</figcaption>
    </figure>
  );
}

function Reading({ of }: { readonly of: Outcome }): JSX.Element {
  const { before, after } = of.readings;
  const kind = (before ?? after)?.kind;
  if (kind === 'scores') {
    return (
      <div class="tryit-reading">
        <Given {...of} />
        <ScoresView
          before={before?.kind === 'scores' ? before : undefined}
          after={after?.kind === 'scores' ? after : undefined}
        />
      </div>
    );
  }
  return (
    <>
      {!kind && <p class="help">{words.value.unreadable}</p>}
      <Given {...of} />
      <RawView outcome={of} />
    </>
  );
}

function AdapterField({ task }: Outcome): JSX.Element {
  const { value } = words;
  const found = recognize(task).id;
  return (
    <Select<AdapterId | 'auto'>
      id="tryit-adapter"
      label={value.readAs}
      value={adapterChoice.value}
      choices={[
        { value: 'auto', label: value.automatic(value.adapters[found]) },
        ...ADAPTER_IDS.map((id) => ({ value: id, label: value.adapters[id] })),
      ]}
      onChange={(chosen) => (adapterChoice.value = chosen)}
    />
  );
}

function Words({ agreement, noise, runs }: Outcome): JSX.Element {
  const { value } = words;
  const phrases = agreement && noise ? agreementPhrases(agreement, noise, names.value) : [];
  return (
    <div class="tryit-words">
      {phrases.length > 0 && (
        <ul aria-label={value.agreement}>
          {phrases.map((phrase) => (
            <li key={phrase}>{phrase}</li>
          ))}
        </ul>
      )}
      <dl class="speeds">
        {(['before', 'after'] as const).map(
          (side) =>
            runs[side] && (
              <div key={side}>
                <dt>
                  <span class={`key ${side}`} aria-hidden="true" /> {value[side]}
                </dt>
                <dd>{formatMilliseconds(runs[side].ms)}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}

/** Both models on the same input. Nothing runs while it is closed. */
export function TryItPanel(): JSX.Element | null {
  const { value } = words;
  useEffect(startTrying, []);
  if (!verdict.value) return null;
  const shown = outcome.value;
  return (
    <section class="panel tryit" aria-labelledby="tryit-title">
      <details
        class="disclosure"
        open={isOpen.value}
        onToggle={(event) => (isOpen.value = event.currentTarget.open)}
      >
        <summary>
          <h2 id="tryit-title">{value.title}</h2>
          <span class="help">{value.help}</span>
        </summary>
        {isOpen.value && (
          <div class="tryit-body" aria-busy={isBusy.value}>
            <InputFields />
            {refusal.value && <RefusalNotice refusal={refusal.value} />}
            {shown ? (
              <>
                <AdapterField {...shown} />
                <Words {...shown} />
                <Reading of={shown} />
              </>
            ) : (
              !refusal.value && <p class="help">{value.working}</p>
            )}
          </div>
        )}
      </details>
    </section>
  );
}
