import type { ComponentChildren, JSX } from 'preact';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A line of what it does. */
  readonly help?: string;
  readonly disabled?: boolean;
}

/** Choices of a few values, each by its label. */
export function labelled<const Value extends string>(
  values: readonly Value[],
  labels: Readonly<Record<NoInfer<Value>, string>>,
): Choice<Value>[] {
  return values.map((value) => ({ value, label: labels[value] }));
}

interface ChoicesProps<Value extends string> {
  /** Read out, not shown. */
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  /** `cards`: one below the other with their help; `segments`: side by side. */
  readonly look: 'cards' | 'segments';
}

/** One of a few: radio buttons, so that arrow keys and screen readers work by themselves. */
export function Choices<Value extends string>(props: ChoicesProps<Value>): JSX.Element {
  const { legend, name, value, choices, onChange, look } = props;
  return (
    <fieldset class={`choices ${look}`}>
      <legend class="visually-hidden">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class="choice">
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.disabled}
            aria-labelledby={`${name}-${choice.value}`}
            aria-describedby={choice.help ? `${name}-${choice.value}-help` : undefined}
            onChange={() => onChange(choice.value)}
          />
          <span class="choice-text">
            <span class="choice-label" id={`${name}-${choice.value}`}>
              {choice.label}
            </span>
            {choice.help && (
              <span class="help" id={`${name}-${choice.value}-help`}>
                {choice.help}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A few short choices side by side. */
export function Segments<Value extends string>(
  props: Omit<ChoicesProps<Value>, 'look'>,
): JSX.Element {
  return <Choices look="segments" {...props} />;
}

interface FieldProps {
  readonly label: string;
  readonly help?: string;
  /** Why it, or some of its values, cannot be had; part of the help. */
  readonly reasons?: readonly string[];
  readonly id: string;
  readonly children: ComponentChildren;
}

/** A labelled control with a line of what it does, which the control refers to as `${id}-help`. */
export function Field({ label, help, reasons, id, children }: FieldProps): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {help && (
        <p class="help" id={`${id}-help`}>
          {help}
          {reasons?.map((reason) => (
            <span key={reason} class="reason">
              {reason}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

interface SelectProps<Value extends string> {
  readonly label: string;
  readonly help?: string;
  readonly reasons?: readonly string[];
  readonly id: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly disabled?: boolean;
  readonly onChange: (value: Value) => void;
}

export function Select<Value extends string>(props: SelectProps<Value>): JSX.Element {
  const { label, help, reasons, id, value, choices, disabled, onChange } = props;
  return (
    <Field label={label} id={id} {...(help ? { help } : {})} {...(reasons ? { reasons } : {})}>
      <select
        id={id}
        disabled={disabled}
        aria-describedby={help ? `${id}-help` : undefined}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice.value === event.currentTarget.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {choices.map((choice) => (
          <option
            key={choice.value}
            value={choice.value}
            selected={choice.value === value}
            disabled={choice.disabled}
          >
            {choice.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly help?: string;
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A number within bounds; what is out of bounds is marked and does not count. */
export function NumberField(props: NumberFieldProps): JSX.Element {
  const { label, help, id, value, min, max, step, disabled, onChange } = props;
  return (
    <Field label={label} id={id} {...(help ? { help } : {})}>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        value={value}
        min={min}
        max={max}
        step={step ?? 1}
        required
        disabled={disabled}
        aria-describedby={help ? `${id}-help` : undefined}
        onInput={(event) => {
          const input = event.currentTarget;
          if (input.validity.valid) onChange(input.valueAsNumber);
        }}
        onBlur={(event) => {
          event.currentTarget.value = String(value);
        }}
      />
    </Field>
  );
}
