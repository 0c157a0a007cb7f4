import type { AnyEngine } from '../toolkit.js';
import type { QuantizeOptions, QuantizeReport } from '../types.js';
import type { CompressionReport } from './types.js';

interface Quantized {
  readonly bytes: Uint8Array;
  readonly report: QuantizeReport;
}

/** Options that can be sent to a worker. */
export function withoutSignal<T extends { signal?: unknown }>(options: T): Omit<T, 'signal'> {
  const rest = { ...options };
  delete rest.signal;
  return rest;
}

/** Clusters a model that was quantized and packs it, as far as that was asked for. */
export async function packQuantized(
  engine: AnyEngine,
  quantized: Quantized,
  options: Pick<QuantizeOptions, 'prune' | 'cluster' | 'microCompression'>,
  before: CompressionReport,
): Promise<Quantized> {
  const { cluster, microCompression } = options;
  let compression = before;
  let { bytes } = quantized;
  if (cluster !== undefined || microCompression) {
    let model = await engine.loadModel(bytes);
    try {
      if (cluster !== undefined) {
        const given = typeof cluster === 'number' ? { clusters: cluster } : cluster;
        const keepZeros = given.keepZeros ?? options.prune !== undefined;
        const clustered = await engine.cluster(model, { ...withoutSignal(given), keepZeros });
        await engine.dispose(model);
        model = clustered.model;
        compression = { ...compression, clustered: clustered.tensors };
      }
      if (microCompression) {
        const packed = await engine.compressForMicro(model);
        bytes = packed.bytes;
        compression = { ...compression, packed: packed.tensors };
      } else {
        bytes = await engine.writeModel(model);
      }
    } finally {
      await engine.dispose(model);
    }
  }
  if (Object.keys(compression).length === 0) return quantized;
  return { bytes, report: { ...quantized.report, bytesAfter: bytes.byteLength, compression } };
}
