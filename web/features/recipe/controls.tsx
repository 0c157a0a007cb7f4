import type { ComponentChildren, JSX } from 'preact';
import { Field, Select, type Choice } from '../../components/choices.js';
import { formatList } from '../../lib/format.js';
import { choicesOf, reasonAgainst, type CHOICES, type Reason } from './limits.js';
import { words } from './options_words.js';
import type { RecipeSettings } from './settings.js';
import { change, settings } from './state.js';

export interface Told {
  readonly label: string;
  readonly help: string;
}

/** Settings with a few values. */
type Listed = keyof typeof CHOICES;

interface Offer<Value> {
  readonly value: Value;
  readonly label: string;
  readonly reason: Reason | null;
}

function offersOf<Key extends Listed>(
  key: Key,
  labelOf: (value: RecipeSettings[Key]) => string,
): Offer<RecipeSettings[Key]>[] {
  return choicesOf(key).map((value) => ({
    value,
    label: labelOf(value),
    reason: reasonAgainst(settings.value, key, value),
  }));
}

/** Why some values are not on offer, one sentence for each reason. */
function sentences(offers: readonly Offer<unknown>[]): string[] {
  const { reasons, unavailable } = words.value;
  const found = new Set(offers.flatMap(({ reason }) => reason ?? []));
  return [...found].map((reason) => {
    const labels = offers.filter((offer) => offer.reason === reason).map(({ label }) => label);
    return unavailable(formatList(labels), reasons[reason]);
  });
}

interface ListProps<Key extends Listed> {
  readonly setting: Key;
  /** Default its name. */
  readonly labelOf?: (value: RecipeSettings[Key]) => string;
}

/** One value of a list; those that do not go with the rest are told with the reason. */
export function ListOption<Key extends Listed>(props: ListProps<Key>): JSX.Element {
  const { setting, labelOf = String } = props;
  const told: Told = words.value[setting];
  const offers = offersOf(setting, labelOf);
  const choices: Choice<string>[] = offers.map(({ value, label, reason }) => ({
    value: String(value),
    label,
    disabled: reason !== null,
  }));
  return (
    <Select
      id={setting}
      label={told.label}
      help={told.help}
      reasons={sentences(offers)}
      value={String(settings.value[setting])}
      choices={choices}
      disabled={offers.filter(({ reason }) => reason === null).length < 2}
      onChange={(text) => {
        const offer = offers.find(({ value }) => String(value) === text);
        if (offer) change({ [setting]: offer.value });
      }}
    />
  );
}

interface SliderProps {
  /** The setting, whose words say its value, too. */
  readonly id: 'percentile' | 'prune' | 'cluster';
  /** From left to right. */
  readonly stops: readonly number[];
  readonly value: number;
  readonly reason?: Reason | null;
  readonly onChange: (value: number) => void;
}

/** A slider over stops, as what is chosen from is seldom evenly spread; its value is beside it. */
export function Slider(props: SliderProps): JSX.Element {
  const { id, stops, value, reason = null, onChange } = props;
  const told = words.value[id];
  const text = told.value(value);
  const nearest = stops.reduce(
    (best, stop, index) =>
      Math.abs(stop - value) < Math.abs((stops[best] ?? Infinity) - value) ? index : best,
    0,
  );
  return (
    <Field
      id={id}
      label={told.label}
      help={told.help}
      reasons={reason ? [words.value.reasons[reason]] : []}
    >
      <div class="slider">
        <input
          id={id}
          type="range"
          min={0}
          max={stops.length - 1}
          step={1}
          value={nearest}
          disabled={reason !== null}
          aria-valuetext={text}
          aria-describedby={`${id}-help`}
          onInput={(event) => {
            const stop = stops[event.currentTarget.valueAsNumber];
            if (stop !== undefined) onChange(stop);
          }}
        />
        <output for={id}>{text}</output>
      </div>
    </Field>
  );
}

interface SwitchProps {
  readonly id: string;
  readonly told: Told;
  readonly checked: boolean;
  readonly reason: Reason | null;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ id, told, checked, reason, onChange }: SwitchProps): JSX.Element {
  return (
    <label class="choice">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={reason !== null}
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="choice-text">
        <span class="choice-label" id={`${id}-label`}>
          {told.label}
        </span>
        <span class="help" id={`${id}-help`}>
          {told.help}
          {reason && <span class="reason">{words.value.reasons[reason]}</span>}
        </span>
      </span>
    </label>
  );
}

export function Group({
  title,
  help,
  children,
}: {
  readonly title: string;
  readonly help?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <fieldset class="option-group" tabIndex={-1}>
      <legend>{title}</legend>
      {help && <p class="help">{help}</p>}
      {children}
    </fieldset>
  );
}
