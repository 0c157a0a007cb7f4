import type { JSX } from 'preact';
import { NumberField } from '../../components/choices.js';
import { Notice } from '../../components/notice.js';
import { random } from './state.js';
import { words } from './words.js';

const MOST_SEED = 0xffffffff;

/** Values at random, with a warning that stays. */
export function RandomFields(): JSX.Element {
  const said = words.value;
  const { seed, count, min, max } = random.value;
  const change = (part: Partial<typeof random.value>) =>
    (random.value = { ...random.value, ...part });
  return (
    <>
      <Notice kind="warning" title={said.randomTitle}>
        <p>{said.randomText}</p>
      </Notice>
      <div class="fields compact">
        <NumberField
          id="random-min"
          label={said.from}
          value={min}
          min={-1e6}
          max={1e6}
          step="any"
          onChange={(value) => change({ min: value })}
        />
        <NumberField
          id="random-max"
          label={said.to}
          value={max}
          min={-1e6}
          max={1e6}
          step="any"
          onChange={(value) => change({ max: value })}
        />
        <NumberField
          id="random-count"
          label={said.samples}
          value={count}
          min={1}
          max={1000}
          onChange={(value) => change({ count: value })}
        />
        <NumberField
          id="random-seed"
          label={said.seed}
          value={seed}
          min={0}
          max={MOST_SEED}
          onChange={(value) => change({ seed: value })}
        />
      </div>
    </>
  );
}
