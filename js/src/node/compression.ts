import type {
  ChangedWeights,
  ClusterOptions,
  CompressionReport,
  PruneOptions,
  WireSize,
} from '../compress/types.js';
import { UsageError, type Context } from './command.js';
import { formatBytes } from './format.js';
import type { Option } from './options.js';

/** Options of commands that change weights. */
export const COMPRESSION_OPTIONS = {
  prune: {
    value: 'SHARE',
    help: 'make the weights of least magnitude 0, a share of 0 up to 1 of each tensor',
  },
  'prune-global': { help: 'the share is of all weights together' },
  cluster: {
    value: 'K',
    help:
      "leave K different values of each tensor's weights: runs everywhere, and the file compresses " +
      '(zip, gzip, brotli)',
  },
  'cluster-per-channel': { help: 'K values for each channel' },
  'micro-compress': {
    help:
      'write the file for tflite-micro, weights as indices into tables of up to 128 values; ' +
      'LiteRT cannot run it',
  },
} as const satisfies Record<string, Option>;

export interface CompressionChoice {
  readonly prune?: PruneOptions | undefined;
  readonly cluster?: ClusterOptions | undefined;
  readonly microCompression?: boolean | undefined;
}

export function compressionChoice(context: Context): CompressionChoice {
  const [share, ...more] = context.numbers('prune') ?? [];
  const isShare = share === undefined || (more.length === 0 && share >= 0 && share < 1);
  if (!isShare) throw new UsageError('--prune takes a number from 0 up to, but not, 1');
  const global = context.flag('prune-global');
  if (global && share === undefined) throw new UsageError('--prune-global goes with --prune');
  const clusters = context.count('cluster', 2);
  const perChannel = context.flag('cluster-per-channel');
  if (perChannel && clusters === undefined) {
    throw new UsageError('--cluster-per-channel goes with --cluster');
  }
  return {
    ...(share !== undefined && { prune: { share, global } }),
    ...(clusters !== undefined && { cluster: { clusters, perChannel } }),
    ...(context.flag('micro-compress') && { microCompression: true }),
  };
}

/** A line for each size of the two files. */
export function describeSizes(before: WireSize, after: WireSize): string[] {
  const line = (name: string, a: number, b: number): string =>
    `  ${name.padEnd(11)}${formatBytes(a)} -> ${formatBytes(b)} (${((100 * b) / a).toFixed(1)} %)`;
  const lines = [line('size', before.raw, after.raw), line('  gzip', before.gzip, after.gzip)];
  if (before.brotli !== undefined && after.brotli !== undefined) {
    lines.push(line('  brotli', before.brotli, after.brotli));
  }
  return lines;
}

/** What was done to the weights, a line each. */
export function describeCompression(report: CompressionReport | undefined): string[] {
  const lines: string[] = [];
  const pruned = report?.pruned?.filter(({ kept }) => !kept);
  if (pruned) {
    const elements = sum(pruned.map((tensor) => tensor.elements));
    const zeros = sum(pruned.map(({ zerosAfter }) => zerosAfter));
    const share = elements > 0 ? ((100 * zeros) / elements).toFixed(1) : '0';
    lines.push(`  pruned     ${tensors(pruned.length)}, ${share} % zeros${worst(pruned)}`);
  }
  const clustered = report?.clustered?.filter(({ codebooks }) => codebooks > 0);
  if (clustered) {
    const most = Math.max(0, ...clustered.map(({ valuesAfter }) => valuesAfter));
    lines.push(
      `  clustered  ${tensors(clustered.length)}, up to ${most} values${worst(clustered)}`,
    );
  }
  const packed = report?.packed?.filter(({ bits }) => bits > 0);
  if (packed) {
    const before = sum(packed.map(({ bytesBefore }) => bytesBefore));
    const after = sum(packed.map(({ bytesAfter }) => bytesAfter));
    lines.push(
      `  packed     ${tensors(packed.length)}, ${formatBytes(before)} -> ${formatBytes(after)}`,
    );
  }
  return lines;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const tensors = (count: number): string => `${count} ${count === 1 ? 'tensor' : 'tensors'}`;

function worst(list: readonly ChangedWeights[]): string {
  if (list.length === 0) return '';
  const { name, sqnrDb } = list.reduce((a, b) => (b.sqnrDb < a.sqnrDb ? b : a));
  return `; most changed: ${name} (${sqnrDb.toFixed(1)} dB)`;
}
