import type { QuantizePlan } from './engine.js';
import { ErrorSum } from './error_sum.js';
import { OctoliteError, throwIfAborted } from './errors.js';
import type { OperatorPlan } from './recipe.js';
import { eachSample, firstSamples, noSamples } from './tasks.js';
import { toReal } from './tensor_data.js';
import type { AnyEngine } from './toolkit.js';
import type {
  Arithmetic,
  CalibrationStatistics,
  Dataset,
  OutputError,
  QuantizeReport,
  Sample,
  TaskOptions,
  TensorDetails,
} from './types.js';

export interface TrialOptions extends TaskOptions {
  /** The samples that errors are measured on; the first `samples` of them are kept in memory. */
  data: Dataset;
  /** Default 16. */
  samples?: number | undefined;
  arithmetic?: Arithmetic | undefined;
  signature?: string | undefined;
}

/** A model that was quantized in some way, measured against the float one. */
export interface Trial {
  /** By output of the model; those that are not numbers are left out. */
  readonly outputs: readonly OutputError[];
  readonly worstSqnrDb: number;
  readonly meanSqnrDb: number;
  /** Size of the file. */
  readonly bytes: number;
  readonly report: QuantizeReport;
}

/** Told of each sample: real values of an output of the float model, and of the quantized one. */
export type OutputVisitor = (output: number, reference: Float32Array, value: Float32Array) => void;

/**
 * Quantizes one model in many ways and measures what each does to the outputs. The float model runs
 * once a sample; of it, the outputs alone are kept.
 */
export class Trials {
  readonly #engine: AnyEngine;
  readonly #model: number;
  readonly #plan: QuantizePlan;
  readonly #statistics: CalibrationStatistics | null;
  readonly #options: TrialOptions;
  readonly #samples: Sample[] = [];
  /** By sample, by output; null for an output that is not numbers. */
  readonly #reference: (Float32Array | null)[][] = [];
  #outputs: readonly TensorDetails[] = [];

  private constructor(
    engine: AnyEngine,
    model: number,
    plan: QuantizePlan,
    statistics: CalibrationStatistics | null,
    options: TrialOptions,
  ) {
    this.#engine = engine;
    this.#model = model;
    this.#plan = { ...plan, inputType: 'float32', outputType: 'float32' };
    this.#statistics = statistics;
    this.#options = options;
  }

  /**
   * Runs the float model on the samples.
   * @param plan What else than the operators' plans is the same in all trials; inputs and outputs
   *     of the model stay as they are.
   */
  static async create(
    engine: AnyEngine,
    model: number,
    plan: QuantizePlan,
    statistics: CalibrationStatistics | null,
    options: TrialOptions,
  ): Promise<Trials> {
    const limit = options.samples ?? 16;
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new OctoliteError('INVALID_ARGUMENT', `'samples' is not a count of 1 or more`);
    }
    const trials = new Trials(engine, model, plan, statistics, options);
    const first = firstSamples(options.data, limit);
    await eachSample(first, 'compare', { ...options, onProgress: undefined }, (sample) => {
      trials.#samples.push(sample);
    });
    if (trials.#samples.length === 0) throw noSamples();
    await trials.#run(model, (values) => {
      trials.#reference.push(values);
    });
    return trials;
  }

  /** How many are used. */
  get samples(): number {
    return this.#samples.length;
  }

  /** As the float model has them. */
  get outputs(): readonly TensorDetails[] {
    return this.#outputs;
  }

  /** What the float model said of the samples, of one output. */
  referenceOf(output: number): readonly Float32Array[] {
    return this.#reference.flatMap((values) => values[output] ?? []);
  }

  /** Quantizes by these plans and measures. */
  async measure(
    operators: readonly (readonly OperatorPlan[])[],
    changes: Partial<Omit<QuantizePlan, 'operators'>> = {},
    visit?: OutputVisitor,
  ): Promise<Trial> {
    const plan = { ...this.#plan, ...changes, operators };
    const { bytes, report } = await this.#engine.quantize(this.#model, plan, this.#statistics);
    const size = bytes.byteLength;
    const candidate = await this.#engine.loadModelLike(this.#model, bytes);
    const sums = this.#outputs.map(() => new ErrorSum());
    try {
      let sample = 0;
      await this.#run(candidate, (values) => {
        const reference = this.#reference[sample++]!;
        values.forEach((value, i) => {
          const expected = reference[i];
          // Shapes that depend on data may differ: nothing can be compared then.
          if (!expected || value?.length !== expected.length) return;
          sums[i]!.add(expected, value);
          visit?.(i, expected, value);
        });
      });
    } finally {
      await this.#engine.dispose(candidate);
    }
    const outputs = this.#outputs.flatMap(({ name }, i) => {
      const summary = sums[i]!.summary();
      return summary.count > 0 ? [{ name, ...summary }] : [];
    });
    const all = outputs.map(({ sqnrDb }) => sqnrDb);
    if (all.length === 0) {
      throw new OctoliteError('INVALID_ARGUMENT', 'the model has no output that can be compared');
    }
    return {
      outputs,
      worstSqnrDb: Math.min(...all),
      meanSqnrDb: all.reduce((sum, one) => sum + one, 0) / all.length,
      bytes: size,
      report,
    };
  }

  async #run(model: number, use: (values: (Float32Array | null)[]) => void): Promise<void> {
    const engine = this.#engine;
    const { arithmetic, signature, signal } = this.#options;
    const handle = await engine.createInterpreter(model, { arithmetic, signature });
    try {
      await engine.allocateTensors(handle);
      await eachSample(this.#samples, 'compare', { signal }, async (sample) => {
        const values = await engine.runInOrder(handle, sample);
        const details = await engine.outputDetails(handle);
        if (this.#outputs.length === 0) this.#outputs = details;
        use(
          values.map((value, i) =>
            details[i]!.dtype === 'string' ? null : toReal(value, details[i]!),
          ),
        );
      });
      throwIfAborted(signal);
    } finally {
      await engine.dispose(handle);
    }
  }
}
