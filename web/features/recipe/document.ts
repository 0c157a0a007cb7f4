import { isOctoliteError, parseRecipe, type RecipeRule } from 'octolite';
import {
  DEFAULT_PREPROCESSING,
  parsePreprocessing,
  type Preprocessing,
} from '../data/preprocess.js';
import { CHOICES, PASSES, settle } from './limits.js';
import { settingsOfRules } from './litert.js';
import { quote, RecipeProblem } from './problem.js';
import { DEFAULTS, type OperatorOverride, type RecipeSettings } from './settings.js';

/** Of the form of documents and addresses. */
export const VERSION = 1;
const MOST_CHARACTERS = 4_000_000;
const MOST_ENTRIES = 20_000;
const MOST_NAME = 10_000;

/** All that a recipe is, as it travels. */
export interface RecipeDocument {
  readonly settings: RecipeSettings;
  /** Null where the document says nothing of it. */
  readonly preprocessing: Preprocessing | null;
}

function refuse(path: string, given: unknown, expected: string): never {
  throw new RecipeProblem({ kind: 'value', path, given: quote(given), expected });
}

/** What an object says, by its own keys, all of which must be known. */
function entriesOf(
  path: string,
  value: unknown,
  known: readonly string[] | null,
): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(path, value, '{…}');
  }
  const entries = Object.entries(value);
  const stranger = entries.find(([key]) => known && !known.includes(key));
  if (stranger && known) {
    const place = path ? `${path}.${stranger[0]}` : stranger[0];
    throw new RecipeProblem({ kind: 'unknown', path: place.slice(0, 80), known });
  }
  return entries;
}

function listOf(path: string, value: unknown): unknown[] {
  if (Array.isArray(value) && value.length <= MOST_ENTRIES) return value;
  refuse(path, value, '[…]');
}

function textOf(path: string, value: unknown): string {
  if (typeof value === 'string' && value.length <= MOST_NAME) return value;
  refuse(path, value, '"…"');
}

function oneOf<Value>(path: string, value: unknown, known: readonly Value[]): Value {
  const found = known.find((each) => each === value);
  return found ?? refuse(path, value, known.map((each) => JSON.stringify(each)).join(', '));
}

function numberOf(
  path: string,
  value: unknown,
  isGood: (value: number) => boolean,
  expected: string,
): number {
  if (typeof value === 'number' && Number.isFinite(value) && isGood(value)) return value;
  refuse(path, value, expected);
}

function rulesIn(path: string, value: unknown): readonly RecipeRule[] {
  const rules = parseRules(JSON.stringify(listOf(path, value)));
  // The settings say what the ends of the model are.
  const edge = rules.find(({ operation }) => operation === 'INPUT' || operation === 'OUTPUT');
  if (edge) refuse(`${path}[].operation`, edge.operation, 'inputType, outputType');
  return rules;
}

function overridesIn(path: string, value: unknown): readonly OperatorOverride[] {
  const found = new Map<string, OperatorOverride>();
  listOf(path, value).forEach((each, position) => {
    const place = `${path}[${position}]`;
    const given = new Map(entriesOf(place, each, ['scope', 'operation', 'precision']));
    const scope = textOf(`${place}.scope`, given.get('scope'));
    found.set(scope, {
      scope,
      operation: textOf(`${place}.operation`, given.get('operation')),
      precision: oneOf(`${place}.precision`, given.get('precision'), ['float', 'int16']),
    });
  });
  return [...found.values()];
}

function rangesIn(path: string, value: unknown): RecipeSettings['ranges'] {
  const entries = entriesOf(path, value, null);
  if (entries.length > MOST_ENTRIES) refuse(path, entries.length, `≤ ${MOST_ENTRIES}`);
  return Object.fromEntries(
    entries.map(([name, range]) => {
      const place = `${path}[${quote(name)}]`;
      textOf(place, name);
      const [min, max, ...more] = listOf(place, range);
      const isFinite = Number.isFinite(min) && Number.isFinite(max);
      if (!isFinite || more.length > 0 || (min as number) >= (max as number)) {
        refuse(place, range, '[min, max], min < max');
      }
      return [name, [min as number, max as number] as const];
    }),
  );
}

type Readers = {
  readonly [Key in keyof RecipeSettings]: (path: string, value: unknown) => RecipeSettings[Key];
};

const READERS: Readers = {
  method: (path, value) => oneOf(path, value, CHOICES.method),
  weightBits: (path, value) => oneOf(path, value, CHOICES.weightBits),
  granularity: (path, value) => oneOf(path, value, CHOICES.granularity),
  clipping: (path, value) => oneOf(path, value, CHOICES.clipping),
  activationBits: (path, value) => oneOf(path, value, CHOICES.activationBits),
  observer: (path, value) => oneOf(path, value, CHOICES.observer),
  percentile: (path, value) =>
    numberOf(path, value, (percent) => percent > 50 && percent <= 100, '50 < … ≤ 100'),
  inputType: (path, value) => oneOf(path, value, CHOICES.inputType),
  outputType: (path, value) => oneOf(path, value, CHOICES.outputType),
  target: (path, value) => oneOf(path, value, CHOICES.target),
  recover: (path, value) => {
    const given = listOf(path, value).map((pass) => oneOf(path, pass, PASSES));
    return PASSES.filter((pass) => given.includes(pass));
  },
  prune: (path, value) => numberOf(path, value, (share) => share >= 0 && share < 1, '0 ≤ … < 1'),
  cluster: (path, value) =>
    numberOf(
      path,
      value,
      (count) => count === 0 || (Number.isInteger(count) && count >= 2 && count <= 4096),
      '0, 2 … 4096',
    ),
  microCompress: (path, value) => oneOf(path, value, [false, true]),
  rules: rulesIn,
  overrides: overridesIn,
  ranges: rangesIn,
};

const KEYS = Object.keys(DEFAULTS) as (keyof RecipeSettings)[];

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Settings from elsewhere; what is not said is as in DEFAULTS.
 * @throws RecipeProblem, also where they contradict each other.
 */
export function parseSettings(value: unknown): RecipeSettings {
  const given = entriesOf('settings', value, KEYS).map(([key, each]) => {
    const read = READERS[key as keyof RecipeSettings];
    return [key, read(`settings.${key}`, each)] as const;
  });
  const settings: RecipeSettings = { ...DEFAULTS, ...Object.fromEntries(given) };
  const settled = settle(settings);
  const broken = KEYS.find((key) => !isSame(settled[key], settings[key]));
  if (broken) {
    const path = `settings.${broken}`;
    throw new RecipeProblem({ kind: 'contradiction', path, given: quote(settings[broken]) });
  }
  return settings;
}

/** What is not as in the defaults. */
export function differenceOf<Value extends object>(value: Value, defaults: Value): Partial<Value> {
  const keys = Object.keys(defaults) as (keyof Value)[];
  const different = keys.filter((key) => !isSame(value[key], defaults[key]));
  return Object.fromEntries(different.map((key) => [key, value[key]])) as Partial<Value>;
}

/** What the library refuses, in its own words. */
function passedOn<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!isOctoliteError(error)) throw error;
    const { what, hint } = error.details;
    throw new RecipeProblem({ kind: 'library', what: what ?? error.message, hint: hint ?? '' });
  }
}

function parseRules(json: string): RecipeRule[] {
  return passedOn(() => parseRecipe(json));
}

function parsePartial(value: unknown): Preprocessing {
  entriesOf('preprocessing', value, Object.keys(DEFAULT_PREPROCESSING));
  return passedOn(() => parsePreprocessing(value));
}

/**
 * What an address or a document says, in the names of either.
 * @throws RecipeProblem.
 */
export function parseParts(
  value: unknown,
  names: { readonly version: string; readonly settings: string; readonly preprocessing: string },
): RecipeDocument {
  const given = new Map(entriesOf('', value, Object.values(names)));
  const version = given.get(names.version);
  if (version !== VERSION) throw new RecipeProblem({ kind: 'version', given: quote(version) });
  const preprocessing = given.get(names.preprocessing);
  return {
    settings: parseSettings(given.get(names.settings) ?? {}),
    preprocessing: preprocessing === undefined ? null : parsePartial(preprocessing),
  };
}

const NAMES = {
  version: 'octoliteRecipe',
  settings: 'settings',
  preprocessing: 'preprocessing',
} as const;

/** Checks a text's length and reads it as JSON. */
export function parseJson(text: string, most = MOST_CHARACTERS): unknown {
  if (text.length > most) {
    throw new RecipeProblem({ kind: 'tooLong', length: text.length, most });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RecipeProblem({ kind: 'notJson', detail: (error as Error).message });
  }
}

/**
 * A recipe as a person pastes it: ours, or the rules of the LiteRT Quantizer.
 * @throws RecipeProblem.
 */
export function parseDocument(text: string): RecipeDocument {
  const value = parseJson(text);
  if (!Array.isArray(value)) return parseParts(value, NAMES);
  const rules = parseRules(text);
  return { settings: settingsOfRules(rules), preprocessing: null };
}

/** The whole of a recipe, for people and for `parseDocument`. */
export function writeDocument(settings: RecipeSettings, preprocessing: Preprocessing): string {
  const whole = { [NAMES.version]: VERSION, settings, preprocessing };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
