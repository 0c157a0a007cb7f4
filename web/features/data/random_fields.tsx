import type { JSX } from 'preact';
import { NumberField } from '../../components/choices.js';
import { Notice } from '../../components/notice.js';
import { random } from './state.js';
import { words } from './words.js';

/** In their order, with what they may be. */
const FIELDS = {
  min: { min: -1e6, max: 1e6, step: 'any' },
  max: { min: -1e6, max: 1e6, step: 'any' },
  count: { min: 1, max: 1000 },
  seed: { min: 0, max: 0xffffffff },
} as const;

/** Values at random, with a warning that stays. */
export function RandomFields(): JSX.Element {
  const said = words.value;
  return (
    <>
      <Notice kind="warning" title={said.randomTitle}>
        <p>{said.randomText}</p>
      </Notice>
      <div class="fields compact">
        {(Object.keys(FIELDS) as (keyof typeof FIELDS)[]).map((field) => (
          <NumberField
            key={field}
            id={`random-${field}`}
            label={said.randomFields[field]}
            value={random.value[field]}
            {...FIELDS[field]}
            onChange={(value) => (random.value = { ...random.value, [field]: value })}
          />
        ))}
      </div>
    </>
  );
}
