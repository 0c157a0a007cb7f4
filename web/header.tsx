import type { JSX } from 'preact';
import { chooseLanguage, language, LANGUAGES, type Language } from './lib/language.js';
import { chooseTheme, theme, THEMES, type Theme } from './lib/theme.js';
import { ShortcutsButton } from './shortcuts.js';
import { words } from './words.js';

interface PickProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly (readonly [value: Value, label: string, lang?: string])[];
  readonly onChoose: (value: Value) => void;
}

/** A small native select whose label only screen readers need. */
function Pick<Value extends string>(props: PickProps<Value>): JSX.Element {
  const { label, value, choices, onChoose } = props;
  return (
    <label class="pick">
      <span class="visually-hidden">{label}</span>
      <select onChange={(event) => onChoose(event.currentTarget.value as Value)}>
        {choices.map(([each, name, lang]) => (
          <option key={each} value={each} selected={each === value} lang={lang}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

const LANGUAGE_CHOICES = (Object.entries(LANGUAGES) as [Language, string][]).map(
  ([value, label]) => [value, label, value] as const,
);

/** Goes to the content without a name in the address, which holds the recipe. */
function SkipLink(): JSX.Element {
  return (
    <a
      class="skip"
      href="#main"
      onClick={(event) => {
        event.preventDefault();
        document.querySelector('main')?.focus();
      }}
    >
      {words.value.skip}
    </a>
  );
}

export function Header(): JSX.Element {
  const text = words.value;
  const themes = THEMES.map((each: Theme) => [each, text.themes[each]] as const);
  return (
    <header>
      <SkipLink />
      <a class="brand" href="./">
        <img src="./icon.svg" alt="" width="28" height="28" />
        Octolite
      </a>
      <p class="private">
        <span aria-hidden="true">●</span> {text.private}
      </p>
      <div class="preferences">
        <Pick
          label={text.language}
          value={language.value}
          choices={LANGUAGE_CHOICES}
          onChoose={chooseLanguage}
        />
        <Pick label={text.theme} value={theme.value} choices={themes} onChoose={chooseTheme} />
        <ShortcutsButton />
      </div>
    </header>
  );
}
