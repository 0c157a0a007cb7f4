import type { RecipeSettings } from '../recipe/settings.js';

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
