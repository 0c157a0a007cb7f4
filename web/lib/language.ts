import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { keep, kept } from './kept.js';

/** The languages of the page, each by its own name. */
export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'language';

/** What was chosen before, or else what the browser asks for. Tests of logic have no browser. */
function initial(): Language {
  const asked = 'navigator' in globalThis ? (navigator.languages ?? []) : [];
  const known = [kept(STORED), ...asked].map((tag) => tag?.slice(0, 2));
  return (known.find((tag) => tag && tag in LANGUAGES) ?? 'en') as Language;
}

export const language = signal<Language>(initial());

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  keep(STORED, chosen);
}

/**
 * The words of a feature in the language of now. English says what there is; a missing or
 * misspelt word of another language does not compile. What has a number or name in it is a function.
 */
export function translated<Words>(
  words: Readonly<Record<'en', Words> & Record<Exclude<Language, 'en'>, NoInfer<Words>>>,
): ReadonlySignal<Words> {
  return computed(() => words[language.value]);
}
