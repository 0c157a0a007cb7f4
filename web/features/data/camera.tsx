import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { NumberField, Select } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { announce } from '../../lib/announce.js';
import type { Refusal } from '../../lib/refusal.js';
import { closeStream, deviceRefusal, openDevice } from './devices.js';
import { addDataFiles } from './files.js';
import { device } from './state.js';
import { words } from './words.js';

const MOST_PICTURES = 500;

/** "user", "environment", or the number of a device. */
const choice = signal('environment');
const cameras = signal<readonly { readonly id: string; readonly label: string }[]>([]);
const stream = signal<MediaStream | null>(null);
const refusal = signal<Refusal | null>(null);
const burst = signal({ count: 20, seconds: 0.5 });
/** Whether it shows something, which is a moment after it is there. */
const hasPicture = signal(false);
/** Stops the pictures that are being taken in a row; null when none are. */
const taking = signal<AbortController | null>(null);
const taken = signal(0);

function stop(): void {
  taking.value?.abort();
  taking.value = null;
  if (stream.value) closeStream(stream.value);
  stream.value = null;
}

/** @param wanted Whether the camera is still asked for when it comes. */
async function start(which: string, wanted: () => boolean): Promise<void> {
  refusal.value = null;
  try {
    const isFacing = which === 'user' || which === 'environment';
    const opened = await openDevice({
      video: isFacing ? { facingMode: which } : { deviceId: { exact: which } },
    });
    if (!wanted()) {
      closeStream(opened);
      return;
    }
    stream.value = opened;
    // Devices tell their names to pages that may use them.
    const all = await navigator.mediaDevices.enumerateDevices();
    cameras.value = all
      .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  } catch (error) {
    if (wanted()) refusal.value = deviceRefusal(error);
  }
}

async function takePicture(video: HTMLVideoElement): Promise<void> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  const number = String(++taken.value).padStart(3, '0');
  const name = `${words.peek().pictureName}-${number}.png`;
  await addDataFiles([new File([blob], name, { type: 'image/png' })]);
  announce(words.peek().pictureTaken(taken.value));
}

async function takeBurst(video: HTMLVideoElement): Promise<void> {
  const abort = new AbortController();
  taking.value = abort;
  const { count, seconds } = burst.value;
  try {
    for (let i = 0; i < count && !abort.signal.aborted; ++i) {
      const began = performance.now();
      await takePicture(video);
      const rest = Math.max(0, seconds * 1000 - (performance.now() - began));
      if (i + 1 < count) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  } finally {
    if (taking.value === abort) taking.value = null;
  }
}

function BurstFields(): JSX.Element {
  const said = words.value;
  return (
    <div class="fields compact">
      <NumberField
        id="burst-count"
        label={said.burstCount}
        value={burst.value.count}
        min={2}
        max={MOST_PICTURES}
        onChange={(count) => (burst.value = { ...burst.value, count })}
      />
      <NumberField
        id="burst-seconds"
        label={said.burstInterval}
        value={burst.value.seconds}
        min={0}
        max={60}
        step="any"
        onChange={(seconds) => (burst.value = { ...burst.value, seconds })}
      />
    </div>
  );
}

/** Takes pictures as samples, for as long as it is shown. */
export function CameraFields(): JSX.Element {
  const said = words.value;
  const video = useRef<HTMLVideoElement>(null);
  const which = choice.value;
  useEffect(() => {
    let wanted = true;
    const hide = (): void => {
      if (document.hidden) device.value = null;
    };
    document.addEventListener('visibilitychange', hide);
    void start(which, () => wanted);
    return () => {
      wanted = false;
      document.removeEventListener('visibilitychange', hide);
      stop();
    };
  }, [which]);
  const live = stream.value;
  useEffect(() => {
    hasPicture.value = false;
    if (!video.current) return;
    video.current.srcObject = live;
    if (live) void video.current.play().catch(() => undefined);
  }, [live]);
  const isTaking = taking.value !== null;
  return (
    <div class="device">
      {refusal.value && <RefusalNotice refusal={refusal.value} />}
      {!refusal.value && (
        <>
          <video
            ref={video}
            muted
            playsInline
            onLoadedData={() => (hasPicture.value = true)}
            aria-label={said.liveView}
            class={which === 'user' ? 'mirrored' : undefined}
          />
          <div class="row">
            <button
              type="button"
              class="primary"
              disabled={!hasPicture.value || isTaking}
              onClick={() => video.current && void takePicture(video.current)}
            >
              {hasPicture.value ? said.takePicture : said.starting}
            </button>
            <button
              type="button"
              disabled={!hasPicture.value}
              onClick={() =>
                isTaking ? taking.value?.abort() : video.current && void takeBurst(video.current)
              }
            >
              {isTaking ? said.stopBurst : said.takeBurst(burst.value.count)}
            </button>
          </div>
          <BurstFields />
        </>
      )}
      <Select
        id="camera"
        label={said.whichCamera}
        value={which}
        choices={[
          { value: 'environment', label: said.backCamera },
          { value: 'user', label: said.frontCamera },
          ...cameras.value.map(({ id, label }, index) => ({
            value: id,
            label: label || `${said.camera} ${index + 1}`,
          })),
        ]}
        onChange={(value) => (choice.value = value)}
      />
    </div>
  );
}
