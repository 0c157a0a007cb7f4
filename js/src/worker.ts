/** Octolite in a worker, for pages and servers that must stay responsive. */
export {
  connectWorker,
  type ConnectOptions,
  type NodeWorker,
  type OctoliteWorker,
  type WorkerInterpreter,
} from './worker/client.js';
