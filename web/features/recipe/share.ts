import { effect, signal } from '@preact/signals';
import { announce } from '../../lib/announce.js';
import type { Refusal } from '../../lib/refusal.js';
import { DEFAULT_PREPROCESSING } from '../data/preprocess.js';
import { preprocessing } from '../data/state.js';
import { parseDocument, writeDocument, type RecipeDocument } from './document.js';
import { parseFragment, writeFragment } from './fragment.js';
import { RecipeProblem } from './problem.js';
import { DEFAULTS } from './settings.js';
import { words } from './share_words.js';
import { settings } from './state.js';

/** Why the last recipe from elsewhere was refused. */
export const recipeRefusal = signal<Refusal | null>(null);

/** Whether the panel to take the recipe along is open. */
export const isSharing = signal(false);

/** Opens that panel and goes there. */
export function showSharing(): void {
  isSharing.value = true;
  const summary = document.querySelector<HTMLElement>('#recipe-sharing > summary');
  summary?.scrollIntoView({ block: 'start' });
  summary?.focus({ preventScroll: true });
}

/** Takes a recipe over, or says why not; what was set stays then. */
function take(read: () => RecipeDocument, where: string): boolean {
  try {
    const found = read();
    settings.value = found.settings;
    if (found.preprocessing) preprocessing.value = found.preprocessing;
    recipeRefusal.value = null;
    announce(words.value.taken);
    return true;
  } catch (error) {
    if (!(error instanceof RecipeProblem)) throw error;
    const { refused, what, next } = words.value;
    recipeRefusal.value = { title: refused, what: what(error.problem), where, next };
    return false;
  }
}

/** Of a link to the page, with a recipe in it. */
const LINK = /^https?:\/\/\S*(#r=\S*)$/;

function parseText(text: string): RecipeDocument {
  const fragment = LINK.exec(text.trim())?.[1];
  return (fragment === undefined ? null : parseFragment(fragment)) ?? parseDocument(text);
}

/**
 * Takes over a recipe in any form: ours, that of the LiteRT Quantizer, a link.
 * @param where What it came in, a file's name for instance.
 * @returns Whether it was taken; else `recipeRefusal` says why not.
 */
export function applyDocument(text: string, where = ''): boolean {
  return take(() => parseText(text), where);
}

/** A link to this page with the recipe in it; null where that would be too long. */
export function linkOf(): string | null {
  const fragment = writeFragment(settings.value, preprocessing.value);
  return fragment === null ? null : location.href.replace(/#.*$/, '') + fragment;
}

/** The recipe as a document: version, settings, preprocessing. */
export function documentOf(): string {
  return writeDocument(settings.value, preprocessing.value);
}

/** A slider that is dragged shall not write a hundred addresses: browsers refuse to. */
const REST_MS = 250;
let timer: ReturnType<typeof setTimeout> | undefined;

function writeAddress(): void {
  const fragment = writeFragment(settings.value, preprocessing.value) ?? '';
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { hash, pathname, search } = location;
    const isOurs = hash === '' || hash.startsWith('#r=');
    if (!isOurs || hash === fragment) return;
    history.replaceState(history.state, '', pathname + search + fragment);
  }, REST_MS);
}

function readAddress(): void {
  const { hash } = location;
  const defaults = { settings: DEFAULTS, preprocessing: DEFAULT_PREPROCESSING };
  const isTaken = take(() => {
    const found = parseFragment(hash);
    if (!found) return defaults;
    return { ...found, preprocessing: found.preprocessing ?? defaults.preprocessing };
  }, words.value.address);
  // It says what holds.
  if (!isTaken) writeAddress();
}

/** Keeps the recipe in the address: read now and when it changes, written when settings do. */
export function followAddress(): void {
  if (location.hash.startsWith('#r=')) readAddress();
  addEventListener('hashchange', () => {
    if (location.hash === '' || location.hash.startsWith('#r=')) readAddress();
  });
  effect(writeAddress);
}
