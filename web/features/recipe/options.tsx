import type { JSX } from 'preact';
import { Group, ListOption, Slider, Switch } from './controls.js';
import { exceptionCount, Exceptions } from './exceptions.js';
import { PASSES, reasonAgainst, reasonAgainstPass } from './limits.js';
import { words } from './options_words.js';
import { quantizesActivations } from './settings.js';
import { change, settings } from './state.js';

/** Dense where it matters: what is cut off halves, about, from each to the next. */
const PERCENTILES = [90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.995, 99.999, 100];
const SHARES = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90];
const CLUSTERS = [0, 256, 128, 64, 32, 16, 8, 4, 2];

function Weights(): JSX.Element {
  const text = words.value;
  return (
    <Group title={text.groups.weights}>
      <div class="fields">
        <ListOption setting="method" labelOf={(value) => text.methods[value]} />
        <ListOption setting="weightBits" labelOf={(value) => `int${value}`} />
        <ListOption setting="granularity" labelOf={(value) => text.granularities[value]} />
        <ListOption setting="clipping" labelOf={(value) => text.clippings[value]} />
      </div>
    </Group>
  );
}

function Activations(): JSX.Element {
  const text = words.value;
  const { observer, percentile } = settings.value;
  return (
    <Group title={text.groups.activations}>
      <div class="fields">
        <ListOption setting="activationBits" labelOf={(value) => `int${value}`} />
        <ListOption setting="observer" labelOf={(value) => text.observers[value]} />
        <Slider
          id="percentile"
          stops={PERCENTILES}
          value={percentile}
          reason={
            !quantizesActivations(settings.value)
              ? 'staticOnly'
              : observer === 'percentile'
                ? null
                : 'percentileObserver'
          }
          onChange={(value) => change({ percentile: value })}
        />
      </div>
    </Group>
  );
}

function Edges(): JSX.Element {
  const text = words.value;
  return (
    <Group title={text.groups.edges}>
      <div class="fields">
        <ListOption setting="inputType" />
        <ListOption setting="outputType" />
      </div>
    </Group>
  );
}

function Target(): JSX.Element {
  const text = words.value;
  return (
    <Group title={text.groups.target}>
      <ListOption setting="target" labelOf={(value) => text.targets[value]} />
    </Group>
  );
}

function Recovery(): JSX.Element {
  const text = words.value;
  const { recover } = settings.value;
  return (
    <Group title={text.groups.recovery} help={text.recoveryHelp}>
      <div class="checks">
        {PASSES.map((pass) => (
          <Switch
            key={pass}
            id={`recover-${pass}`}
            told={text.passes[pass]}
            checked={recover.includes(pass)}
            reason={reasonAgainstPass(settings.value, pass)}
            onChange={(checked) =>
              change({
                recover: PASSES.filter((each) =>
                  each === pass ? checked : recover.includes(each),
                ),
              })
            }
          />
        ))}
      </div>
    </Group>
  );
}

function Compression(): JSX.Element {
  const text = words.value;
  const { prune, cluster, microCompress } = settings.value;
  return (
    <Group title={text.groups.compression}>
      <div class="fields">
        <Slider
          id="prune"
          stops={SHARES}
          value={Math.round(prune * 1000) / 10}
          onChange={(percent) => change({ prune: percent / 100 })}
        />
        <Slider
          id="cluster"
          stops={CLUSTERS}
          value={cluster}
          onChange={(count) => change({ cluster: count })}
        />
      </div>
      <Switch
        id="micro-compress"
        told={text.microCompress}
        checked={microCompress}
        reason={reasonAgainst(settings.value, 'microCompress', true)}
        onChange={(checked) => change({ microCompress: checked })}
      />
    </Group>
  );
}

/** Everything there is to set, each with a line of what it does. */
export function Options(): JSX.Element {
  return (
    <details class="disclosure options">
      <summary>
        {words.value.title}
        {exceptionCount.value > 0 && (
          <span class="tag">{words.value.exceptionCount(exceptionCount.value)}</span>
        )}
      </summary>
      <Weights />
      <Activations />
      <Edges />
      <Target />
      <Recovery />
      <Compression />
      <Exceptions />
    </details>
  );
}
