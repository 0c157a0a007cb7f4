import { statsOf } from '../../data/look.js';
import { softmax } from '../numbers.js';
import { maker, squeeze, type Adapter, type Task } from './adapter.js';

const MOST_CLASSES = 25_000;
/** Vectors of features mostly have such sizes. */
const FEATURES = 64;

/** Whether values are scores already: shares of one, or each between 0 and 1 on its own. */
function areScores(values: Float32Array, madeBy: string): boolean {
  if (madeBy === 'SOFTMAX' || madeBy === 'LOGISTIC') return true;
  const { min, max, mean } = statsOf(values);
  return min >= -0.01 && max <= 1.01 && Math.abs(mean * values.length - 1) < 0.05;
}

/** One score for each class: pictures, keywords, sounds, texts. */
export const classification: Adapter = {
  id: 'classification',
  looksLike: (task: Task) => {
    const [output, another] = task.outputs;
    if (!output || another) return false;
    const [count, more] = squeeze(output.shape);
    if (!count || more || count > MOST_CLASSES) return false;
    if (task.inputs[0]?.shape.join() === output.shape.join()) return false;
    const madeBy = maker(task, 0);
    if (madeBy === 'SOFTMAX' || madeBy === 'LOGISTIC' || count === task.names) return true;
    return count % FEATURES !== 0 && (madeBy === 'FULLY_CONNECTED' || madeBy === 'CONV_2D');
  },
  read: ([output], task) => {
    if (!output || output.values.length < 2 || output.values.length > MOST_CLASSES) return null;
    // The float model tells for both, so that they are read alike.
    const softmaxed = !areScores(task.outputs[0]!.values, maker(task, 0));
    return {
      kind: 'scores',
      values: softmaxed ? softmax(output.values) : output.values,
      softmaxed,
    };
  },
};
