import { OctoliteError, type ErrorCode, type ErrorDetails, type TensorDetails } from 'octolite';
import type { PictureShape, Preprocessing } from '../data/preprocess.js';
import type { Region } from './region.js';

export interface PictureRequest {
  readonly id: number;
  readonly what: {
    /** A file, read as calibration reads it, or a frame of which a part is wanted. */
    readonly picture: File | { readonly bitmap: ImageBitmap; readonly region: Region };
    readonly input: TensorDetails;
    readonly shape: PictureShape;
    readonly preprocessing: Preprocessing;
  };
}

export interface PictureAnswer {
  readonly id: number;
  readonly values?: Float32Array;
  readonly refusal?: { readonly code: ErrorCode; readonly details: Partial<ErrorDetails> };
}

interface Waiting {
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes pictures inputs in a worker: decoding and resizing a photograph takes a while. */
export class Pictures {
  #worker: Worker | null = null;
  #id = 0;
  readonly #waiting = new Map<number, Waiting>();

  #start(): Worker {
    const worker = new Worker(new URL('./picture_worker.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<PictureAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.values) waiting?.resolve(data.values);
      else if (data.refusal) {
        const { what = '', ...details } = data.refusal.details;
        waiting?.reject(new OctoliteError(data.refusal.code, what, details));
      }
    });
    worker.addEventListener('error', () => this.stop());
    return worker;
  }

  values(what: PictureRequest['what']): Promise<Float32Array> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const request: PictureRequest = { id, what };
      worker.postMessage(request, 'bitmap' in what.picture ? [what.picture.bitmap] : []);
    });
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) {
      reject(new OctoliteError('WORKER_STOPPED', 'the worker that prepares pictures stopped'));
    }
    this.#waiting.clear();
  }
}
