import type { Refusal } from '../../lib/refusal.js';
import { words } from './words.js';

/** Why a camera or microphone does not start, in words. */
export function deviceRefusal(error: unknown): Refusal {
  const said = words.peek();
  const name = error instanceof Error ? error.name : '';
  const refusal = (title: string, what: string, next: string): Refusal => ({
    title,
    what,
    where: '',
    next,
  });
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return refusal(said.deniedTitle, said.deniedWhat, said.deniedNext);
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return refusal(said.absentTitle, said.absentWhat, said.absentNext);
  }
  if (name === 'NotSupportedError') {
    return refusal(said.insecureTitle, said.insecureWhat, said.insecureNext);
  }
  const what = error instanceof Error ? error.message : String(error);
  return refusal(said.busyTitle, what, said.busyNext);
}

/** As getUserMedia, which browsers do not have on pages that came over plain http. */
export async function openDevice(constraints: MediaStreamConstraints): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new DOMException('no devices', 'NotSupportedError');
  return devices.getUserMedia(constraints);
}

export function closeStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
