import { benchmarkModel } from './benchmark.js';
import { calibrateModel, type Places } from './calibration.js';
import { compareModels } from './compare.js';
import { withoutSignal } from './compress/pack.js';
import type {
  ClusteredWeights,
  ClusterOptions,
  CompandingName,
  CompandingOptions,
  CompandingReport,
  CompressResult,
  PackedConstant,
  PrunedWeights,
  PruneOptions,
} from './compress/types.js';
import type { Engine } from './engine.js';
import { throwIfAborted } from './errors.js';
import { evaluateModels } from './evaluate.js';
import { findMixedPrecision } from './mixed_precision.js';
import type { Model } from './model.js';
import { prepareQuantization, quantizeModel } from './quantize.js';
import { resolveRecipe } from './recipe.js';
import type { ByteSink, ByteSource } from './remote.js';
import { debugModel } from './report/debug.js';
import type { DebugOptions, DebugReport } from './report/types.js';
import { measureSensitivity } from './sensitivity.js';
import { quantizeStreamed } from './stream.js';
import { withEstimates } from './tasks.js';
import { Trials } from './trials.js';
import type {
  AutoOptions,
  AutoResult,
  BenchmarkOptions,
  BenchmarkReport,
  CalibrateOptions,
  CalibrationStatistics,
  CallOptions,
  CompareOptions,
  CompareReport,
  Dataset,
  EvaluateOptions,
  EvaluateReport,
  QuantizeOptions,
  QuantizeReport,
  QuantizeResult,
  QuantizeStreamOptions,
  SensitivityOptions,
  SensitivityReport,
  TaskOptions,
} from './types.js';

/** An Engine, here or in a worker. */
export type AnyEngine = {
  [K in keyof Engine]: Engine[K] extends (...args: infer A) => infer R
    ? (...args: A) => R | Promise<R>
    : never;
};

/**
 * The tasks that are going on. They work with handles; what they refer to besides, models above all,
 * must not be collected meanwhile, and freed with that.
 */
const going = new Set<unknown>();

/**
 * The long tasks. They go sample by sample and let others work in between, so that they can be
 * watched and stopped; the same code drives an engine here and one in a worker.
 */
export abstract class Toolkit {
  /** @internal */
  protected abstract readonly engine: AnyEngine;

  /**
   * Where a model is, for tasks that can be shared out among several engines.
   * @internal
   */
  protected places(model: Model): Places | Promise<Places> {
    return [{ engine: this.engine, model: model.handleFor(this) }];
  }

  /**
   * Runs what can be aborted.
   * @internal
   */
  protected async task<O extends TaskOptions, T>(
    options: O,
    run: (options: O) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(options.signal);
    going.add(run);
    try {
      return await run(withEstimates(options));
    } finally {
      going.delete(run);
    }
  }

  /**
   * Runs the float model on samples and notes the ranges of all activations.
   * @throws OctoliteError as createInterpreter, and for samples that do not fit the inputs.
   */
  async calibrate(
    model: Model,
    data: Dataset,
    options: CalibrateOptions = {},
  ): Promise<CalibrationStatistics> {
    return this.task(options, async (task) => calibrateModel(await this.places(model), data, task));
  }

  /**
   * Makes a quantized copy of a float model.
   * @throws OctoliteError NOT_CALIBRATED when the recipe is static and nothing to calibrate with was
   * given, ALREADY_QUANTIZED, INVALID_RECIPE.
   */
  async quantize(model: Model, options: QuantizeOptions): Promise<QuantizeResult> {
    return this.task(options, async (task) => quantizeModel(await this.places(model), task));
  }

  /**
   * Makes a copy of a model whose weights of least magnitude are 0. They stay it when the model is
   * quantized, and the file compresses better; what share it bears, evaluate says.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  async prune(model: Model, options: PruneOptions): Promise<CompressResult<PrunedWeights>> {
    return this.task(options, async () =>
      this.#changed(await this.engine.prune(model.handleFor(this), withoutSignal(options))),
    );
  }

  /**
   * Makes a copy of a model, float or quantized, whose weights take few different values: a
   * codebook of least squared error for each tensor or channel. Any runtime takes it as it is, and
   * the file compresses well.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  async cluster(model: Model, options: ClusterOptions): Promise<CompressResult<ClusteredWeights>> {
    return this.task(options, async () =>
      this.#changed(await this.engine.cluster(model.handleFor(this), withoutSignal(options))),
    );
  }

  async #changed<T>(changed: { model: number; tensors: readonly T[] }): Promise<CompressResult<T>> {
    try {
      return { bytes: await this.engine.writeModel(changed.model), tensors: changed.tensors };
    } finally {
      await this.engine.dispose(changed.model);
    }
  }

  /**
   * Writes a model for tflite-micro: constants that the operators with support read become indices
   * of 1 to 7 bits into tables of their values, where that is smaller. Cluster the weights of an
   * int8 model first. LiteRT cannot run such a file; loadModel reads it as any other.
   * @throws OctoliteError INVALID_ARGUMENT when no constant can be packed.
   */
  async compressForMicro(
    model: Model,
    options: CallOptions = {},
  ): Promise<CompressResult<PackedConstant>> {
    return this.task(options, async () => this.engine.compressForMicro(model.handleFor(this)));
  }

  /** The model as an ordinary file: of one for tflite-micro, with its constants unpacked. */
  async decompress(model: Model, options: CallOptions = {}): Promise<Uint8Array> {
    return this.task(options, async () => this.engine.writeModel(model.handleFor(this)));
  }

  /**
   * Whether weights were better stored on a grid that is not linear: what a linear grid, powers of
   * two, mu-law, sigmoid and a free table cost each tensor at the same number of bits.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  async analyzeCompanding(
    model: Model,
    options: CompandingOptions = {},
  ): Promise<CompandingReport> {
    return this.task(options, async () =>
      this.engine.analyzeCompanding(model.handleFor(this), withoutSignal(options)),
    );
  }

  /**
   * The levels of a grid for numbers in [-1, 1], as analyzeCompanding has them.
   * @param parameter Of mu_law and sigmoid: mu and the slope.
   */
  async compandingLevels(
    name: Exclude<CompandingName, 'clipped' | 'kmeans'>,
    bits: number,
    parameter = 1,
    options: CallOptions = {},
  ): Promise<number[]> {
    return this.task(options, async () => this.engine.compandingLevels(name, bits, parameter));
  }

  /** At most `clusters` numbers of least squared distance to the values: k-means, ascending. */
  async codebook(
    values: ArrayLike<number>,
    clusters: number,
    options: CallOptions = {},
  ): Promise<number[]> {
    return this.task(options, async () => this.engine.codebook(values, clusters));
  }

  /**
   * As quantize, for files that are larger than the memory: reads the model twice, piece by piece,
   * and writes what becomes of it as it is made. Clipped weights (MSE, OCTAV) need the largest tensor
   * in memory; else a few MB do.
   * @param source A Blob or File, in a worker; or anything that reads at once, in this thread.
   * @param sink Closed at the end, or aborted, when it is a stream.
   * @throws OctoliteError INVALID_RECIPE for static recipes, UNSUPPORTED_MODEL for 2 GB and more,
   * which is before anything is read; else as loadModel and quantize.
   */
  async quantizeStream(
    source: Blob | ByteSource,
    sink: WritableStream<Uint8Array> | ByteSink,
    options: QuantizeStreamOptions,
  ): Promise<QuantizeReport> {
    return this.task(options, (task) => quantizeStreamed(this.engine, source, sink, task));
  }

  /**
   * Quantizes a float model statically, each operator as exactly as a budget needs: int8 (int4 where
   * allowed), 16-bit activations, or float. Which, is found by measuring, and so is what comes out.
   * @throws OctoliteError as quantize. A budget that cannot be kept is none: see `auto.reached`.
   */
  async quantizeAuto(model: Model, options: AutoOptions): Promise<AutoResult> {
    return this.task(options, (task) => this.#quantizeAuto(model, task));
  }

  async #quantizeAuto(model: Model, options: AutoOptions): Promise<AutoResult> {
    const handle = model.handleFor(this);
    const asked = { ...options, recipe: 'static_wi8_ai8' };
    const places = await this.places(model);
    const { inspection, plan, statistics } = await prepareQuantization(places, asked);
    const trials = await Trials.create(this.engine, handle, plan, statistics, options);
    const { operators, report: auto } = await findMixedPrecision(trials, inspection, {
      budget: options.budget,
      levels: [
        ...(options.int4 ? (['static_wi4_ai8'] as const) : []),
        'static_wi8_ai8',
        'static_wi8_ai16',
        'float',
      ],
      keepFloat: options.keepFloat ?? [],
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const result = await this.engine.quantize(handle, { ...plan, operators }, statistics);
    return { ...result, ...(statistics && { statistics }), auto };
  }

  /**
   * Measures what each operator's quantization does to the outputs of the model: quantizes it anew
   * for each operator and compares with the float model on the same samples.
   * @throws OctoliteError as quantize.
   */
  async sensitivity(model: Model, options: SensitivityOptions): Promise<SensitivityReport> {
    return this.task(options, (task) => this.#sensitivity(model, task));
  }

  async #sensitivity(model: Model, options: SensitivityOptions): Promise<SensitivityReport> {
    const places = await this.places(model);
    const { inspection, plan, statistics } = await prepareQuantization(places, options);
    const handle = model.handleFor(this);
    const trials = await Trials.create(this.engine, handle, plan, statistics, options);
    const float = resolveRecipe([], inspection).operators;
    return measureSensitivity(trials, inspection, plan.operators, float, {
      ...options,
      mode: options.mode ?? 'only',
    });
  }

  /**
   * Finds where the error of a quantized model comes from: quantizes each operator alone, then all
   * of them one after the other, and tries what could help.
   * @throws OctoliteError as quantize.
   */
  async debug(model: Model, options: DebugOptions): Promise<DebugReport> {
    return this.task(options, (task) => this.#debug(model, task));
  }

  async #debug(model: Model, options: DebugOptions): Promise<DebugReport> {
    const places = await this.places(model);
    const { inspection, plan, statistics } = await prepareQuantization(places, options);
    const handle = model.handleFor(this);
    return debugModel({
      trials: await Trials.create(this.engine, handle, plan, statistics, options),
      inspection,
      quantized: plan.operators,
      float: resolveRecipe([], inspection).operators,
      statistics,
      suggest: options.suggest ?? true,
      observer: options.observer,
      planWith: async (observer) => {
        const calibration = statistics ?? undefined;
        const changed = { ...options, ...observer, calibration };
        return (await prepareQuantization(places, changed)).plan;
      },
      signal: options.signal,
      onProgress: options.onProgress,
    });
  }

  /**
   * Feeds two models the same samples and says how far apart their outputs are, as real numbers.
   * Samples are given as for model `a`, which is the reference.
   */
  async compare(
    a: Model,
    b: Model,
    data: Dataset,
    options: CompareOptions = {},
  ): Promise<CompareReport> {
    return this.task(options, async (task) =>
      compareModels(this.engine, a.handleFor(this), b.handleFor(this), data, task),
    );
  }

  /**
   * How often a classifier is right on labelled samples; of two, also how often they agree.
   * @param labels The class of each sample, in the same order.
   */
  async evaluate(
    model: Model,
    data: Dataset,
    labels: ArrayLike<number>,
    options: EvaluateOptions = {},
  ): Promise<EvaluateReport> {
    return this.task(options, async (task) => {
      const others = task.against && (await this.places(task.against));
      const places = (await this.places(model)).slice(0, others?.length);
      const pairs = places.map((place, i) => ({ ...place, against: others?.[i]?.model }));
      return evaluateModels(pairs, data, labels, task);
    });
  }

  /** How long a run takes. */
  async benchmark(model: Model, options: BenchmarkOptions = {}): Promise<BenchmarkReport> {
    return this.task(options, async (task) =>
      benchmarkModel(this.engine, model.handleFor(this), model.byteLength, task),
    );
  }
}
