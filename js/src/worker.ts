/** Octolite in a worker, for pages and servers that must stay responsive. */
export {
  connectWorker,
  type ConnectOptions,
  type NodeWorker,
  type OctoliteWorker,
  type WorkerCustomOps,
  type WorkerInterpreter,
  type WorkerInterpreterOptions,
  type WorkerLoadModelOptions,
  type WorkerSignatureRunner,
} from './worker/client.js';
