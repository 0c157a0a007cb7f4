import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { RefusalNotice } from '../../components/notice.js';
import { currentPlan } from '../data/plan.js';
import { model, obstacle } from '../open/state.js';
import { settings } from '../recipe/state.js';
import { verdict } from '../verdict/state.js';
import { isLive, setLive } from './live.js';
import { cancel, isCalibrated, run } from './pipeline.js';
import { stagesOf } from './plan_stages.js';
import {
  isRunning,
  progress,
  runRefusal,
  stages,
  wasCancelled,
  type PlannedStage,
  type StageProgress,
} from './state.js';
import { words } from './words.js';

/** A remaining time below this is not worth a word. */
const SHORT_MS = 1500;

/** "12 of 500", "12 of 500, 40 s left", or what it waits for. */
function count({ done, total, remainingMs = 0, isWaiting }: StageProgress): string {
  if (isWaiting) return words.value.isWaiting;
  if (total <= 1) return '';
  const counted = words.value.of(done, total);
  if (remainingMs < SHORT_MS) return counted;
  return `${counted}, ${words.value.left(Math.round(remainingMs / 1000))}`;
}

function StageItem({
  planned: { stage, isKept },
  place,
  current,
  isDone,
}: {
  readonly planned: PlannedStage;
  readonly place: number;
  /** Null when it is another's turn. */
  readonly current: StageProgress | null;
  readonly isDone: boolean;
}): JSX.Element {
  const label = words.value.stages[stage];
  const kind = current ? 'current' : isKept ? 'kept' : isDone ? 'done' : undefined;
  const share = current ? current.done / Math.max(current.total, 1) : isDone || isKept ? 1 : 0;
  return (
    <li class={kind} data-stage={stage} aria-current={current ? 'step' : undefined}>
      <span class="stage-mark" aria-hidden="true">
        {kind === 'done' || kind === 'kept' ? '✓' : place}
      </span>
      <span class="stage-name">
        {label}
        {kind === 'done' && <span class="visually-hidden"> {words.value.isDone}</span>}
      </span>
      <span class="stage-count">
        {current ? count(current) : kind === 'kept' ? words.value.isKept : ''}
      </span>
      <progress aria-label={label} max={1} value={share} />
    </li>
  );
}

/** What would be done if it were begun now. */
function stagesToCome(): readonly PlannedStage[] {
  const open = model.value;
  const { plan } = currentPlan.value;
  // The verdict is looked at because what is known of the samples comes with it.
  const isKnown = Boolean(verdict.value && open && plan && isCalibrated(open, plan));
  return stagesOf(settings.value, Boolean(plan?.labels), isKnown);
}

/** All stages at once, with the current one counted, so that nothing moves while they go by. */
function Stages(): JSX.Element {
  const planned = isRunning.value && stages.value.length > 0 ? stages.value : stagesToCome();
  const current = progress.value;
  const reached = current ? planned.findIndex(({ stage }) => stage === current.stage) : -1;
  return (
    <ol class="stages">
      {planned.map((each, index) => (
        <StageItem
          key={each.stage}
          planned={each}
          place={index + 1}
          current={index === reached ? current : null}
          isDone={index < reached}
        />
      ))}
    </ol>
  );
}

function LiveToggle(): JSX.Element {
  return (
    <label class="choice live">
      <input
        type="checkbox"
        checked={isLive.value}
        aria-describedby="live-help"
        onChange={(event) => setLive(event.currentTarget.checked)}
      />
      <span class="choice-text">
        <span class="choice-label">{words.value.live}</span>
        <span class="help" id="live-help">
          {words.value.liveHelp}
        </span>
      </span>
    </label>
  );
}

/** The button that does it all, what it is doing, and the way out. */
export function RunPanel(): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  useSignalEffect(() => {
    // On narrow screens it is below what was pressed; later runs begin by themselves.
    if (isRunning.value && !verdict.peek()) panel.current?.scrollIntoView({ block: 'nearest' });
  });
  const running = isRunning.value;
  const { refusal, mayDo } = currentPlan.value;
  const missing = mayDo ? undefined : refusal;
  const reason = obstacle.value || (missing ? `${missing.what} ${missing.next}` : '');
  const { title, quantize, working, cancel: cancelLabel, nothingChanged } = words.value;
  return (
    <section ref={panel} class="panel run" aria-labelledby="run-title">
      <h2 id="run-title" class="visually-hidden">
        {title}
      </h2>
      <div class="row">
        <button
          type="button"
          class="primary wide"
          disabled={running || reason !== '' || !model.value}
          aria-describedby="run-reason"
          onClick={() => void run()}
        >
          {running ? working : quantize}
        </button>
        <button type="button" disabled={!running} onClick={cancel}>
          {cancelLabel}
        </button>
        <p class="help" id="run-reason">
          {reason || (wasCancelled.value ? nothingChanged : '')}
        </p>
      </div>
      <Stages />
      {verdict.value && <LiveToggle />}
      {runRefusal.value && (
        <RefusalNotice refusal={runRefusal.value} onDismiss={() => (runRefusal.value = null)} />
      )}
    </section>
  );
}
