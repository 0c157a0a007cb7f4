import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { labelled, Select } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { Outline } from '../../components/outline.js';
import { isData, kindOf } from '../../lib/file_kind.js';
import { verdict } from '../verdict/state.js';
import { ADAPTER_IDS, type AdapterId } from './adapters/adapter.js';
import { worstNoise } from './agreement.js';
import { chooseFile, InputFields } from './inputs.js';
import { BoxesView, MaskView, PictureView, PointsView, type Both } from './overlays.js';
import { RawView } from './raw.js';
import type { Reading as Understood } from './reading.js';
import { ScoresView } from './scores.js';
import { startTrying, tryAgain } from './session.js';
import { Speeds } from './speeds.js';
import { Stage } from './stage.js';
import {
  adapterChoice,
  inputKind,
  isBusy,
  isOpen,
  names,
  outcome,
  refusal,
  type Outcome,
} from './state.js';
import { agreementPhrases, words } from './words.js';

function Input({ given: { picture, wave } }: Outcome): JSX.Element | null {
  const { given, sound } = words.value;
  if (!wave) return picture && <Stage label={given} caption={given} picture={picture} />;
  return (
    <figure class="wave">
      <Outline parts={wave} label={sound} full={1} />
      <figcaption class="help">{sound}</figcaption>
    </figure>
  );
}

/** What both models said, drawn as what it was read as. */
function Reading({ of }: { readonly of: Outcome }): JSX.Element {
  const { picture } = of.given;
  /** Both readings, as one kind of them. */
  const both = <Kind extends Understood['kind']>(
    kind: Kind,
  ): Both<Extract<Understood, { kind: Kind }>> => {
    const as = (reading: Understood | undefined) =>
      reading?.kind === kind ? (reading as Extract<Understood, { kind: Kind }>) : undefined;
    return { picture, before: as(of.readings.before), after: as(of.readings.after) };
  };
  switch ((of.readings.before ?? of.readings.after)?.kind) {
    case 'scores':
      return (
        <div class="tryit-reading">
          <Input {...of} />
          <ScoresView {...both('scores')} />
        </div>
      );
    case 'boxes':
      return <BoxesView {...both('boxes')} />;
    case 'points':
      return <PointsView {...both('points')} />;
    case 'mask':
      return <MaskView {...both('mask')} />;
    case 'picture':
      return <PictureView {...both('picture')} />;
    case 'raw':
      return (
        <>
          <Input {...of} />
          <RawView outcome={of} />
        </>
      );
    case undefined:
      return (
        <>
          <p class="help">{words.value.unreadable}</p>
          <RawView outcome={of} />
        </>
      );
  }
}

function AdapterField({ recognized }: Outcome): JSX.Element {
  const { value } = words;
  return (
    <Select<AdapterId | 'auto'>
      id="tryit-adapter"
      label={value.readAs}
      value={adapterChoice.value}
      choices={[
        { value: 'auto', label: value.automatic(value.adapters[recognized]) },
        ...labelled(ADAPTER_IDS, value.adapters),
      ]}
      onChange={(chosen) => (adapterChoice.value = chosen)}
    />
  );
}

/** How far they agree, in words, and how long they took. */
function Words({ agreement, noise, runs, task }: Outcome): JSX.Element {
  const worst = noise && worstNoise(noise, task.outputs);
  const phrases = agreement ? agreementPhrases(agreement, worst, names.value) : [];
  return (
    <div class="tryit-words">
      {phrases.length > 0 && (
        <ul aria-label={words.value.agreement}>
          {phrases.map((phrase) => (
            <li key={phrase}>{phrase}</li>
          ))}
        </ul>
      )}
      <Speeds runs={runs} />
    </div>
  );
}

/** What is said while there is nothing to show. */
function waiting(): string {
  switch (inputKind.value) {
    case 'file':
      return isBusy.value ? words.value.working : '';
    case 'camera':
    case 'microphone':
      return words.value.starting;
    default:
      return words.value.working;
  }
}

/** A file that is dropped here is tried; anywhere else on the page it is for measuring. */
function takeDropped(event: DragEvent): void {
  const [dropped] = event.dataTransfer?.files ?? [];
  if (!dropped || !isData(dropped) || kindOf(dropped) === 'labels') return;
  event.preventDefault();
  chooseFile(dropped);
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
          <div class="tryit-body" aria-busy={isBusy.value} onDrop={takeDropped}>
            <InputFields />
            {refusal.value && <RefusalNotice refusal={refusal.value} onRetry={tryAgain} />}
            {shown ? (
              <>
                {shown.given.filled.length > 0 && (
                  <p class="help">{value.filled(shown.given.filled)}</p>
                )}
                <AdapterField {...shown} />
                <Words {...shown} />
                <Reading of={shown} />
              </>
            ) : (
              !refusal.value && <p class="help">{waiting()}</p>
            )}
          </div>
        )}
      </details>
    </section>
  );
}
