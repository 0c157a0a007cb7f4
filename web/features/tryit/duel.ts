import type { Sample, TensorDetails, TensorInput, TensorValues } from 'octolite';
import type { OctoliteWorker, WorkerInterpreter } from 'octolite/worker';
import { EngineSlot, loadModel } from '../../engine.js';
import type { Output } from './reading.js';

export type Side = 'before' | 'after';

export interface Run {
  readonly outputs: readonly Output[];
  /** Of the model alone. */
  readonly ms: number;
}

interface Loaded {
  readonly worker: OctoliteWorker;
  readonly interpreter: WorkerInterpreter;
  readonly inputs: readonly TensorDetails[];
}

/** The arrays of a sample in the order of the inputs; other models may call their inputs otherwise. */
export function arraysOf(sample: Sample, inputs: readonly TensorDetails[]): readonly TensorInput[] {
  if (ArrayBuffer.isView(sample)) return [sample];
  if (Array.isArray(sample)) {
    const list = sample as readonly unknown[];
    return (typeof list[0] === 'string' ? [list] : list) as readonly TensorInput[];
  }
  const named = sample as Readonly<Record<string, TensorInput>>;
  return inputs.map(({ name }) => named[name]!);
}

function toFloats(values: TensorValues): Float32Array {
  if (values instanceof Float32Array) return values;
  return Float32Array.from(values as ArrayLike<unknown>, Number);
}

/** Of its own, so that measuring elsewhere is not disturbed. */
const slot = new EngineSlot();

/** Both models, ready to run. There is one at a time. */
export class Duel {
  readonly #bytes: Readonly<Record<Side, Uint8Array>>;
  readonly #names: readonly TensorDetails[];
  readonly #loaded: Partial<Record<Side, Promise<Loaded>>> = {};

  /** @param inputs Of the float model, whose samples both are given. */
  constructor(bytes: Readonly<Record<Side, Uint8Array>>, inputs: readonly TensorDetails[]) {
    this.#bytes = bytes;
    this.#names = inputs;
  }

  async #load(side: Side, worker: OctoliteWorker): Promise<Loaded> {
    const model = await loadModel(worker, this.#bytes[side]);
    try {
      const interpreter = await worker.createInterpreter(model);
      // The first run prepares what later ones find ready.
      await interpreter.warmUp();
      return { worker, interpreter, inputs: await interpreter.getInputDetails() };
    } finally {
      model.dispose();
    }
  }

  /** What is loaded stays for the next run; a worker that stopped takes it along. */
  async #ready(side: Side, worker: OctoliteWorker): Promise<Loaded> {
    const loaded = await this.#loaded[side]?.catch(() => null);
    if (loaded?.worker === worker) return loaded;
    const loading = this.#load(side, worker);
    this.#loaded[side] = loading;
    return loading;
  }

  /**
   * Runs one of the models.
   * @param fresh Whether it shall forget what it kept of earlier runs.
   */
  run(side: Side, sample: Sample, abort: AbortSignal, fresh: boolean): Promise<Run> {
    return slot.run(abort, async (worker) => {
      const { interpreter, inputs } = await this.#ready(side, worker);
      const arrays = arraysOf(sample, this.#names);
      if (fresh) await interpreter.resetVariableTensors({ signal: abort });
      for (const [i, { index }] of inputs.entries()) {
        await interpreter.setTensor(index, arrays[i]!, { signal: abort });
      }
      const start = performance.now();
      await interpreter.invoke({ signal: abort });
      const ms = performance.now() - start;
      const outputs: Output[] = [];
      // Only now are the shapes known that depend on data.
      for (const { name, index, shape } of await interpreter.getOutputDetails({ signal: abort })) {
        const values = await interpreter.getTensor(index, { dequantize: true, signal: abort });
        outputs.push({ name, shape, values: toFloats(values) });
      }
      return { outputs, ms };
    });
  }

  /** Gives all memory back. */
  dispose(): void {
    for (const loading of Object.values(this.#loaded)) {
      loading.then(
        ({ interpreter }) => interpreter.dispose(),
        () => undefined,
      );
    }
    slot.rest();
  }
}
