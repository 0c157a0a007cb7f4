/** One channel of floats as the bytes of a WAVE file, without loss. */
export function encodeWav(samples: Float32Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const FLOAT = 3;
  const HEADER_BYTES = 44;
  const bytes = new Uint8Array(HEADER_BYTES + 4 * samples.length);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string): void => {
    for (let i = 0; i < text.length; ++i) bytes[at + i] = text.charCodeAt(i);
  };
  tag(0, 'RIFF');
  view.setUint32(4, bytes.byteLength - 8, true);
  tag(8, 'WAVE');
  tag(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FLOAT, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 4 * sampleRate, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 32, true);
  tag(36, 'data');
  view.setUint32(40, 4 * samples.length, true);
  // Machines that run browsers have the bytes in the order of the file.
  new Float32Array(bytes.buffer, HEADER_BYTES).set(samples);
  return bytes;
}
