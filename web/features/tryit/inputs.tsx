import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { labelled, Segments } from '../../components/choices.js';
import { FileButton } from '../../components/file_button.js';
import { formatPercent } from '../../lib/format.js';
import { kindOf } from '../../lib/file_kind.js';
import { WHOLE, type Cut } from '../data/region.js';
import { isRunning } from '../run/state.js';
import { verdict } from '../verdict/state.js';
import { Slider } from './stage.js';
import {
  cut,
  file,
  fileCount,
  filePosition,
  INPUT_KINDS,
  inputKind,
  isPaused,
  picture,
  position,
  seed,
  sound,
  which,
  type InputKind,
} from './state.js';
import { words } from './words.js';

interface StepperProps {
  readonly id: string;
  readonly label: string;
  readonly at: Signal<number>;
  readonly count: number;
}

/** One of many, by number or one after the other; behind the last one comes the first. */
function Stepper({ id, label, at, count }: StepperProps): JSX.Element {
  const { value } = words;
  const step = (by: number): void => {
    at.value = (at.value + by + count) % count;
  };
  return (
    <div class="row">
      <button type="button" onClick={() => step(-1)}>
        {value.previous}
      </button>
      <div class="field number-of">
        <label for={id}>{label}</label>
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={1}
          max={count}
          required
          value={(at.value % count) + 1}
          onInput={({ currentTarget: input }) => {
            if (input.validity.valid) at.value = input.valueAsNumber - 1;
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

export function chooseFile(chosen: File): void {
  filePosition.value = 0;
  fileCount.value = 0;
  cut.value = WHOLE;
  file.value = chosen;
  inputKind.value = 'file';
}

/** Which part of a picture is looked at: models for faces and hands want little else in it. */
function CutFields(): JSX.Element {
  const { value } = words;
  const { zoom } = cut.value;
  const change = (part: Partial<Cut>): void => {
    cut.value = { ...cut.value, ...part };
  };
  return (
    <div class="cut">
      <Slider
        id="tryit-zoom"
        label={value.zoom}
        value={zoom}
        min={1}
        max={8}
        step={0.1}
        text={value.times(zoom)}
        onInput={(chosen) => change({ zoom: chosen })}
      />
      {zoom > 1 &&
        (['x', 'y'] as const).map((axis) => (
          <Slider
            key={axis}
            id={`tryit-${axis}`}
            label={value.shift[axis]}
            value={cut.value[axis]}
            min={0}
            max={1}
            step={0.01}
            text={formatPercent(cut.value[axis])}
            onInput={(chosen) => change({ [axis]: chosen })}
          />
        ))}
    </div>
  );
}

function FileFields(): JSX.Element {
  const { value } = words;
  return (
    <>
      <div class="row">
        <FileButton
          label={value.chooseFile}
          accept="image/*,audio/*,.npy,.npz,.csv,.wav,.gz"
          onFiles={([chosen]) => chosen && chooseFile(chosen)}
        />
        <p class="help">{file.value ? value.chosen(file.value.name) : value.dropHere}</p>
      </div>
      {picture.value && file.value && kindOf(file.value) === 'picture' && <CutFields />}
      {fileCount.value > 1 && (
        <Stepper id="tryit-piece" label={value.piece} at={filePosition} count={fileCount.value} />
      )}
    </>
  );
}

function LiveFields(): JSX.Element {
  const { value } = words;
  return (
    <>
      <div class="row">
        <Segments
          legend={value.run}
          name="tryit-which"
          value={which.value}
          choices={labelled(['both', 'before', 'after'], value)}
          onChange={(chosen) => (which.value = chosen)}
        />
        <button type="button" onClick={() => (isPaused.value = !isPaused.value)}>
          {isPaused.value ? value.resume : value.pause}
        </button>
      </div>
      {inputKind.value === 'camera' && <CutFields />}
      <p class="help">{isRunning.value ? value.waits : value.stays}</p>
    </>
  );
}

function isPossible(kind: InputKind): boolean {
  if (kind === 'camera') return picture.value !== null;
  return kind !== 'microphone' || sound.value > 0;
}

/** What both models are given. */
export function InputFields(): JSX.Element {
  const { value } = words;
  const kind = inputKind.value;
  return (
    <>
      <Segments
        legend={value.input}
        name="tryit-input"
        value={kind}
        choices={labelled(INPUT_KINDS.filter(isPossible), value.inputs)}
        onChange={(chosen) => (inputKind.value = chosen)}
      />
      {kind === 'samples' && (
        <Stepper
          id="tryit-sample"
          label={value.sampleNumber}
          at={position}
          count={verdict.value?.plan.measure.count ?? 1}
        />
      )}
      {kind === 'file' && <FileFields />}
      {(kind === 'camera' || kind === 'microphone') && <LiveFields />}
      {kind === 'random' && (
        <button type="button" class="alone" onClick={() => ++seed.value}>
          {value.another}
        </button>
      )}
    </>
  );
}
