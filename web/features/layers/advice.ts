import type { QuantizeOptions, Inspection } from 'octolite';
import type { OperatorOverride, RecipeSettings } from '../recipe/settings.js';
import type { LayerRow } from './rows.js';

/** What is worth trying by the measured rows alone. */
export interface Advice {
  readonly kind: 'keep-float' | 'wider-range' | 'more-samples';
  readonly row: LayerRow;
  /** By how much the SQNR may rise; null where that cannot be said. */
  readonly gainDb: number | null;
  /** What applies it; null where the data have to change. */
  readonly change: Partial<RecipeSettings> | null;
}

/** Less than this is no reason to do anything. */
const WORTH_SHARE = 0.2;
const WORTH_CLIPPED = 0.01;

/** More than this is not promised. */
const MOST_GAIN_DB = 20;

function largest(rows: readonly LayerRow[], value: (row: LayerRow) => number): LayerRow | null {
  return rows.reduce<LayerRow | null>(
    (best, row) => (best === null || value(row) > value(best) ? row : best),
    null,
  );
}

/** What else the recipe says once operators are kept in float. */
export function keepingFloat(
  { overrides }: Pick<RecipeSettings, 'overrides'>,
  operators: readonly { readonly scope: string; readonly name: string }[],
): Pick<RecipeSettings, 'overrides'> {
  const scopes = new Set(operators.map(({ scope }) => scope));
  const kept = operators.map(({ scope, name }): OperatorOverride => ({
    scope,
    operation: name,
    precision: 'float',
  }));
  return { overrides: [...overrides.filter(({ scope }) => !scopes.has(scope)), ...kept] };
}

/** The operator that adds most, if it adds much, and the tensor that is clipped most. */
export function adviceOf(rows: readonly LayerRow[], settings: RecipeSettings): Advice[] {
  const found: Advice[] = [];
  const candidates = rows.filter(({ mode, scope }) => mode !== 'float' && scope !== '');
  const worst = largest(candidates, ({ share }) => share ?? 0);
  if (worst && (worst.share ?? 0) >= WORTH_SHARE) {
    // Without its share of the energy, the rest of the error is left.
    const gainDb = -10 * Math.log10(Math.max(1 - (worst.share ?? 0), 1e-30));
    found.push({
      kind: 'keep-float',
      row: worst,
      gainDb: Math.min(gainDb, MOST_GAIN_DB),
      change: keepingFloat(settings, [worst]),
    });
  }
  const clipped = largest(rows, (row) => row.clipped ?? 0);
  if (clipped && (clipped.clipped ?? 0) >= WORTH_CLIPPED) {
    const isWidest = settings.observer === 'min_max';
    found.push({
      kind: isWidest ? 'more-samples' : 'wider-range',
      row: clipped,
      gainDb: null,
      change: isWidest ? null : { observer: 'min_max' },
    });
  }
  return found;
}

/** As the library suggests a change: regular expressions of operators, or another observer. */
export interface SuggestedChange {
  readonly keepFloat?: readonly string[];
  readonly observer?: NonNullable<QuantizeOptions['observer']>;
  readonly percentile?: number;
}

/** What of the recipe becomes different when a suggestion of the library is applied. */
export function settingsOf(
  { keepFloat, observer, percentile }: SuggestedChange,
  settings: RecipeSettings,
  { subgraphs }: Pick<Inspection, 'subgraphs'>,
): Partial<RecipeSettings> {
  const patterns = (keepFloat ?? []).map((pattern) => new RegExp(pattern));
  const kept = subgraphs.flatMap(({ operators }) =>
    operators.filter(({ scope }) => patterns.some((pattern) => pattern.test(scope))),
  );
  return {
    ...(kept.length > 0 && keepingFloat(settings, kept)),
    ...(observer && { observer }),
    ...(percentile !== undefined && { percentile }),
  };
}

/** Whether the recipe says so already. */
export function isApplied(change: Partial<RecipeSettings>, settings: RecipeSettings): boolean {
  const { overrides, ...rest } = change;
  const has = ({ scope, precision }: OperatorOverride): boolean =>
    settings.overrides.some((each) => each.scope === scope && each.precision === precision);
  return (
    (overrides ?? []).every(has) &&
    Object.entries(rest).every(([key, value]) => settings[key as keyof typeof rest] === value)
  );
}
