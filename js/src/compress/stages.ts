import { OctoliteError } from '../errors.js';
import type { Inspection } from '../types.js';
import type {
  ClusterOptions,
  CompandedWeights,
  CompandingName,
  CompandingReport,
  PruneOptions,
} from './types.js';

/** What the WebAssembly module takes: numbers, and pairs of them for operators. */
export interface RawPruneConfig {
  share: number;
  global: boolean;
  minElements: number;
  keep: number[];
}

export interface RawClusterConfig {
  clusters: number;
  perChannel: boolean;
  keepZeros: boolean;
  minElements: number;
  keep: number[];
}

/** Subgraph and index of every operator that a pattern matches, one after the other. */
function keptOperators(
  patterns: readonly (string | RegExp)[] | undefined,
  { subgraphs }: Pick<Inspection, 'subgraphs'>,
): number[] {
  const kept = (patterns ?? []).map((pattern) => {
    try {
      return new RegExp(pattern);
    } catch {
      throw new OctoliteError('INVALID_ARGUMENT', `'${String(pattern)}' is no regular expression`);
    }
  });
  return subgraphs.flatMap(({ operators }, subgraph) =>
    operators.flatMap(({ index, scope }) =>
      kept.some((regex) => scope.search(regex) >= 0) ? [subgraph, index] : [],
    ),
  );
}

function number(value: unknown, name: string): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new OctoliteError('INVALID_ARGUMENT', `'${name}' is not a number`);
}

function count(value: unknown, name: string, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  if (Number.isSafeInteger(value) && Math.abs(value as number) < 2 ** 31) return value as number;
  throw new OctoliteError('INVALID_ARGUMENT', `'${name}' is not a whole number`);
}

export function pruneConfig(options: PruneOptions, inspection: Inspection): RawPruneConfig {
  return {
    share: number(options.share, 'share'),
    global: options.global ?? false,
    minElements: count(options.minElements, 'minElements', 1024),
    keep: keptOperators(options.keep, inspection),
  };
}

export function clusterConfig(options: ClusterOptions, inspection: Inspection): RawClusterConfig {
  return {
    clusters: count(options.clusters, 'clusters'),
    perChannel: options.perChannel ?? false,
    keepZeros: options.keepZeros ?? false,
    minElements: count(options.minElements, 'minElements', 256),
    keep: keptOperators(options.keep, inspection),
  };
}

export interface RawCompandingConfig {
  bits: number;
  perChannel: boolean;
  minElements: number;
}

export function compandingConfig(options: {
  bits?: number | undefined;
  perChannel?: boolean | undefined;
  minElements?: number | undefined;
}): RawCompandingConfig {
  return {
    bits: count(options.bits, 'bits', 4),
    perChannel: options.perChannel ?? true,
    minElements: count(options.minElements, 'minElements', 256),
  };
}

export type RawCompandedWeights = Omit<CompandedWeights, 'best' | 'gainDb'>;

const NONLINEAR = ['power_of_two', 'mu_law', 'sigmoid'] as const;

/** Less is not worth a table. */
const WORTH_DB = 0.5;

export function compandingReport(
  bits: number,
  raw: readonly RawCompandedWeights[],
): CompandingReport {
  const tensors = raw.map((tensor): CompandedWeights => {
    const { grids } = tensor;
    const db = (name: CompandingName): number => grids[name].sqnrDb;
    const best = NONLINEAR.reduce((a, b) => (db(b) > db(a) ? b : a));
    return { ...tensor, best, gainDb: db(best) - Math.max(db('linear'), db('clipped')) };
  });
  const nonlinearWins = tensors.filter(({ gainDb }) => gainDb >= WORTH_DB).map(({ name }) => name);
  return { bits, tensors, nonlinearWins };
}
