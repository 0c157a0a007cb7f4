// What Node.js and the page share: which words there are, and which of them a clip holds.
import { mfcc } from './features.js';

export const LABELS = [
  'down',
  'go',
  'left',
  'no',
  'off',
  'on',
  'right',
  'stop',
  'up',
  'yes',
  'silence',
  'unknown',
];

/**
 * @param {object} interpreter An Interpreter, or one in a worker.
 * @param {Float32Array} clip One second of mono sound at 16 kHz.
 * @returns {Promise<{ label: string, score: number }>}
 */
export async function spot(interpreter, clip) {
  // Real numbers in and out, whatever the model computes with.
  const [scores] = Object.values(await interpreter.run(mfcc(clip), { dequantize: true }));
  const best = scores.indexOf(Math.max(...scores));
  return { label: LABELS[best], score: scores[best] };
}

/** Refuses models that take something else, before they answer nonsense. */
export async function checkModel(interpreter) {
  const [input, ...others] = await interpreter.getInputDetails();
  if (others.length > 0 || input.shape.join() !== '1,49,10,1') {
    const shape = input.shape.join(', ');
    throw new Error(`this model takes [${shape}], not the [1, 49, 10, 1] of the keyword spotter`);
  }
}
