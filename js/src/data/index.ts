export {
  openDataset,
  readArray,
  readLabels,
  type DataFile,
  type DatasetOptions,
  type FileDataset,
} from './dataset.js';
export { parseCsv } from './csv.js';
export { parseIdx } from './idx.js';
export { decodeImage, type ImageDecoder, type RgbaImage } from './image.js';
export type { NdArray, NumericArray } from './nd_array.js';
export { encodeNpy, parseNpy } from './npy.js';
export { encodeNpz, parseNpz, type NpzArray } from './npz.js';
export { imageToTensor, type PreprocessOptions } from './preprocess.js';
export { randomSample, randomSamples, seededRandom } from './random.js';
export { resampleSound } from './resample.js';
export { resizeImage, type ResizeMode } from './resize.js';
export { decodeSound, type DecodeSoundOptions, type SoundDecoder } from './sound.js';
export { parseWav, type Sound } from './wav.js';
