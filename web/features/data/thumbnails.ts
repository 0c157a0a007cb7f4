import { toRefusal } from '../../lib/refusal.js';
import { DataError, reader } from './client.js';
import { setAside } from './files.js';
import type { Thumbnail } from './protocol.js';

/** Twice the size at which they are shown, for sharp screens. */
export const THUMBNAIL_PIXELS = 88;

/** So many are kept; the rest is made again when it comes into view. */
const KEPT = 200;

const made = new Map<number, Promise<Thumbnail | null>>();

/** What stands for a picture or sound in the list; null when it cannot be read. */
export function thumbnailOf(id: number): Promise<Thumbnail | null> {
  const thumbnail =
    made.get(id) ??
    reader.ask('thumbnail', { file: id, size: THUMBNAIL_PIXELS }).catch((error: unknown) => {
      if (error instanceof DataError && error.culprit === id) setAside(id, toRefusal(error));
      return null;
    });
  made.delete(id);
  made.set(id, thumbnail);
  for (const oldest of made.keys()) {
    if (made.size <= KEPT) break;
    made.delete(oldest);
  }
  return thumbnail;
}
