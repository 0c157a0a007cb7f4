import type { JSX } from 'preact';
import { announce } from '../../lib/announce.js';
import { selectedLayer, type Layer } from '../layers/state.js';
import { verdict } from '../verdict/state.js';
import { ActivationRange } from './activation.js';
import { Numbers } from './numbers.js';
import { FloatAgainstQuantized } from './scatter.js';
import { shownLayer } from './state.js';
import { WeightRanges } from './weights.js';
import { words } from './words.js';

/** All layers of the verdict's model, in the order of the graph. */
function layersOf(): Layer[] {
  const inspection = verdict.value?.inspection;
  return (inspection?.before.subgraphs ?? []).flatMap(({ operators }, subgraph) =>
    operators.map((operator) => {
      const after = inspection?.after.subgraphs[subgraph]?.operators.find(
        ({ output }) => output === operator.output,
      );
      return {
        subgraph,
        operator: operator.index,
        name: operator.name,
        scope: operator.scope,
        output: operator.output,
        tensor: operator.outputs[0] ?? -1,
        tensorAfter: after?.outputs[0] ?? null,
        operatorAfter: after?.index ?? null,
      };
    }),
  );
}

/** One layer of the result: its numbers, its range, its weights, its errors. */
export function LayerDetail(): JSX.Element | null {
  const text = words.value;
  if (!verdict.value) return null;
  const layers = layersOf();
  const layer = shownLayer.value;
  const at = layers.findIndex(
    ({ subgraph, operator }) => subgraph === layer?.subgraph && operator === layer.operator,
  );
  const go = (to: number): void => {
    const chosen = layers[to];
    if (!chosen) return;
    selectedLayer.value = chosen;
    announce(`${text.place(to + 1, layers.length)}: ${chosen.name} ${chosen.output}`);
  };
  return (
    <section class="panel detail" aria-labelledby="detail-title">
      <div class="detail-head">
        <h2 id="detail-title">{layer ? `${text.title}: ${layer.name}` : text.title}</h2>
        <div class="detail-chooser">
          <button
            type="button"
            aria-label={text.previousLayer}
            disabled={at <= 0}
            onClick={() => go(at - 1)}
          >
            ‹
          </button>
          <select
            aria-label={text.layer}
            onChange={(event) => {
              const chosen = Number(event.currentTarget.value);
              if (chosen < 0) selectedLayer.value = null;
              else go(chosen);
            }}
          >
            <option value={-1} selected={at < 0}>
              {text.none}
            </option>
            {layers.map(({ name, output }, index) => (
              <option key={index} value={index} selected={index === at}>
                {`${index + 1}. ${name} ${output}`}
              </option>
            ))}
          </select>
          <button
            type="button"
            aria-label={text.nextLayer}
            disabled={at === layers.length - 1}
            onClick={() => go(at + 1)}
          >
            ›
          </button>
        </div>
      </div>
      {layer ? (
        <>
          <p class="name">{layer.output}</p>
          <Numbers layer={layer} />
          {layer.subgraph === 0 ? (
            <div class="detail-parts">
              <ActivationRange layer={layer} />
              <WeightRanges />
              <FloatAgainstQuantized />
            </div>
          ) : (
            <p class="help">{text.otherSubgraph}</p>
          )}
        </>
      ) : (
        <p class="help">{text.choose}</p>
      )}
    </section>
  );
}
