/** Octolite in a worker, for pages and servers that must stay responsive. */
export {
  connectWorker,
  type OctoliteWorker,
  type WorkerLoadModelOptions,
} from './worker/client.js';
export type { ConnectOptions, NodeWorker } from './worker/connection.js';
export { connectPool, type OctolitePool, type PoolOptions } from './worker/pool.js';
export type { WorkerCustomOps } from './worker/custom_ops.js';
export type {
  WorkerInterpreter,
  WorkerInterpreterOptions,
  WorkerSignatureRunner,
} from './worker/interpreter.js';
