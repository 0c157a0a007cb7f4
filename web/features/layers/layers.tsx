import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { later } from '../../components/later.js';
import { RefusalNotice } from '../../components/notice.js';
import { formatBytes, formatDecibels } from '../../lib/format.js';
import { isRunning } from '../run/state.js';
import { settledVerdict } from '../verdict/state.js';
import { NO_FILTER, type Filter } from './arrange.js';
import { cancelMeasuring, measureLayers } from './measure.js';
import { PrecisionChoices } from './precision.js';
import { lastEffect } from './row_effect.js';
import { lastProgress, layerProgress, measuredLayers } from './state.js';
import { Suggestions } from './suggestions.js';
import { LayerTable } from './table.js';
import { filter, rows, selectedRow, shownRows } from './view.js';
import { words } from './words.js';

const LayerGraph = later(() => import('./graph/graph.js').then((module) => module.LayerGraph));

/** What is being measured, or how it ended. */
function Measuring(): JSX.Element | null {
  const progress = layerProgress.value;
  const measured = measuredLayers.value;
  const { measuring, measuringLabel, cancel, cancelled, measureAgain, measuredOn } = words.value;
  if (measured) {
    const { comparison, before } = measured;
    return <p class="help">{measuredOn(comparison.samples, before.runs)}</p>;
  }
  if (progress?.kind === 'working') {
    return (
      <div class="row measuring">
        <progress aria-label={measuringLabel} max={1} value={progress.share} />
        <p class="help">{measuring}</p>
        <button type="button" onClick={cancelMeasuring}>
          {cancel}
        </button>
      </div>
    );
  }
  const again = (
    <button type="button" onClick={() => (lastProgress.value = null)}>
      {measureAgain}
    </button>
  );
  if (progress?.kind === 'refused') {
    return (
      <>
        <RefusalNotice refusal={progress.refusal} />
        <div class="row">{again}</div>
      </>
    );
  }
  if (progress?.kind !== 'cancelled') return null;
  return (
    <div class="row">
      <p class="help">{cancelled}</p>
      {again}
    </div>
  );
}

function Toolbar(): JSX.Element {
  const { search, searchHint, show, decibels, kinds, showing, clearFilter } = words.value;
  const chosen = filter.value;
  const set = (part: Partial<Filter>): void => {
    filter.value = { ...filter.value, ...part };
  };
  return (
    <div class="layers-toolbar">
      <div class="field">
        <label for="layers-search">{search}</label>
        <input
          id="layers-search"
          type="search"
          value={chosen.text}
          placeholder={searchHint}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="layers-show">{show}</label>
        <select
          id="layers-show"
          value={chosen.kind}
          onChange={(event) => set({ kind: event.currentTarget.value as Filter['kind'] })}
        >
          {Object.entries(kinds).map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {chosen.kind === 'worse' && (
        <div class="field">
          <label for="layers-decibels">{decibels}</label>
          <input
            id="layers-decibels"
            type="number"
            min={-20}
            max={100}
            step={1}
            value={chosen.decibels}
            onInput={(event) => {
              const { valueAsNumber } = event.currentTarget;
              if (Number.isFinite(valueAsNumber)) set({ decibels: valueAsNumber });
            }}
          />
        </div>
      )}
      <p class="help" role="status">
        {showing(shownRows.value.length, rows.value.length)}
      </p>
      {shownRows.value.length < rows.value.length && (
        <button type="button" class="quiet" onClick={() => (filter.value = NO_FILTER)}>
          {clearFilter}
        </button>
      )}
    </div>
  );
}

/** What the last change of the recipe did to the whole model. */
function LastEffect(): JSX.Element | null {
  const now = lastEffect.value;
  if (!now) return null;
  const { effect, effects, sqnrEffect, sizeEffect, signedBytes } = words.value;
  const { sqnrDb, bytes } = now;
  const [before, after] = bytes;
  const size = sizeEffect(formatBytes(before), formatBytes(after), signedBytes(after - before));
  return (
    <p class="layers-effect">
      <strong>{effect}</strong>{' '}
      {sqnrDb
        ? effects(sqnrEffect(formatDecibels(sqnrDb[0]), formatDecibels(sqnrDb[1])), size)
        : size}
    </p>
  );
}

/** The chosen operator: its whole name, why it became what it is, and its precision. */
function Chosen(): JSX.Element {
  const row = selectedRow.value;
  const { choose, output, reason, modes, computes } = words.value;
  if (!row) return <p class="help">{choose}</p>;
  return (
    <div class="layers-chosen">
      <div>
        <h3>
          {row.name} <span class="help">{row.operator}</span>
        </h3>
        <dl class="layers-facts">
          <dt>{output}</dt>
          <dd class="name">{row.output}</dd>
          <dt>{computes}</dt>
          <dd>{modes[row.mode]}</dd>
          {row.reason && (
            <>
              <dt>{reason}</dt>
              <dd>{row.reason}</dd>
            </>
          )}
        </dl>
      </div>
      <PrecisionChoices row={row} />
    </div>
  );
}

/** Where the error comes from, layer by layer: table, graph, what is inside one, what could help. */
export function LayersPanel(): JSX.Element | null {
  const panel = useRef<HTMLElement>(null);
  const isSeen = useSignal(false);
  const current = settledVerdict.value;
  const hasVerdict = current !== null;
  useEffect(() => {
    if (!panel.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      isSeen.value = entry?.isIntersecting ?? false;
    });
    observer.observe(panel.current);
    return () => observer.disconnect();
  }, [hasVerdict]);
  // Only what somebody looks at is measured.
  useSignalEffect(() => {
    const of = settledVerdict.value;
    if (!of || !isSeen.value || isRunning.value || layerProgress.value) return;
    if (!measuredLayers.value) void measureLayers(of);
  });
  if (!current) return null;
  const { title, lead, previous } = words.value;
  return (
    <section
      ref={panel}
      class="panel layers"
      aria-labelledby="layers-title"
      aria-busy={isRunning.value || layerProgress.value?.kind === 'working'}
    >
      <div>
        <h2 id="layers-title">
          {title} {isRunning.value && <span class="tag">{previous}</span>}
        </h2>
        <p class="help">{lead}</p>
      </div>
      <Measuring />
      <LastEffect />
      <Toolbar />
      <div class="layers-views">
        <LayerTable />
        <LayerGraph />
      </div>
      <Chosen />
      <Suggestions />
    </section>
  );
}
