import type { JSX } from 'preact';
import { NumberField, Segments, type Choice } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { calibrates } from '../recipe/state.js';
import { ConvergenceFields } from './convergence.js';
import { FilesFields } from './files_fields.js';
import { NamesField } from './labels_fields.js';
import { currentPlan, planAgain } from './plan.js';
import { Preview } from './preview.js';
import { RandomFields } from './random_fields.js';
import { bundled, dataRefusal, entries, limits, source, type SourceKind } from './state.js';
import { words } from './words.js';

const MOST_SAMPLES = 100_000;

/** What the samples are used for, or what is missing. */
function Use(): JSX.Element | null {
  const said = words.value;
  const { plan, refusal, mayDo } = currentPlan.value;
  if (refusal && entries.value.length > 0) {
    return <RefusalNotice refusal={refusal} {...(mayDo && { onRetry: planAgain })} />;
  }
  if (!plan) return null;
  const { calibration, measure, shared, labels } = plan;
  const isLabelled = labels !== null;
  if (!calibrates.value) return <p class="help">{said.toMeasure(measure.count, isLabelled)}</p>;
  return (
    <p class="help">
      {shared
        ? said.sharedUse(calibration.count)
        : said.partedUse(calibration.count, measure.count, isLabelled)}
    </p>
  );
}

function LimitFields(): JSX.Element {
  const change = (part: Partial<typeof limits.value>): void => {
    limits.value = { ...limits.value, ...part };
  };
  return (
    <details class="disclosure">
      <summary>{words.value.howMany}</summary>
      <div class="fields compact">
        <NumberField
          id="limit-calibration"
          label={words.value.mostCalibrate}
          value={limits.value.calibration}
          min={1}
          max={MOST_SAMPLES}
          onChange={(value) => change({ calibration: value })}
        />
        <NumberField
          id="limit-measure"
          label={words.value.mostMeasure}
          value={limits.value.measure}
          min={1}
          max={MOST_SAMPLES}
          onChange={(value) => change({ measure: value })}
        />
      </div>
    </details>
  );
}

/** Where samples come from, and how they become inputs. */
export function DataPanel(): JSX.Element {
  const said = words.value;
  const choices: Choice<SourceKind>[] = [
    ...(bundled.value ? [{ value: 'bundled', label: said.bundled } as const] : []),
    { value: 'files', label: said.ownFiles },
    { value: 'random', label: said.random },
  ];
  return (
    <section class="panel data" aria-labelledby="data-title">
      <h2 id="data-title">{said.title}</h2>
      <p class="help">{calibrates.value ? said.forStatic : said.forOthers}</p>
      <Segments
        legend={said.where}
        name="source"
        value={source.value}
        choices={choices}
        onChange={(value) => (source.value = value)}
      />
      {dataRefusal.value && (
        <RefusalNotice refusal={dataRefusal.value} onDismiss={() => (dataRefusal.value = null)} />
      )}
      {source.value === 'files' && <FilesFields />}
      {source.value === 'random' && <RandomFields />}
      <NamesField />
      <Use />
      <Preview />
      <ConvergenceFields />
      {source.value !== 'random' && <LimitFields />}
    </section>
  );
}
