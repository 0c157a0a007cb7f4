// Classifiers in workers, so that the thread that answers requests is never busy with arithmetic.
import { decodeImage, imageToTensor, OctoliteError } from 'octolite';
import { decodeJpeg } from 'octolite/node';
import { connectWorker } from 'octolite/worker';

/** More requests are waiting than the service wants to let wait. */
export class Overloaded extends Error {}

/** One model in one worker; a new worker when that one has stopped. */
class Classifier {
  #bytes;
  #connect;
  #worker;
  #interpreter;
  /** The model's input, which is the same in every worker. */
  input;

  constructor(bytes, connect) {
    this.#bytes = bytes;
    this.#connect = connect;
  }

  async start() {
    this.#worker = await this.#connect();
    const model = await this.#worker.loadModel(this.#bytes);
    this.#interpreter = await this.#worker.createInterpreter(model);
    model.dispose();
    await this.#interpreter.allocateTensors();
    [this.input] = await this.#interpreter.getInputDetails();
  }

  /** Scores as real numbers, one a class. */
  async classify(pixels) {
    if (this.#worker.stopped) await this.start();
    const [scores] = Object.values(await this.#interpreter.run(pixels, { dequantize: true }));
    return scores;
  }

  stop() {
    this.#worker.terminate();
  }
}

/** Hands each request to a worker that is free, and lets no more than `queue` wait for one. */
export class ClassifierPool {
  #all;
  #free;
  #waiting = [];
  #queue;

  /** @param connect Starts a worker with the library in it. */
  static async start(bytes, { workers, queue, connect = connectWorker }) {
    const all = Array.from({ length: workers }, () => new Classifier(bytes, connect));
    await Promise.all(all.map((classifier) => classifier.start()));
    return new ClassifierPool(all, queue);
  }

  constructor(classifiers, queue) {
    this.#all = classifiers;
    this.#free = [...classifiers];
    this.#queue = queue;
  }

  get load() {
    const busy = this.#all.length - this.#free.length;
    return { workers: this.#all.length, busy, waiting: this.#waiting.length };
  }

  /**
   * @param {Uint8Array} file A PNG, JPEG or BMP image.
   * @returns {Promise<Float32Array>} The score of each class.
   * @throws {Overloaded}
   * @throws {OctoliteError} BAD_DATA_FILE for what is no image.
   */
  async classify(file) {
    const classifier = await this.#take();
    try {
      const image = await decodeImage(file, 'image', decodeJpeg);
      const pixels = imageToTensor(image, classifier.input, { resize: 'crop' });
      return await classifier.classify(pixels);
    } finally {
      this.#give(classifier);
    }
  }

  /** Call it when no request is left. */
  stop() {
    for (const classifier of this.#all) classifier.stop();
  }

  async #take() {
    const classifier = this.#free.pop();
    if (classifier) return classifier;
    if (this.#waiting.length >= this.#queue) throw new Overloaded();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(classifier) {
    const next = this.#waiting.shift();
    if (next) next(classifier);
    else this.#free.push(classifier);
  }
}

export const isBadImage = (error) =>
  error instanceof OctoliteError && error.code === 'BAD_DATA_FILE';
