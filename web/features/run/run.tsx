import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { RefusalNotice } from '../../components/notice.js';
import { formatCount } from '../../lib/format.js';
import { currentPlan } from '../data/plan.js';
import { model, obstacle } from '../open/state.js';
import { cancel, run } from './pipeline.js';
import { isRunning, progress, runRefusal, STAGE_LABELS, stagesOf, wasCancelled } from './state.js';

/** All stages at once, with the current one counted, so that nothing moves while they go by. */
function Stages(): JSX.Element {
  const stages = stagesOf(Boolean(currentPlan.value.plan?.labels));
  const current = progress.value;
  const reached = current ? stages.indexOf(current.stage) : -1;
  return (
    <ol class="stages">
      {stages.map((stage, index) => {
        const isCurrent = index === reached;
        const isDone = index < reached;
        return (
          <li
            key={stage}
            class={isCurrent ? 'current' : isDone ? 'done' : undefined}
            aria-current={isCurrent ? 'step' : undefined}
          >
            <span class="stage-mark" aria-hidden="true">
              {isDone ? '✓' : index + 1}
            </span>
            <span class="stage-name">
              {STAGE_LABELS[stage]}
              {isDone && <span class="visually-hidden"> done</span>}
            </span>
            <span class="stage-count">
              {isCurrent &&
                current &&
                current.total > 1 &&
                `${formatCount(current.done)} of ${formatCount(current.total)}`}
            </span>
            <progress
              aria-label={STAGE_LABELS[stage]}
              max={1}
              value={isDone ? 1 : isCurrent && current ? current.done / current.total : 0}
            />
          </li>
        );
      })}
    </ol>
  );
}

/** The button that does it all, what it is doing, and the way out. */
export function RunPanel(): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  useSignalEffect(() => {
    // On narrow screens it is below what was pressed.
    if (isRunning.value) panel.current?.scrollIntoView({ block: 'nearest' });
  });
  const running = isRunning.value;
  const missing = currentPlan.value.refusal;
  const reason = obstacle.value || (missing ? `${missing.what} ${missing.next}` : '');
  return (
    <section ref={panel} class="panel run" aria-labelledby="run-title">
      <h2 id="run-title" class="visually-hidden">
        Run
      </h2>
      <div class="row">
        <button
          type="button"
          class="primary wide"
          disabled={running || reason !== '' || !model.value}
          aria-describedby="run-reason"
          onClick={() => void run()}
        >
          {running ? 'Working…' : 'Quantize'}
        </button>
        <button type="button" disabled={!running} onClick={cancel}>
          Cancel
        </button>
        <p class="help" id="run-reason">
          {reason || (wasCancelled.value ? 'Cancelled; nothing was changed.' : '')}
        </p>
      </div>
      <Stages />
      {runRefusal.value && (
        <RefusalNotice refusal={runRefusal.value} onDismiss={() => (runRefusal.value = null)} />
      )}
    </section>
  );
}
