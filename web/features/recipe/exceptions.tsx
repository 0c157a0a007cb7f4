import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { announce } from '../../lib/announce.js';
import { model } from '../open/state.js';
import { Group } from './controls.js';
import { words } from './options_words.js';
import { calibratesItself } from './settings.js';
import { change, setPrecision, setRange, settings } from './state.js';

/** What the open model has, to tell exceptions that are of another. */
const known = computed(() => {
  const inspection = model.value?.inspection;
  if (!inspection) return null;
  const operators = inspection.subgraphs.flatMap((subgraph) => subgraph.operators);
  const scopes = new Set(operators.map(({ scope }) => scope));
  // A scope has the names of all outputs, each with a ";".
  const tensors = [...scopes, ...inspection.inputs.map(({ name }) => `${name};`)].join('');
  return {
    hasOperator: (scope: string): boolean => scopes.has(scope),
    hasTensor: (name: string): boolean => tensors.includes(`${name};`),
  };
});

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Keeps the focus in the group of a button that is about to go. */
function stayIn(button: HTMLElement): void {
  const group = button.closest('fieldset');
  requestAnimationFrame(() => (group?.querySelector('button') ?? group)?.focus());
}

interface ItemProps {
  readonly name: string;
  readonly detail: string;
  readonly isStray?: boolean;
  readonly onRemove: () => void;
}

function Item({ name, detail, isStray, onRemove }: ItemProps): JSX.Element {
  const { remove, removeOf, removed, notInModel } = words.value;
  return (
    <li class="exception">
      <p>
        <span class="name">{name}</span>
        <span class="help">
          {detail}
          {isStray && <span class="tag">{notInModel}</span>}
        </span>
      </p>
      <button
        type="button"
        class="quiet"
        aria-label={removeOf(name)}
        onClick={(event) => {
          stayIn(event.currentTarget);
          onRemove();
          announce(removed(name));
        }}
      >
        {remove}
      </button>
    </li>
  );
}

/** How many exceptions there are, of any kind. */
export const exceptionCount = computed(() => {
  const { overrides, ranges, rules } = settings.value;
  return overrides.length + Object.keys(ranges).length + rules.length;
});

/** What does not follow the recipe, and the way back for each. */
export function Exceptions(): JSX.Element {
  const text = words.value;
  const { overrides, ranges, rules } = settings.value;
  const tensors = Object.entries(ranges);
  const count = exceptionCount.value;
  return (
    <Group title={text.groups.exceptions} help={text.exceptionsHelp}>
      {count === 0 && <p class="help">{text.noExceptions}</p>}
      {rules.length > 0 && (
        <>
          <h3>{text.rulesTitle}</h3>
          <ul>
            {rules.map((rule, position) => (
              <Item
                key={position}
                name={rule.regex}
                detail={text.rule(rule.operation, rule.algorithm_key)}
                onRemove={() => change({ rules: rules.filter((each) => each !== rule) })}
              />
            ))}
          </ul>
        </>
      )}
      {overrides.length > 0 && (
        <>
          <h3>{text.overridesTitle}</h3>
          <ul>
            {overrides.map(({ scope, operation, precision }) => (
              <Item
                key={scope}
                name={scope.replace(/;$/, '')}
                detail={`${operation} → ${text.precisions[precision]}`}
                isStray={known.value?.hasOperator(scope) === false}
                onRemove={() => setPrecision(scope, operation, null)}
              />
            ))}
          </ul>
        </>
      )}
      {tensors.length > 0 && (
        <>
          <h3>{text.rangesTitle}</h3>
          {calibratesItself(settings.value) && <p class="help">{text.rangesNotRecovered}</p>}
          <ul>
            {tensors.map(([tensor, [min, max]]) => (
              <Item
                key={tensor}
                name={tensor}
                detail={text.range(short(min), short(max))}
                isStray={known.value?.hasTensor(tensor) === false}
                onRemove={() => setRange(tensor, null)}
              />
            ))}
          </ul>
        </>
      )}
      {count > 1 && (
        <button
          type="button"
          class="quiet"
          onClick={(event) => {
            stayIn(event.currentTarget);
            change({ overrides: [], ranges: {}, rules: [] });
            announce(text.noExceptions);
          }}
        >
          {text.removeAll}
        </button>
      )}
    </Group>
  );
}
