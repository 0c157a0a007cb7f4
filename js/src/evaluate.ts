import { OctoliteError } from './errors.js';
import { eachSample, noSamples } from './tasks.js';
import { isTypedArray, toReal, valuesByInput } from './tensor_data.js';
import type { AnyEngine } from './toolkit.js';
import type {
  ClassifierReport,
  Dataset,
  EvaluateOptions,
  EvaluateReport,
  Sample,
  TensorDetails,
  TensorInput,
} from './types.js';

const LISTED_CONFUSIONS = 10;
const LISTED_CLASSES = 5;

/** A classifier that is run sample by sample, and how well it does. */
class Classifier {
  readonly #engine: AnyEngine;
  readonly #handle: number;
  readonly #output: number;
  inputs: readonly TensorDetails[] = [];
  #details: TensorDetails | undefined;
  #top1 = 0;
  #top5 = 0;
  #classes = 0;
  /** By label and prediction. */
  readonly #counts = new Map<number, Map<number, number>>();

  private constructor(engine: AnyEngine, handle: number, output: number) {
    this.#engine = engine;
    this.#handle = handle;
    this.#output = output;
  }

  static async create(
    engine: AnyEngine,
    model: number,
    { arithmetic, signature, output = 0 }: EvaluateOptions,
  ): Promise<Classifier> {
    const handle = await engine.createInterpreter(model, { arithmetic, signature });
    const classifier = new Classifier(engine, handle, output);
    try {
      await engine.allocateTensors(handle);
      classifier.inputs = await engine.inputDetails(handle);
      const outputs =
        signature === undefined
          ? await engine.outputDetails(handle)
          : Object.values(await engine.signatureOutputDetails(handle, signature));
      classifier.#details = outputs[output];
      if (!classifier.#details) {
        throw new OctoliteError('INVALID_ARGUMENT', `the model has no output ${output}`);
      }
      return classifier;
    } catch (error) {
      await classifier.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.#engine.dispose(this.#handle);
  }

  /** The class of a sample, after counting how right it is. */
  async classify(sample: Sample, label: number, position: number): Promise<number> {
    const values = Object.values(await this.#engine.run(this.#handle, sample))[this.#output]!;
    const scores = toReal(values, this.#details!);
    this.#classes = scores.length;
    if (!Number.isInteger(label) || label < 0 || label >= scores.length) {
      throw new OctoliteError(
        'INVALID_ARGUMENT',
        `label ${label} of sample ${position} is not one of the ${scores.length} classes`,
      );
    }
    const rank = rankOf(scores, label);
    if (rank < 1) ++this.#top1;
    if (rank < 5) ++this.#top5;
    const predicted = rank < 1 ? label : largestOf(scores);
    const row = this.#counts.get(label) ?? new Map<number, number>();
    row.set(predicted, (row.get(predicted) ?? 0) + 1);
    this.#counts.set(label, row);
    return predicted;
  }

  report(samples: number): ClassifierReport {
    const confusions = [...this.#counts].flatMap(([label, row]) =>
      [...row].flatMap(([predicted, count]) =>
        predicted === label ? [] : [{ label, predicted, count }],
      ),
    );
    const classes = [...this.#counts].map(([label, row]) => ({
      label,
      samples: [...row.values()].reduce((sum, count) => sum + count, 0),
      correct: row.get(label) ?? 0,
    }));
    return {
      top1: this.#top1 / samples,
      ...(this.#classes > 5 && { top5: this.#top5 / samples }),
      correct: this.#top1,
      classes: this.#classes,
      confusions: confusions
        .sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted)
        .slice(0, LISTED_CONFUSIONS),
      worstClasses: classes
        .filter((one) => one.correct < one.samples)
        .sort((a, b) => a.correct / a.samples - b.correct / b.samples || a.label - b.label)
        .slice(0, LISTED_CLASSES),
    };
  }
}

/**
 * How many scores are ahead of the label's; of equal ones, those of lower classes are. A label that
 * is no class, or whose score is NaN, is behind all.
 */
export function rankOf(scores: Float32Array, label: number): number {
  const own = scores[label] ?? NaN;
  let ahead = 0;
  for (let i = 0; i < scores.length; ++i) {
    if (i !== label && !(scores[i]! < own || (scores[i] === own && i > label))) ++ahead;
  }
  return ahead;
}

/** The lowest of those with the largest score. */
function largestOf(scores: Float32Array): number {
  return scores.reduce((best, score, i) => (score > scores[best]! ? i : best), 0);
}

/** What a sample for one model is for another, whose inputs may be of other types. */
function convertSample(
  sample: Sample,
  from: readonly TensorDetails[],
  to: readonly TensorDetails[],
): TensorInput[] {
  return valuesByInput(sample, from).map((values, i) => {
    const [ours, theirs] = [from[i]!, to[i]];
    const same =
      ours.dtype === theirs?.dtype &&
      ours.quantization.scale === theirs.quantization.scale &&
      ours.quantization.zeroPoint === theirs.quantization.zeroPoint;
    const tag = Object.prototype.toString.call(values);
    if (same || !isTypedArray(values) || /Float(32|64)Array/.test(tag)) return values;
    return toReal(values, ours);
  });
}

/** Runs one classifier, or two at once, on labelled samples. */
export async function evaluateModels(
  engine: AnyEngine,
  model: number,
  against: number | undefined,
  data: Dataset,
  labels: ArrayLike<number>,
  options: EvaluateOptions,
): Promise<EvaluateReport> {
  const classifier = await Classifier.create(engine, model, options);
  let other: Classifier | undefined;
  let position = 0;
  let equal = 0;
  try {
    if (against !== undefined) other = await Classifier.create(engine, against, options);
    await eachSample(data, 'evaluate', { ...options, total: labels.length }, async (sample) => {
      const label = labels[position];
      if (label === undefined) {
        throw new OctoliteError(
          'INVALID_ARGUMENT',
          `there are more samples than the ${labels.length} labels`,
        );
      }
      const own = await classifier.classify(sample, label, position);
      if (other) {
        const converted = convertSample(sample, classifier.inputs, other.inputs);
        if ((await other.classify(converted, label, position)) === own) ++equal;
      }
      ++position;
    });
  } finally {
    await classifier.dispose();
    await other?.dispose();
  }
  if (position === 0) throw noSamples();
  if (position < labels.length) {
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `there are ${labels.length} labels but only ${position} samples`,
    );
  }
  const report = { samples: position, ...classifier.report(position) };
  if (!other) return report;
  const second = other.report(position);
  return {
    ...report,
    against: {
      ...second,
      agreement: equal / position,
      top1Drop: report.top1 - second.top1,
    },
  };
}
