/** Both models of a verdict in a worker of their own, ready to be looked into. */
import type { TensorDetails } from 'octolite';
import type { OctoliteWorker, WorkerInterpreter } from 'octolite/worker';
import { EngineSlot, loadModel } from '../../engine.js';
import type { Layer } from '../layers/state.js';
import type { Pair, Verdict } from '../verdict/state.js';
import { constantPlaces, outputPlace, type Place } from './places.js';

/** A tensor in both models; what was quantized comes as real numbers. */
export interface TensorPair {
  readonly before: TensorDetails;
  readonly float: ArrayLike<number>;
  /** Null where the quantized model has no such tensor. */
  readonly after: TensorDetails | null;
  readonly quantized: ArrayLike<number> | null;
}

interface Session {
  readonly worker: OctoliteWorker;
  readonly verdict: Verdict;
  readonly interpreters: Pair<WorkerInterpreter>;
  /** Which sample the tensors are of. */
  position: number | null;
}

/** Looking into a layer waits for nobody; whoever measures time is not to be disturbed by it. */
const slot = new EngineSlot();
let session: Session | null = null;

/** Gives back the memory of both models. */
export function closeSession(): void {
  session?.interpreters.before.dispose();
  session?.interpreters.after.dispose();
  session = null;
  slot.rest();
}

async function interpreterOf(
  worker: OctoliteWorker,
  bytes: Uint8Array,
  abort: AbortSignal,
): Promise<WorkerInterpreter> {
  const model = await loadModel(worker, bytes, { signal: abort });
  try {
    return await worker.createInterpreter(model, { keepAllTensors: true, signal: abort });
  } finally {
    model.dispose();
  }
}

async function sessionOf(
  worker: OctoliteWorker,
  verdict: Verdict,
  abort: AbortSignal,
): Promise<Session> {
  if (session?.worker === worker && session.verdict === verdict) return session;
  if (session?.worker === worker) {
    session.interpreters.before.dispose();
    session.interpreters.after.dispose();
  }
  session = null;
  let before: WorkerInterpreter | undefined;
  try {
    before = await interpreterOf(worker, verdict.open.bytes, abort);
    const after = await interpreterOf(worker, verdict.bytes, abort);
    session = { worker, verdict, interpreters: { before, after }, position: null };
    return session;
  } catch (error) {
    before?.dispose();
    slot.rest();
    throw error;
  }
}

async function valuesOf(
  interpreter: WorkerInterpreter,
  tensor: number,
  abort: AbortSignal,
): Promise<{ readonly details: TensorDetails; readonly values: ArrayLike<number> | null }> {
  const details = await interpreter.getTensorDetails(tensor, { signal: abort });
  const values = await interpreter.getTensor(tensor, { dequantize: true, signal: abort });
  const isNumbers = !(values instanceof BigInt64Array || values instanceof BigUint64Array);
  return { details, values: Array.isArray(values) || !isNumbers ? null : values };
}

async function pairOf(
  { before, after }: Pair<WorkerInterpreter>,
  place: Place,
  abort: AbortSignal,
): Promise<TensorPair | null> {
  const float = await valuesOf(before, place.before, abort);
  if (!float.values) return null;
  const other = place.after === null ? null : await valuesOf(after, place.after, abort);
  const fits = other?.values?.length === float.values.length;
  return {
    before: float.details,
    float: float.values,
    after: fits ? other.details : null,
    quantized: fits ? other.values : null,
  };
}

/** The layer's output on a sample of those that were measured; null where it has no numbers. */
export function readOutput(
  verdict: Verdict,
  layer: Layer,
  position: number,
  abort: AbortSignal,
): Promise<TensorPair | null> {
  return slot.runYielding(abort, async (worker) => {
    const open = await sessionOf(worker, verdict, abort);
    if (open.position !== position) {
      open.position = null;
      const sample = await verdict.plan.measure.sample(position);
      await open.interpreters.before.run(sample, { signal: abort });
      await open.interpreters.after.run(sample, { signal: abort });
      open.position = position;
    }
    return pairOf(open.interpreters, outputPlace(layer, verdict.inspection), abort);
  });
}

/** The layer's constants of more than one dimension, the largest first. */
export function readWeights(
  verdict: Verdict,
  layer: Layer,
  abort: AbortSignal,
): Promise<TensorPair[]> {
  return slot.runYielding(abort, async (worker) => {
    const { interpreters } = await sessionOf(worker, verdict, abort);
    const pairs: TensorPair[] = [];
    for (const place of constantPlaces(layer, verdict.inspection)) {
      const { shape, dtype } = await interpreters.before.getTensorDetails(place.before, {
        signal: abort,
      });
      if (shape.length < 2 || !dtype.startsWith('float')) continue;
      const pair = await pairOf(interpreters, place, abort);
      if (pair) pairs.push(pair);
    }
    return pairs.sort((a, b) => b.float.length - a.float.length);
  });
}
