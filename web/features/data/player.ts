import { signal } from '@preact/signals';
import { reader } from './client.js';

/** The file that is being played; null when none is. */
export const playing = signal<number | null>(null);

let context: AudioContext | null = null;
let node: AudioBufferSourceNode | null = null;

export function stopPlaying(): void {
  node?.stop();
  node = null;
  playing.value = null;
}

/** Plays the sound of a file; another one that plays is stopped. */
export async function play(id: number): Promise<void> {
  stopPlaying();
  context ??= new AudioContext();
  playing.value = id;
  const { samples, sampleRate } = await reader.ask('sound', { file: id });
  if (playing.value !== id) return;
  const buffer = context.createBuffer(1, Math.max(samples.length, 1), sampleRate);
  buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
  const mine = context.createBufferSource();
  mine.buffer = buffer;
  mine.connect(context.destination);
  mine.addEventListener('ended', () => {
    if (node === mine) stopPlaying();
  });
  node = mine;
  await context.resume();
  mine.start();
}
