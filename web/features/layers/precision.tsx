import type { JSX } from 'preact';
import { Segments } from '../../components/choices.js';
import type { Precision } from '../recipe/settings.js';
import { reasonAgainst } from '../recipe/limits.js';
import { precisionOf, setPrecision, settings } from '../recipe/state.js';
import { run } from '../run/pipeline.js';
import { shortOutput, type LayerRow } from './rows.js';
import { words } from './words.js';

type Choice = Precision | 'recipe';

function choose({ scope, name }: LayerRow, choice: Choice): void {
  setPrecision(scope, name, choice === 'recipe' ? null : choice);
  void run();
}

function choices(
  labels: Readonly<Record<Choice, string>>,
): { value: Choice; label: string; disabled: boolean }[] {
  const hasInt16 = reasonAgainst(settings.value, 'activationBits', 16) === null;
  return [
    { value: 'recipe', label: labels.recipe, disabled: false },
    { value: 'float', label: labels.float, disabled: false },
    { value: 'int16', label: labels.int16, disabled: !hasInt16 },
  ];
}

/** In a row of the table. */
export function PrecisionSelect({
  row,
  isReached,
}: {
  readonly row: LayerRow;
  /** By Tab. */
  readonly isReached: boolean;
}): JSX.Element {
  return (
    <select
      aria-label={words.value.precisionOf(`${row.name} ${shortOutput(row.output)}`)}
      tabIndex={isReached ? 0 : -1}
      disabled={row.scope === ''}
      title={row.scope === '' ? words.value.noScope : undefined}
      value={precisionOf(row.scope) ?? 'recipe'}
      onChange={(event) => choose(row, event.currentTarget.value as Choice)}
    >
      {choices(words.value.shortPrecisions).map(({ value, label, disabled }) => (
        <option key={value} value={value} disabled={disabled}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** Of the chosen row, wherever its table has no room for it. */
export function PrecisionChoices({ row }: { readonly row: LayerRow }): JSX.Element {
  if (row.scope === '') return <p class="help">{words.value.noScope}</p>;
  return (
    <Segments
      legend={words.value.precision}
      name="layer-precision"
      value={precisionOf(row.scope) ?? 'recipe'}
      choices={choices(words.value.precisions)}
      onChange={(choice) => choose(row, choice)}
    />
  );
}
