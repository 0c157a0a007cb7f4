import { imageToTensor, isOctoliteError, openDataset } from 'octolite';
import { optionsOf } from '../data/preprocess.js';
import { regionOf } from './region.js';
import { drawRegion } from './region_canvas.js';
import type { PictureAnswer, PictureRequest } from './pictures.js';

/**
 * Makes pictures the values of an input, as calibration does, where it holds nobody up. A frame of a
 * camera is brought to the size of the input by the browser, which is quick.
 */
async function valuesOf({ picture, input, shape, preprocessing }: PictureRequest['what']) {
  const options = optionsOf(preprocessing);
  if (picture instanceof Blob) {
    const dataset = await openDataset([picture], [input], options);
    return dataset.sample(0);
  }
  const canvas = drawRegion(
    picture,
    picture,
    regionOf(picture, shape, preprocessing.resize),
    shape,
  );
  picture.close();
  const pixels = canvas.getContext('2d')!.getImageData(0, 0, shape.width, shape.height);
  return imageToTensor(pixels, input, options);
}

addEventListener('message', ({ data }: MessageEvent<PictureRequest>) => {
  const answer = (said: PictureAnswer, transfer: Transferable[] = []): void =>
    postMessage(said, { transfer });
  valuesOf(data.what).then(
    (sample) => {
      const values = sample as Float32Array<ArrayBuffer>;
      answer({ id: data.id, values }, [values.buffer]);
    },
    (error: unknown) => {
      const refusal = isOctoliteError(error)
        ? { code: error.code, details: error.details }
        : { code: 'INTERNAL' as const, details: { what: String(error) } };
      answer({ id: data.id, refusal });
    },
  );
});
