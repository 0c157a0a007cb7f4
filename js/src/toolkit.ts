import { calibrateOne, calibrateSignatures } from './calibration.js';
import type { Engine, QuantizePlan } from './engine.js';
import { packQuantized, withoutSignal } from './compress/pack.js';
import type {
  ClusteredWeights,
  ClusterOptions,
  CompandingName,
  CompandingOptions,
  CompandingReport,
  CompressionReport,
  CompressResult,
  PackedConstant,
  PrunedWeights,
  PruneOptions,
} from './compress/types.js';
import { OctoliteError, throwIfAborted } from './errors.js';
import { evaluateModels } from './evaluate.js';
import { randomSample } from './data/random.js';
import { Model } from './model.js';
import { asksForRounding, needsCalibration, resolveRecipe, toRules } from './recipe.js';
import { openSink, type ByteSink, type ByteSource, type Output } from './remote.js';
import { debugModel } from './report/debug.js';
import type { DebugOptions, DebugReport } from './report/types.js';
import { findMixedPrecision } from './mixed_precision.js';
import { measureSensitivity } from './sensitivity.js';
import { restrictToTarget } from './targets.js';
import { checkStatistics, looksLikeStatistics } from './statistics.js';
import {
  equalizeModel,
  reconstruct,
  splitSamples,
  recoveryData,
  recoveryPasses,
  type Recovery,
} from './recover.js';
import { eachSample, noSamples, pauser } from './tasks.js';
import { Trials } from './trials.js';
import type {
  AutoOptions,
  AutoResult,
  BenchmarkOptions,
  BenchmarkReport,
  CalibrateOptions,
  CalibrationStatistics,
  CompareOptions,
  CompareReport,
  Dataset,
  EvaluateOptions,
  EvaluateReport,
  Inspection,
  QuantizeOptions,
  QuantizeReport,
  QuantizeResult,
  QuantizeStreamOptions,
  Sample,
  SensitivityOptions,
  SensitivityReport,
  TargetMisfit,
  TaskOptions,
} from './types.js';

const STREAM_CHUNK_BYTES = 1 << 20;

/** An Engine, here or in a worker. */
export type AnyEngine = {
  [K in keyof Engine]: Engine[K] extends (...args: infer A) => infer R
    ? (...args: A) => R | Promise<R>
    : never;
};

const OBSERVERS_TO_TRY = [
  { observer: 'percentile', percentile: 99.99 },
  { observer: 'percentile', percentile: 99.9 },
  { observer: 'mse' },
  { observer: 'entropy' },
] as const;

const OF_ANOTHER_MODEL =
  'the calibration statistics are of another model, or of this one with other weights: ' +
  'calibrate again unless the activations are the same';

/** @internal */
export interface PreparedQuantization {
  readonly inspection: Inspection;
  readonly plan: QuantizePlan;
  /** Null where the recipe needs none. */
  readonly statistics: CalibrationStatistics | null;
  /** Operators that do not fit the target. */
  readonly misfits: readonly TargetMisfit[] | undefined;
}

/**
 * The long tasks. They go sample by sample and let others work in between, so that they can be
 * watched and stopped; the same code drives an engine here and one in a worker.
 */
export abstract class Toolkit {
  /** @internal */
  protected abstract readonly engine: AnyEngine;

  /**
   * Runs the float model on samples and notes the ranges of all activations.
   * @throws OctoliteError as createInterpreter, and for samples that do not fit the inputs.
   */
  async calibrate(
    model: Model,
    data: Dataset,
    options: CalibrateOptions = {},
  ): Promise<CalibrationStatistics> {
    const { engine } = this;
    throwIfAborted(options.signal);
    const run = options.signature === '*' ? calibrateSignatures : calibrateOne;
    return run(engine, model.handleFor(this), data, options);
  }

  /**
   * Makes a quantized copy of a float model.
   * @throws OctoliteError NOT_CALIBRATED when the recipe is static and nothing to calibrate with was
   * given, ALREADY_QUANTIZED, INVALID_RECIPE.
   */
  async quantize(model: Model, options: QuantizeOptions): Promise<QuantizeResult> {
    const { engine } = this;
    throwIfAborted(options.signal);
    const { prune } = options;
    if (prune === undefined) return this.#recoverAndQuantize(model, options, {});
    const { model: handle, tensors } = await engine.prune(
      model.handleFor(this),
      typeof prune === 'number' ? { share: prune } : withoutSignal(prune),
    );
    try {
      const pruned = new Model(this, handle, model.byteLength, () => undefined);
      return await this.#recoverAndQuantize(pruned, options, { pruned: tensors });
    } finally {
      await engine.dispose(handle);
    }
  }

  async #recoverAndQuantize(
    model: Model,
    options: QuantizeOptions,
    compression: CompressionReport,
  ): Promise<QuantizeResult> {
    const rounding = asksForRounding(toRules(options.recipe)) ? (['rounding'] as const) : undefined;
    const passes = recoveryPasses(options.recover ?? rounding);
    if (!passes) return this.#quantizeAndPack(model, options, compression, null);
    const all = recoveryData(options, passes);
    const plain = await this.#quantizeAndPack(model, options, compression, null);
    const data = { [Symbol.asyncIterator]: () => splitSamples(all, false) };
    const recovered = await this.#recovered(model, options, compression, { passes, data }, plain);
    return this.#better(model, plain, recovered, all, options);
  }

  async #recovered(
    model: Model,
    options: QuantizeOptions,
    compression: CompressionReport,
    { passes, data }: Pick<Recovery, 'passes' | 'data'>,
    { statistics }: QuantizeResult,
  ): Promise<QuantizeResult> {
    if (!passes.equalize && !passes.smooth) {
      // The ranges are those that the plain model was made with.
      const known = statistics ? { ...options, calibration: statistics } : options;
      return this.#quantizeAndPack(model, known, compression, { passes, data, tensors: [] });
    }
    const { engine } = this;
    const handle = model.handleFor(this);
    const { model: equal, tensors } = await equalizeModel(engine, handle, passes, data, options);
    try {
      const equalized = new Model(this, equal, model.byteLength, () => undefined);
      const recovery = { passes, data, tensors };
      const result = await this.#quantizeAndPack(equalized, options, compression, recovery);
      // Its statistics are none of the model that the caller has.
      return { bytes: result.bytes, report: result.report };
    } finally {
      await engine.dispose(equal);
    }
  }

  /** Few samples can mislead the passes: the recovered model, if it is nearer to the float one. */
  async #better(
    float: Model,
    plain: QuantizeResult,
    recovered: QuantizeResult,
    data: Dataset,
    options: QuantizeOptions,
  ): Promise<QuantizeResult> {
    const judges: Sample[] = [];
    for await (const sample of splitSamples(data, true)) judges.push(sample);
    if (judges.length === 0) return recovered;
    const worst = async ({ bytes }: QuantizeResult): Promise<number> => {
      const handle = await this.engine.loadModel(bytes);
      try {
        const quantized = new Model(this, handle, bytes.byteLength, () => undefined);
        const task = { signal: options.signal, onProgress: options.onProgress };
        const { outputs } = await this.compare(float, quantized, judges, task);
        return Math.min(...outputs.map(({ sqnrDb }) => sqnrDb));
      } finally {
        await this.engine.dispose(handle);
      }
    };
    const [plainSqnrDb, sqnrDb] = [await worst(plain), await worst(recovered)];
    const kept = sqnrDb >= plainSqnrDb;
    const verdict = { samples: judges.length, plainSqnrDb, sqnrDb, kept };
    const taken = kept ? recovered : plain;
    const recovery = { tensors: [], layers: [], ...taken.report.recovery, verdict };
    return { ...taken, report: { ...taken.report, recovery } };
  }

  async #quantizeAndPack(
    model: Model,
    options: QuantizeOptions,
    compression: CompressionReport,
    recovery: Recovery | null,
  ): Promise<QuantizeResult> {
    const { engine } = this;
    const handle = model.handleFor(this);
    const { plan, statistics, misfits } = await this.prepareQuantization(model, options);
    options.onProgress?.({ stage: 'quantize', done: 0, total: 1 });
    const { bytes, report } = await engine.quantize(handle, plan, statistics);
    throwIfAborted(options.signal);
    let quantized = { bytes, report: misfits ? { ...report, misfits } : report };
    if (recovery) quantized = await reconstruct(engine, handle, quantized, recovery, options);
    const result = await packQuantized(engine, quantized, options, compression);
    options.onProgress?.({ stage: 'quantize', done: 1, total: 1 });
    if (!statistics) return result;
    const { model: origin } = statistics;
    if (origin === undefined || origin === (await engine.modelFingerprint(handle))) {
      return { ...result, statistics };
    }
    const warnings = [...result.report.warnings, OF_ANOTHER_MODEL];
    return { ...result, report: { ...result.report, warnings }, statistics };
  }

  /**
   * Makes a copy of a model whose weights of least magnitude are 0. They stay it when the model is
   * quantized, and the file compresses better; what share it bears, evaluate says.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  async prune(model: Model, options: PruneOptions): Promise<CompressResult<PrunedWeights>> {
    throwIfAborted(options.signal);
    return this.#changed(await this.engine.prune(model.handleFor(this), withoutSignal(options)));
  }

  /**
   * Makes a copy of a model, float or quantized, whose weights take few different values: a
   * codebook of least squared error for each tensor or channel. Any runtime takes it as it is, and
   * the file compresses well.
   * @throws OctoliteError INVALID_ARGUMENT.
   */
  async cluster(model: Model, options: ClusterOptions): Promise<CompressResult<ClusteredWeights>> {
    throwIfAborted(options.signal);
    return this.#changed(await this.engine.cluster(model.handleFor(this), withoutSignal(options)));
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
  async compressForMicro(model: Model): Promise<CompressResult<PackedConstant>> {
    return this.engine.compressForMicro(model.handleFor(this));
  }

  /** The model as an ordinary file: of one for tflite-micro, with its constants unpacked. */
  async decompress(model: Model): Promise<Uint8Array> {
    return this.engine.writeModel(model.handleFor(this));
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
    throwIfAborted(options.signal);
    return this.engine.analyzeCompanding(model.handleFor(this), withoutSignal(options));
  }

  /**
   * The levels of a grid for numbers in [-1, 1], as analyzeCompanding has them.
   * @param parameter Of mu_law and sigmoid: mu and the slope.
   */
  async compandingLevels(
    name: Exclude<CompandingName, 'clipped' | 'kmeans'>,
    bits: number,
    parameter = 1,
  ): Promise<number[]> {
    return this.engine.compandingLevels(name, bits, parameter);
  }

  /** At most `clusters` numbers of least squared distance to the values: k-means, ascending. */
  async codebook(values: ArrayLike<number>, clusters: number): Promise<number[]> {
    return this.engine.codebook(values, clusters);
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
    const { engine } = this;
    throwIfAborted(options.signal);
    const rules = toRules(options.recipe);
    const model = await engine.openRemoteModel(source);
    try {
      if (needsCalibration(rules)) {
        throw new OctoliteError(
          'INVALID_RECIPE',
          'static quantization needs the model in memory as a whole',
          { hint: 'use loadModel and quantize, or a dynamic, weight-only or float16 recipe' },
        );
      }
      const inspection = await engine.inspectRemote(model);
      const { operators } = resolveRecipe(rules, inspection, options.keepFloat);
      options.onProgress?.({ stage: 'quantize', done: 0, total: 1 });
      const { file, byteLength, report } = await engine.quantizeRemote(model, {
        operators,
        inputType: 'float32',
        outputType: 'float32',
        observer: 'min_max',
        percentile: 99.99,
      });
      try {
        await this.#pour(file, byteLength, openSink(sink), options);
      } finally {
        await engine.dispose(file);
      }
      return report;
    } finally {
      await engine.dispose(model);
    }
  }

  async #pour(file: number, size: number, output: Output, options: TaskOptions): Promise<void> {
    const pause = pauser();
    try {
      for (let done = 0; done < size; done += STREAM_CHUNK_BYTES) {
        throwIfAborted(options.signal);
        options.onProgress?.({ stage: 'quantize', done, total: size });
        const count = Math.min(STREAM_CHUNK_BYTES, size - done);
        await output.write(await this.engine.readRemote(file, done, count));
        await pause();
      }
      throwIfAborted(options.signal);
      await output.close();
      options.onProgress?.({ stage: 'quantize', done: size, total: size });
    } catch (error) {
      await output.abort(error);
      throw error;
    }
  }

  /**
   * A recipe applied to a model, and the statistics that it needs.
   * @internal
   */
  protected async prepareQuantization(
    model: Model,
    options: QuantizeOptions & { signature?: string | undefined },
  ): Promise<PreparedQuantization> {
    const rules = toRules(options.recipe);
    const inspection = await this.engine.inspect(model.handleFor(this));
    const resolved = resolveRecipe(rules, inspection, options.keepFloat);
    const { calibration } = options;
    let statistics: CalibrationStatistics | null = null;
    if (needsCalibration(rules) && inspection.quantizable) {
      if (isStatistics(calibration)) {
        checkStatistics(calibration);
        statistics = calibration;
      } else if (calibration) {
        statistics = await this.calibrate(model, calibration, options);
      }
    }
    const edges = {
      inputType: options.inputType ?? resolved.inputType ?? 'float32',
      outputType: options.outputType ?? resolved.outputType ?? 'float32',
    };
    const { target } = options;
    const restricted = target
      ? restrictToTarget(target, resolved.operators, inspection, edges)
      : undefined;
    const plan = {
      operators: restricted?.operators ?? resolved.operators,
      ...edges,
      observer: options.observer ?? 'min_max',
      percentile: options.percentile ?? 99.99,
    };
    return { inspection, plan, statistics, misfits: restricted?.misfits };
  }

  /**
   * Quantizes a float model statically, each operator as exactly as a budget needs: int8 (int4 where
   * allowed), 16-bit activations, or float. Which, is found by measuring, and so is what comes out.
   * @throws OctoliteError as quantize. A budget that cannot be kept is none: see `auto.reached`.
   */
  async quantizeAuto(model: Model, options: AutoOptions): Promise<AutoResult> {
    throwIfAborted(options.signal);
    const { inspection, plan, statistics } = await this.prepareQuantization(model, {
      ...options,
      recipe: 'static_wi8_ai8',
    });
    const handle = model.handleFor(this);
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
    throwIfAborted(options.signal);
    const { inspection, plan, statistics } = await this.prepareQuantization(model, options);
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
    throwIfAborted(options.signal);
    const { inspection, plan, statistics } = await this.prepareQuantization(model, options);
    const handle = model.handleFor(this);
    return debugModel({
      trials: await Trials.create(this.engine, handle, plan, statistics, options),
      inspection,
      quantized: plan.operators,
      float: resolveRecipe([], inspection).operators,
      statistics,
      suggest: options.suggest ?? true,
      observers: OBSERVERS_TO_TRY.filter(({ observer }) => observer !== options.observer),
      planWith: async (observer) => {
        const calibration = statistics ?? undefined;
        const changed = { ...options, ...observer, calibration };
        return (await this.prepareQuantization(model, changed)).plan;
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
    const { engine } = this;
    throwIfAborted(options.signal);
    const perLayer = options.perLayer ?? false;
    const handle = await engine.createComparer(a.handleFor(this), b.handleFor(this), {
      arithmetic: options.arithmetic ?? 'litert',
      perLayer,
      signature: options.signature,
    });
    try {
      const samples = await eachSample(data, 'compare', options, (sample) =>
        engine.compareSample(handle, sample),
      );
      if (samples === 0) throw noSamples();
      return await engine.compareReport(handle, perLayer);
    } finally {
      await engine.dispose(handle);
    }
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
    throwIfAborted(options.signal);
    const against = options.against?.handleFor(this);
    return evaluateModels(this.engine, model.handleFor(this), against, data, labels, options);
  }

  /** How long a run takes. */
  async benchmark(model: Model, options: BenchmarkOptions = {}): Promise<BenchmarkReport> {
    const { engine } = this;
    throwIfAborted(options.signal);
    const runs = countOption(options.runs, 30, 1, 'runs');
    const warmup = countOption(options.warmup, 3, 0, 'warmup');
    const { arithmetic, signature } = options;
    const handle = await engine.createInterpreter(model.handleFor(this), { arithmetic, signature });
    try {
      await engine.allocateTensors(handle);
      const inputs = await engine.inputDetails(handle);
      await engine.run(handle, options.sample ?? randomSample(inputs, 1));
      const pause = pauser();
      const times: number[] = [];
      for (let i = 0; i < warmup + runs; ++i) {
        throwIfAborted(options.signal);
        const ms = await engine.timeInvoke(handle);
        if (i >= warmup) times.push(ms);
        options.onProgress?.({ stage: 'benchmark', done: i + 1, total: warmup + runs });
        await pause();
      }
      const report = {
        ...summary(times),
        ...(await engine.planFacts(handle)),
        fileBytes: model.byteLength,
        memoryBytes: (await engine.runtimeInfo()).memoryBytes,
      };
      if (!options.profile) return report;

      // Apart, because looking at the clock between operators takes time too.
      await engine.setProfiling(handle, true);
      const profiled = Math.min(runs, 10);
      for (let i = 0; i < profiled; ++i) {
        throwIfAborted(options.signal);
        await engine.timeInvoke(handle);
        await pause();
      }
      const operators = await engine.profile(handle);
      const sum = operators.reduce((total, { ms }) => total + ms, 0);
      return {
        ...report,
        operators: operators.map(({ ms, ...operator }) => ({
          ...operator,
          ms: ms / profiled,
          share: sum > 0 ? ms / sum : 0,
        })),
      };
    } finally {
      await engine.dispose(handle);
    }
  }
}

function isStatistics(
  calibration: Dataset | CalibrationStatistics | undefined,
): calibration is CalibrationStatistics {
  return looksLikeStatistics(calibration);
}

function countOption(value: number | undefined, fallback: number, least: number, name: string) {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new OctoliteError('INVALID_ARGUMENT', `'${name}' is not a count of ${least} or more`);
}

function summary(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const runs = sorted.length;
  const mean = sorted.reduce((sum, ms) => sum + ms, 0) / runs;
  const middle = (sorted[(runs - 1) >> 1]! + sorted[runs >> 1]!) / 2;
  const variance = sorted.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / runs;
  const at = (share: number) => sorted[Math.round(share * (runs - 1))]!;
  return {
    runs,
    medianMs: middle,
    quartilesMs: [at(0.25), at(0.75)] as const,
    meanMs: mean,
    minMs: sorted[0]!,
    maxMs: sorted[runs - 1]!,
    stdMs: Math.sqrt(variance),
  };
}
