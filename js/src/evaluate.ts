import { OctoliteError } from './errors.js';
import { allEnded, noSamples, shareSamples, type UseSample } from './tasks.js';
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

/** How often a classifier was right. */
class Tally {
  #top1 = 0;
  #top5 = 0;
  #classes = 0;
  /** By label and prediction. */
  readonly #counts = new Map<number, Map<number, number>>();

  /** Counts how right the scores of a sample are; the class that they say. */
  add(scores: Float32Array, label: number, position: number): number {
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

/** A classifier that is run sample by sample. */
class Classifier {
  readonly #engine: AnyEngine;
  readonly #handle: number;
  readonly #tally: Tally;
  readonly #output: number;
  inputs: readonly TensorDetails[] = [];
  #details: TensorDetails | undefined;

  private constructor(engine: AnyEngine, handle: number, tally: Tally, output: number) {
    this.#engine = engine;
    this.#handle = handle;
    this.#tally = tally;
    this.#output = output;
  }

  static async create(
    engine: AnyEngine,
    model: number,
    tally: Tally,
    { arithmetic, signature, output = 0 }: EvaluateOptions,
  ): Promise<Classifier> {
    const handle = await engine.createInterpreter(model, { arithmetic, signature });
    const classifier = new Classifier(engine, handle, tally, output);
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
    return this.#tally.add(toReal(values, this.#details!), label, position);
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

/** Models in an engine. The same ones in several engines share the samples out among them. */
export interface EvaluationPlace {
  readonly engine: AnyEngine;
  readonly model: number;
  readonly against: number | undefined;
}

/** Runs one classifier, or two at once, on labelled samples. */
export async function evaluateModels(
  places: readonly EvaluationPlace[],
  data: Dataset,
  labels: ArrayLike<number>,
  options: EvaluateOptions,
): Promise<EvaluateReport> {
  const [tally, otherTally] = [new Tally(), new Tally()];
  const classifiers: Classifier[] = [];
  const start = async (engine: AnyEngine, model: number, counts: Tally): Promise<Classifier> => {
    const classifier = await Classifier.create(engine, model, counts, options);
    classifiers.push(classifier);
    return classifier;
  };
  let equal = 0;
  let samples: number;
  try {
    const users = await allEnded(
      places.map(async ({ engine, model, against }): Promise<UseSample> => {
        const classifier = await start(engine, model, tally);
        const other = against === undefined ? null : await start(engine, against, otherTally);
        return async (sample, position) => {
          const label = labels[position];
          if (label === undefined) {
            throw new OctoliteError(
              'INVALID_ARGUMENT',
              `there are more samples than the ${labels.length} labels`,
            );
          }
          const own = await classifier.classify(sample, label, position);
          if (!other) return;
          const converted = convertSample(sample, classifier.inputs, other.inputs);
          if ((await other.classify(converted, label, position)) === own) ++equal;
        };
      }),
    );
    const task = { ...options, total: labels.length };
    samples = await shareSamples(data, 'evaluate', task, users);
  } finally {
    await allEnded(classifiers.map((classifier) => classifier.dispose()));
  }
  if (samples === 0) throw noSamples();
  if (samples < labels.length) {
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `there are ${labels.length} labels but only ${samples} samples`,
    );
  }
  const report = { samples, ...tally.report(samples) };
  if (options.against === undefined) return report;
  const second = otherTally.report(samples);
  return {
    ...report,
    against: {
      ...second,
      agreement: equal / samples,
      top1Drop: report.top1 - second.top1,
    },
  };
}
