import type { RecipeSettings } from '../recipe/settings.js';
import { isMeasured, type Verdict } from '../verdict/state.js';
import { worstOutput } from '../verdict/words.js';

/** What a change of the recipe did to the whole model. */
export interface Effect {
  /** Of the worst output; null where one of the two was not measured. */
  readonly sqnrDb: readonly [before: number, after: number] | null;
  readonly bytes: readonly [before: number, after: number];
}

function sqnrOf({ measurement }: Verdict): number | null {
  return isMeasured(measurement) ? worstOutput(measurement).sqnrDb : null;
}

export function effectOf(previous: Verdict, current: Verdict): Effect {
  const [before, after] = [sqnrOf(previous), sqnrOf(current)];
  return {
    sqnrDb: before === null || after === null ? null : [before, after],
    bytes: [previous.bytes.byteLength, current.bytes.byteLength],
  };
}

type Exceptions = Pick<RecipeSettings, 'overrides' | 'ranges'>;

/** What is excepted in one of two recipes and not, or otherwise, in the other. */
export function changedExceptions(
  a: Exceptions,
  b: Exceptions,
): { readonly scopes: ReadonlySet<string>; readonly tensors: ReadonlySet<string> } {
  const precisions = ({ overrides }: Exceptions): ReadonlyMap<string, string> =>
    new Map(overrides.map(({ scope, precision }) => [scope, precision]));
  const ranges = ({ ranges: all }: Exceptions): ReadonlyMap<string, string> =>
    new Map(Object.entries(all).map(([tensor, range]) => [tensor, range.join()]));
  const differing = (x: ReadonlyMap<string, string>, y: ReadonlyMap<string, string>) =>
    new Set([...x.keys(), ...y.keys()].filter((key) => x.get(key) !== y.get(key)));
  return {
    scopes: differing(precisions(a), precisions(b)),
    tensors: differing(ranges(a), ranges(b)),
  };
}
