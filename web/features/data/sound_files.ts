import { decodeSound, OctoliteError } from 'octolite';
import { isWave, kindOf } from '../../lib/file_kind.js';
import { encodeWav } from './wav_file.js';

/** What sounds of other kinds than WAVE are decoded at, in Hz: no less than they mostly have. */
const DECODED_RATE = 48000;

/**
 * A file that workers can read: browsers decode MP3, Ogg and other sounds on pages only.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export async function readable(file: File): Promise<File> {
  if (kindOf(file) !== 'sound' || isWave(file.name)) return file;
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.byteLength === 0) {
    throw new OctoliteError('BAD_DATA_FILE', 'the file is empty', { file: file.name });
  }
  const samples = await decodeSound(bytes, { sampleRate: DECODED_RATE, file: file.name });
  return soundFile(samples, DECODED_RATE, file.name);
}

export function soundFile(samples: Float32Array, sampleRate: number, name: string): File {
  return new File([encodeWav(samples, sampleRate)], name, { type: 'audio/wav' });
}
