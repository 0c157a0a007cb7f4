import { imageToTensor, isOctoliteError, openDataset } from 'octolite';
import { optionsOf } from '../data/preprocess.js';
import { drawRegion } from './region_canvas.js';
import type { PictureAnswer, PictureRequest } from './pictures.js';

/**
 * Makes pictures the values of an input, as calibration does, where it holds nobody up. A frame of a
 * camera, or a part of a picture, is brought to the size of the input by the browser, which is quick.
 */
async function valuesOf({ picture, input, shape, preprocessing }: PictureRequest['what']) {
  const options = optionsOf(preprocessing);
  if (picture instanceof File) {
    const dataset = await openDataset([picture], [input], options);
    return dataset.sample(0);
  }
  const { bitmap, region } = picture;
  const canvas = drawRegion(bitmap, bitmap, region, shape);
  bitmap.close();
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
