import { closeStream, openDevice } from './devices.js';

/** What a microphone hears, block by block, until it is closed. */
export interface Recorder {
  readonly sampleRate: number;
  /** Takes each block as it comes. */
  onBlock: (samples: Float32Array) => void;
  close(): void;
}

export async function openMicrophone(): Promise<Recorder> {
  // What networks hear is not tidied up for ears.
  const stream = await openDevice({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  const close = (): void => {
    closeStream(stream);
    if (context.state !== 'closed') void context.close();
  };
  try {
    await context.audioWorklet.addModule(new URL('./microphone_worklet.js', import.meta.url));
    const node = new AudioWorkletNode(context, 'microphone', { numberOfOutputs: 0 });
    context.createMediaStreamSource(stream).connect(node);
    const recorder: Recorder = { sampleRate: context.sampleRate, onBlock: () => undefined, close };
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => recorder.onBlock(data);
    await context.resume();
    return recorder;
  } catch (error) {
    close();
    throw error;
  }
}

/** Blocks as one, no longer than `length`. */
export function joinBlocks(blocks: readonly Float32Array[], length: number): Float32Array {
  const all = blocks.reduce((sum, block) => sum + block.length, 0);
  const joined = new Float32Array(Math.min(all, length));
  let at = 0;
  for (const block of blocks) {
    const part = block.subarray(0, joined.length - at);
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  return peak;
}
