import type { BenchmarkReport, CalibrationStatistics, EvaluateReport, Model } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { loadModel } from '../../engine.js';
import type { DataPlan } from '../data/plan.js';
import type { OpenModel } from '../open/state.js';

/** What was found with the samples of a plan. */
interface Found<Value> {
  readonly plan: DataPlan;
  readonly value: Value;
}

/** What is known of a float model, so that another recipe does not ask for it again. */
export class Session {
  readonly open: OpenModel;
  /** How fast it runs. */
  latency: BenchmarkReport | null = null;
  #statistics: Found<CalibrationStatistics> | null = null;
  #accuracy: Found<EvaluateReport> | null = null;
  #loaded: { readonly worker: OctoliteWorker; readonly model: Model } | null = null;

  constructor(open: OpenModel) {
    this.open = open;
  }

  /** The model in a worker; loaded again when the one that had it is not the one that works. */
  async floatModel(worker: OctoliteWorker): Promise<Model> {
    if (this.#loaded?.worker !== worker) {
      this.dispose();
      this.#loaded = { worker, model: await loadModel(worker, this.open.bytes) };
    }
    return this.#loaded.model;
  }

  /** What calibration saw of the samples of a plan; null when it has not been. */
  statisticsOf(plan: DataPlan): CalibrationStatistics | null {
    return this.#statistics?.plan === plan ? this.#statistics.value : null;
  }

  keepStatistics(plan: DataPlan, value: CalibrationStatistics): void {
    this.#statistics = { plan, value };
  }

  /** How often the model is right about the samples of a plan. */
  accuracyOf(plan: DataPlan): EvaluateReport | null {
    return this.#accuracy?.plan === plan ? this.#accuracy.value : null;
  }

  keepAccuracy(plan: DataPlan, value: EvaluateReport): void {
    this.#accuracy = { plan, value };
  }

  /** Frees the model in its worker; what was found stays. */
  dispose(): void {
    this.#loaded?.model.dispose();
    this.#loaded = null;
  }
}
