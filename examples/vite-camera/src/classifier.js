import { imageToTensor } from 'octolite';
import { connectWorker } from 'octolite/worker';

/** One model in a worker, so that the page stays responsive however large the model is. */
export class Classifier {
  #worker;
  #interpreter;
  #input;

  static async connect() {
    return new Classifier(await connectWorker());
  }

  constructor(worker) {
    this.#worker = worker;
  }

  /**
   * Replaces the model.
   * @param {Uint8Array | ArrayBuffer} bytes
   * @throws {Error} The model that was there stays.
   */
  async use(bytes) {
    const model = await this.#worker.loadModel(bytes);
    const interpreter = await this.#worker.createInterpreter(model);
    model.dispose();
    const [input, ...more] = await interpreter.getInputDetails();
    const [, , , channels] = input.shape;
    if (more.length > 0 || input.shape.length !== 4 || ![1, 3].includes(channels)) {
      interpreter.dispose();
      throw new Error(`this model takes [${input.shape.join(', ')}], which is no image`);
    }
    // All at once, as pictures go on coming. What is under way in the worker ends before this.
    this.#interpreter?.dispose();
    this.#interpreter = interpreter;
    this.#input = input;
  }

  /** Width and height of the pictures that the model takes. */
  get size() {
    const [, height, width] = this.#input.shape;
    return [width, height];
  }

  /**
   * The best classes of a picture.
   * @param {ImageData} picture Of the model's size.
   * @param {[number, number]} range What black and white are for a float model; a quantized one says so itself.
   * @returns {Promise<{ index: number, score: number }[]>}
   */
  async classify(picture, range) {
    const isFloat = this.#input.dtype === 'float32';
    const pixels = imageToTensor(picture, this.#input, isFloat ? { range } : {});
    const outputs = await this.#interpreter.run(pixels, { dequantize: true });
    const scores = probabilities(Object.values(outputs)[0]);
    return [...scores.keys()]
      .sort((a, b) => scores[b] - scores[a])
      .slice(0, 3)
      .map((index) => ({ index, score: scores[index] }));
  }
}

/** Some models leave the softmax out. */
function probabilities(scores) {
  const sum = scores.reduce((total, score) => total + score, 0);
  if (scores.every((score) => score >= 0) && Math.abs(sum - 1) < 0.1) return scores;
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const whole = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / whole);
}
