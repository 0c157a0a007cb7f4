import type { JSX } from 'preact';
import { Choices, Segments, type Choice } from '../../components/choices.js';
import { later } from '../../components/later.js';
import { RecipeNotice } from './notice.js';
import { presetOf, WITH_DATA, WITHOUT_DATA, type PresetName } from './presets.js';
import { choosePreset, settings } from './state.js';
import { recipeInWords, words } from './words.js';

const Options = later(() => import('./options.js').then((module) => module.Options));

const SharePanel = later(() => import('./share_panel.js').then((module) => module.SharePanel));

type Card = PresetName | 'custom';

function choose(card: Card): void {
  if (card !== 'custom') choosePreset(card);
}

/** What is quickest to reach: recipes that suit most, each in one click. */
function Presets(): JSX.Element {
  const { presets, presetOf: texts, custom, withoutData, withoutDataHelp } = words.value;
  const chosen = presetOf(settings.value);
  const cards: Choice<Card>[] = WITH_DATA.map((name) => ({ value: name, ...texts[name] }));
  if (!chosen) {
    cards.push({ value: 'custom', label: custom, help: recipeInWords(settings.value) });
  }
  const hasNoData = WITHOUT_DATA.find((name) => name === chosen);
  return (
    <div class="presets">
      <Choices
        legend={presets}
        name="recipe"
        look="cards"
        value={chosen ?? 'custom'}
        choices={cards}
        onChange={choose}
      />
      <p class="presets-title" aria-hidden="true">
        {withoutData}
      </p>
      <Segments
        legend={withoutData}
        name="recipe"
        value={chosen ?? 'custom'}
        choices={WITHOUT_DATA.map((name) => ({ value: name, label: texts[name].label }))}
        onChange={choose}
      />
      <p class="help">{hasNoData ? texts[hasNoData].help : withoutDataHelp}</p>
    </div>
  );
}

export function RecipePanel(): JSX.Element {
  return (
    <section class="panel" aria-labelledby="recipe-title">
      <h2 id="recipe-title">{words.value.title}</h2>
      <Presets />
      <Options />
      <SharePanel />
      <RecipeNotice />
    </section>
  );
}
