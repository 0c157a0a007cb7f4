import { resampleSound } from 'octolite';
import { SAMPLE_RATE } from './features.js';

/**
 * Listens, and hands over the last second four times a second.
 * @param {(clip: Float32Array) => Promise<void>} onClip At 16 kHz. Clips that come while it is busy are left out.
 * @returns {Promise<() => Promise<void>>} Ends it.
 */
export async function listen(onClip) {
  const stream = await navigator.mediaDevices.getUserMedia({
    // What is made for calls changes what the model hears.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  // At the microphone's own rate: not every browser joins different ones.
  const context = new AudioContext();
  await context.audioWorklet.addModule(new URL('./recorder.js', import.meta.url));
  const recorder = new AudioWorkletNode(context, 'recorder', {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  context.createMediaStreamSource(stream).connect(recorder);

  const last = new Float32Array(context.sampleRate); // One second.
  let heard = 0;
  let busy = false;
  recorder.port.onmessage = async ({ data }) => {
    last.copyWithin(0, data.length);
    last.set(data, last.length - data.length);
    heard += data.length;
    if (busy || heard < last.length / 4) return;
    heard = 0;
    busy = true;
    try {
      await onClip(resampleSound(last, context.sampleRate, SAMPLE_RATE));
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
