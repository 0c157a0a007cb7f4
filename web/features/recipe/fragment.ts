import { DEFAULT_PREPROCESSING, type Preprocessing } from '../data/preprocess.js';
import { differenceOf, parseJson, parseParts, VERSION, type RecipeDocument } from './document.js';
import { RecipeProblem } from './problem.js';
import { DEFAULTS, type RecipeSettings } from './settings.js';

const PREFIX = '#r=';
const NAMES = { version: 'v', settings: 's', preprocessing: 'p' } as const;
/** Addresses that are longer get lost on their way through other programs. */
export const MOST_FRAGMENT = 32_000;

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): string {
  if (!/^[\w-]*$/.test(text)) throw new RecipeProblem({ kind: 'damaged' });
  try {
    const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RecipeProblem({ kind: 'damaged' });
  }
}

/**
 * A recipe as the fragment of an address: what differs from the defaults. Empty when nothing does,
 * null when it is too long.
 */
export function writeFragment(
  settings: RecipeSettings,
  preprocessing: Preprocessing,
): string | null {
  const s = differenceOf(settings, DEFAULTS);
  const p = differenceOf(preprocessing, DEFAULT_PREPROCESSING);
  const parts = {
    ...(Object.keys(s).length > 0 && { s }),
    ...(Object.keys(p).length > 0 && { p }),
  };
  if (Object.keys(parts).length === 0) return '';
  const fragment = PREFIX + toBase64Url(JSON.stringify({ v: VERSION, ...parts }));
  return fragment.length > MOST_FRAGMENT ? null : fragment;
}

/**
 * The recipe in the fragment of an address, with the leading "#"; null where there is none.
 * @throws RecipeProblem.
 */
export function parseFragment(fragment: string): RecipeDocument | null {
  if (!fragment.startsWith(PREFIX)) return null;
  if (fragment.length > MOST_FRAGMENT) {
    throw new RecipeProblem({ kind: 'tooLong', length: fragment.length, most: MOST_FRAGMENT });
  }
  return parseParts(parseJson(fromBase64Url(fragment.slice(PREFIX.length))), NAMES);
}
