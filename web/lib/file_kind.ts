/** What a file of data holds, by its name: the content decides in the end. */
export type FileKind = 'picture' | 'sound' | 'array' | 'labels';

const PICTURE_NAME = /\.(png|jpe?g|webp|bmp|gif|avif)$/i;
const SOUND_NAME = /\.(wav|mp3|ogg|oga|opus|flac|m4a|aac|weba)$/i;
const ARRAY_NAME = /(\.(npy|npz|csv)|-ubyte(\.gz)?)$/i;
/** As in train-labels-idx1-ubyte.gz, labels.csv, classes.txt, imagenet_labels.txt. */
const LABELS_NAME =
  /(label|idx1).*(\.(txt|csv|tsv|npy|npz|gz)|-ubyte)$|(class|name)(es|s)?\.(txt|csv)$/i;

export function kindOf({ name, type }: Pick<File, 'name' | 'type'>): FileKind {
  if (PICTURE_NAME.test(name) || type.startsWith('image/')) return 'picture';
  if (SOUND_NAME.test(name) || type.startsWith('audio/')) return 'sound';
  return LABELS_NAME.test(name) ? 'labels' : 'array';
}

/** Whether the library decodes a sound by itself, in a worker too. */
export function isWave(name: string): boolean {
  return /\.wav$/i.test(name);
}

/**
 * Whether a file holds samples or labels. Everything else is taken as a model or, with one at hand,
 * as text about its classes, so that a wrong file gets an explanation.
 */
export function isData(file: Pick<File, 'name' | 'type'>): boolean {
  return kindOf(file) !== 'array' || ARRAY_NAME.test(file.name);
}

/** Whether a file holds a recipe. */
export function isRecipe(file: File): boolean {
  return /\.json$/i.test(file.name);
}

/** So much of a file tells whether it is text. */
const START_BYTES = 4096;

/** Whether a file that is not called a model holds lines of text. */
export async function isText(file: File): Promise<boolean> {
  if (file.size === 0 || /\.tflite$/i.test(file.name)) return false;
  const bytes = new Uint8Array(await file.slice(0, START_BYTES).arrayBuffer());
  try {
    // A character may go on behind the start of the file.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return !text.startsWith('TFL3', 4) && !/[^\P{Cc}\t\n\r]/u.test(text);
  } catch {
    return false;
  }
}
