/** What a file holds, by its name: the content decides in the end. */
export type FileKind = 'picture' | 'sound' | 'array' | 'labels';

const PICTURE_NAME = /\.(png|jpe?g|webp|bmp|gif|avif)$/i;
const SOUND_NAME = /\.(wav|mp3|ogg|oga|opus|flac|m4a|aac|weba)$/i;
/** As in train-labels-idx1-ubyte.gz, labels.csv, classes.txt, imagenet_labels.txt. */
const LABELS_NAME = /label|idx1|(class|name)(es|s)?\.(txt|csv)$/i;

export function kindOf({ name, type }: Pick<File, 'name' | 'type'>): FileKind {
  if (PICTURE_NAME.test(name) || type.startsWith('image/')) return 'picture';
  if (SOUND_NAME.test(name) || type.startsWith('audio/')) return 'sound';
  return LABELS_NAME.test(name) ? 'labels' : 'array';
}

/** Whether the library decodes a sound by itself, in a worker too. */
export function isWave(name: string): boolean {
  return /\.wav$/i.test(name);
}
