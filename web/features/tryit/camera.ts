import type { Preprocessing } from '../data/preprocess.js';
import type { Frame } from './frame.js';
import type { Pictures } from './pictures.js';
import { cutOut, fitted, regionOf, type Cut } from './region.js';
import { drawRegion } from './region_canvas.js';
import type { PictureInput } from './state.js';
import type { TensorDetails, TensorInput } from 'octolite';

/** Where live frames come from, one at a time. */
export interface LiveSource {
  /** The next one that is new. */
  readonly next: () => Promise<Frame>;
  readonly stop: () => void;
}

/** So many pixels the longer side of the picture that is shown has. */
const SHOWN_SIDE = 640;

/** The next frame of a video that was not there before, or of the screen where none is told of. */
function nextOf(video: HTMLVideoElement): Promise<unknown> {
  return new Promise((resolve) => {
    // Told for no frame of a tab in the background, and late when the camera stalls.
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });
}

export interface FrameMaker {
  readonly pictures: Pictures;
  readonly picture: PictureInput;
  readonly input: TensorDetails;
  readonly preprocessing: Preprocessing;
  /** As it is set now. */
  readonly cut: () => Cut;
  /** A sample with the picture in its place. */
  readonly sampleOf: (values: Float32Array) => readonly TensorInput[];
}

/** Makes a picture of the page, a frame of a video for instance, a frame. */
export async function frameOfPicture(
  bitmap: ImageBitmap,
  { pictures, picture: { shape }, input, preprocessing, cut, sampleOf }: FrameMaker,
  file?: File,
): Promise<Frame> {
  const now = cut();
  const region = cutOut(regionOf(bitmap, shape, preprocessing.resize), now);
  const shown = drawRegion(bitmap, bitmap, region, fitted(region, SHOWN_SIDE));
  const picture = file && now.zoom === 1 ? file : { bitmap, region };
  const values = await pictures.values({ picture, input, shape, preprocessing });
  return { sample: sampleOf(values), picture: shown, wave: null };
}

/** Asks for the camera. */
export async function openCamera(maker: FrameMaker): Promise<LiveSource> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'environment' },
  });
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  try {
    const video = document.createElement('video');
    video.muted = video.playsInline = true;
    video.srcObject = stream;
    await video.play();
    return {
      next: async () => {
        await nextOf(video);
        return frameOfPicture(await createImageBitmap(video), maker);
      },
      stop: () => {
        video.srcObject = null;
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
