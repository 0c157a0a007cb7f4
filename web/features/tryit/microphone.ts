import type { LiveSource } from './camera.js';
import type { Frame } from './frame.js';

/** The most that one analyser holds. */
const PIECE = 32_768;

/** How often the models hear what was said last. */
const STEP_MS = 250;

/**
 * Asks for the microphone; each frame is the last `length` samples at `rate`. Analysers keep the
 * latest sound, each one of those behind the first as much later as the others hold.
 */
export async function openMicrophone(
  length: number,
  rate: number,
  frameOf: (values: Float32Array) => Frame,
): Promise<LiveSource> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, channelCount: 1 },
  });
  const stopStream = (): void => stream.getTracks().forEach((track) => track.stop());
  let context: AudioContext | null = null;
  try {
    const audio = (context = new AudioContext({ sampleRate: rate }));
    const source = audio.createMediaStreamSource(stream);
    const analysers = Array.from({ length: Math.ceil(length / PIECE) }, (_, i) => {
      const analyser = audio.createAnalyser();
      analyser.fftSize = PIECE;
      const delay = (i * PIECE) / rate;
      if (delay === 0) return source.connect(analyser) as AnalyserNode;
      const delayed = audio.createDelay(delay + 1);
      delayed.delayTime.value = delay;
      return source.connect(delayed).connect(analyser) as AnalyserNode;
    });
    await audio.resume();
    return {
      next: async () => {
        await new Promise((resolve) => setTimeout(resolve, STEP_MS));
        const all = new Float32Array(analysers.length * PIECE);
        analysers.forEach((analyser, i) => {
          const end = all.length - i * PIECE;
          analyser.getFloatTimeDomainData(all.subarray(end - PIECE, end));
        });
        return frameOf(all.slice(all.length - length));
      },
      stop: () => {
        stopStream();
        void audio.close();
      },
    };
  } catch (error) {
    stopStream();
    void context?.close();
    throw error;
  }
}
