/** What both models are given, where it does not stand still: camera and microphone. */
import { reader } from '../data/client.js';
import { closeStream, openDevice } from '../data/devices.js';
import { openMicrophone } from '../data/recorder.js';
import type { OpenModel } from '../open/state.js';
import { completing } from './given.js';
import { cut, inputKind, picture, preparation, sound, type Given } from './state.js';

/** Where live input comes from, one piece at a time. */
export interface LiveSource {
  /** The next one that is new. */
  readonly next: () => Promise<Given>;
  readonly stop: () => void;
}

/** Of a sound whose rate nobody said, in Hz: what most models for speech take. */
const USUAL_RATE = 16_000;
/** How often the models hear what was said last. */
const STEP_MS = 250;

/** The next frame of a video that was not there before, or of the screen where none is told of. */
function nextOf(video: HTMLVideoElement): Promise<unknown> {
  return new Promise((resolve) => {
    // Told for no frame of a tab in the background, and late when the camera stalls.
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });
}

async function openCamera(makeInput: (bitmap: ImageBitmap) => Promise<Given>): Promise<LiveSource> {
  const stream = await openDevice({
    video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'environment' },
  });
  const video = document.createElement('video');
  const stop = (): void => {
    video.srcObject = null;
    closeStream(stream);
  };
  try {
    video.muted = video.playsInline = true;
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    stop();
    throw error;
  }
  return {
    next: async () => {
      await nextOf(video);
      return makeInput(await createImageBitmap(video));
    },
    stop,
  };
}

/** Each piece is the last `length` samples at `inputRate`. */
async function openSound(length: number, inputRate: number): Promise<LiveSource> {
  const recorder = await openMicrophone();
  const { sampleRate } = recorder;
  // One more, as rates need not divide.
  const size = Math.ceil((length * sampleRate) / inputRate) + 1;
  const heard = new Float32Array(size);
  recorder.onBlock = (block) => {
    const latest = block.subarray(-size);
    heard.copyWithin(0, latest.length);
    heard.set(latest, size - latest.length);
  };
  return {
    next: async () => {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      const task = { samples: heard, sampleRate, length, inputRate };
      return { ...(await reader.ask('heard', task)), filled: [] };
    },
    stop: () => recorder.close(),
  };
}

/** Opens what is chosen; null where it is not live. */
export function openLive(open: OpenModel): Promise<LiveSource> | null {
  const preprocessing = preparation.value;
  if (inputKind.value === 'camera' && picture.value) {
    const input = open.inspection.inputs[picture.value.place]!;
    const complete = completing(open, [input]);
    return openCamera(async (bitmap) => {
      const task = { bitmap, input, preprocessing, cut: cut.peek() };
      return complete(await reader.ask('picture', task, [bitmap]));
    });
  }
  if (inputKind.value === 'microphone' && sound.value > 0) {
    return openSound(sound.value, preprocessing.sampleRate || USUAL_RATE);
  }
  return null;
}
