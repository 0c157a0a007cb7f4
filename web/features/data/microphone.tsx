import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { NumberField } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { announce } from '../../lib/announce.js';
import type { Refusal } from '../../lib/refusal.js';
import { deviceRefusal } from './devices.js';
import { addDataFiles } from './files.js';
import { joinBlocks, openMicrophone, peakOf, type Recorder } from './recorder.js';
import { soundFile } from './sound_files.js';
import { device } from './state.js';
import { words } from './words.js';

const MOST_SECONDS = 600;
/** How much of the level is left after a block, so that the meter falls gently. */
const FALL = 0.85;

const recorder = signal<Recorder | null>(null);
const refusal = signal<Refusal | null>(null);
const level = signal(0);
const seconds = signal(3);
/** Seconds recorded so far; null when nothing is. */
const recorded = signal<number | null>(null);
let blocks: Float32Array[] = [];
let number = 0;

async function finish({ sampleRate }: Recorder): Promise<void> {
  const samples = joinBlocks(blocks, Math.round(seconds.value * sampleRate));
  blocks = [];
  recorded.value = null;
  if (samples.length === 0) return;
  const name = `${words.peek().recordingName}-${String(++number).padStart(3, '0')}.wav`;
  await addDataFiles([soundFile(samples, sampleRate, name)]);
  announce(words.peek().recorded(samples.length / sampleRate));
}

function hear(from: Recorder, samples: Float32Array): void {
  level.value = Math.max(peakOf(samples), level.value * FALL);
  if (recorded.value === null) return;
  blocks.push(samples);
  recorded.value += samples.length / from.sampleRate;
  if (recorded.value >= seconds.value) void finish(from);
}

function stop(): void {
  recorder.value?.close();
  recorder.value = null;
  recorded.value = null;
  level.value = 0;
  blocks = [];
}

/** @param wanted Whether the microphone is still asked for when it comes. */
async function start(wanted: () => boolean): Promise<void> {
  refusal.value = null;
  try {
    const opened = await openMicrophone();
    if (!wanted()) {
      opened.close();
      return;
    }
    opened.onBlock = (samples) => hear(opened, samples);
    recorder.value = opened;
  } catch (error) {
    if (wanted()) refusal.value = deviceRefusal(error);
  }
}

/** Records sounds as samples, for as long as it is shown. */
export function MicrophoneFields(): JSX.Element {
  const said = words.value;
  useEffect(() => {
    let wanted = true;
    const hide = (): void => {
      if (document.hidden) device.value = null;
    };
    document.addEventListener('visibilitychange', hide);
    void start(() => wanted);
    return () => {
      wanted = false;
      document.removeEventListener('visibilitychange', hide);
      stop();
    };
  }, []);
  const open = recorder.value;
  const done = recorded.value;
  if (refusal.value) return <RefusalNotice refusal={refusal.value} />;
  return (
    <div class="device">
      <div class="level">
        <label for="level">{said.level}</label>
        <meter id="level" min={0} max={1} high={0.98} optimum={0.5} value={level.value} />
        <span class="help">{level.value >= 0.99 ? said.loud : ''}</span>
      </div>
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={!open}
          onClick={() => {
            if (done !== null) void finish(open!);
            else recorded.value = 0;
          }}
        >
          {!open ? said.starting : done === null ? said.record : said.stop}
        </button>
        <p class="help">
          {done !== null && said.recording(Math.min(done, seconds.value), seconds.value)}
        </p>
      </div>
      {done !== null && (
        <progress max={seconds.value} value={done} aria-label={said.record} class="recorded" />
      )}
      <NumberField
        id="record-seconds"
        label={said.recordSeconds}
        value={seconds.value}
        min={0.1}
        max={MOST_SECONDS}
        step="any"
        disabled={done !== null}
        onChange={(value) => (seconds.value = value)}
      />
    </div>
  );
}
