import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';

/** The languages of the page, each by its own name. */
export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'octolite-language';

/** What was chosen before, or else what the browser asks for. */
function initial(): Language {
  const wished = [readStored(), ...navigator.languages];
  const known = wished.map((tag) => tag?.slice(0, 2)).find((tag) => tag && tag in LANGUAGES);
  return (known ?? 'en') as Language;
}

/** Browsers that keep nothing for a page throw when it looks. */
function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export const language = signal<Language>(initial());

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // It holds for this visit.
  }
}

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
});

/**
 * The words of a feature in the language of now. English says what there is; a missing or
 * misspelt word of another language does not compile. What has a number or name in it is a function.
 */
export function translated<Words>(
  words: Readonly<Record<'en', Words> & Record<Exclude<Language, 'en'>, NoInfer<Words>>>,
): ReadonlySignal<Words> {
  return computed(() => words[language.value]);
}
