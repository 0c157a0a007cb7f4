const DATA_NAME = /(\.(png|jpe?g|webp|bmp|gif|avif|npy|npz|csv|wav)|-ubyte(\.gz)?)$/i;

/**
 * Whether a file holds samples or labels. Everything else is taken as a model, so that a wrong file
 * gets the reader's own explanation.
 */
export function isData(file: File): boolean {
  return /^(image|audio)\//.test(file.type) || DATA_NAME.test(file.name);
}

/** Whether a file holds a recipe. */
export function isRecipe(file: File): boolean {
  return /\.json$/i.test(file.name);
}
