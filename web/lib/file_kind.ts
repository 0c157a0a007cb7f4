const DATA_NAME =
  /(\.(png|jpe?g|webp|bmp|gif|avif|npy|npz|csv|wav|mp3|ogg|oga|opus|flac|m4a|aac|weba)|-ubyte(\.gz)?)$/i;

/** Labels and names of classes; other text is taken for a model. */
const LABELS_TEXT = /(label|class|name)[^/]*\.txt$/i;

/**
 * Whether a file holds samples or labels. Everything else is taken as a model, so that a wrong file
 * gets the reader's own explanation.
 */
export function isData({ name, type }: File): boolean {
  return /^(image|audio)\//.test(type) || DATA_NAME.test(name) || LABELS_TEXT.test(name);
}

/** Whether a file holds a recipe. */
export function isRecipe(file: File): boolean {
  return /\.json$/i.test(file.name);
}
