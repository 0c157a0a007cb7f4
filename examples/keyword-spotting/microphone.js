import { CLIP_SAMPLES, SAMPLE_RATE } from './features.js';

/**
 * Listens, and hands over the last second four times a second.
 * @param {(clip: Float32Array) => Promise<void>} onClip Clips that come while it is busy are left out.
 * @returns {Promise<() => Promise<void>>} Ends it.
 */
export async function listen(onClip) {
  const stream = await navigator.mediaDevices.getUserMedia({
    // What is made for calls changes what the model hears.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  // The context brings what the microphone gives to the model's rate.
  const context = new AudioContext({ sampleRate: SAMPLE_RATE });
  await context.audioWorklet.addModule(new URL('./recorder.js', import.meta.url));
  const recorder = new AudioWorkletNode(context, 'recorder', {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  context.createMediaStreamSource(stream).connect(recorder);

  const last = new Float32Array(CLIP_SAMPLES);
  let heard = 0;
  let busy = false;
  recorder.port.onmessage = async ({ data }) => {
    last.copyWithin(0, data.length);
    last.set(data, last.length - data.length);
    heard += data.length;
    if (busy || heard < CLIP_SAMPLES / 4) return;
    heard = 0;
    busy = true;
    try {
      await onClip(last.slice());
    } finally {
      busy = false;
    }
  };

  return async () => {
    recorder.port.onmessage = null;
    for (const track of stream.getTracks()) track.stop();
    await context.close();
  };
}
