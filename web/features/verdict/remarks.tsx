import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Notice } from '../../components/notice.js';
import { formatDecibels } from '../../lib/format.js';
import { describeRecipe } from '../compare/naming.js';
import { isOutdated } from '../run/outdated.js';
import { isRunning } from '../run/state.js';
import { advice } from './headline.js';
import type { Verdict } from './state.js';
import { words } from './words.js';

/** How it was made and measured, and whether that is what is set now. */
export function Provenance({ settings, data }: Verdict): JSX.Element {
  const recipe = describeRecipe(settings, true).join(words.value.comma);
  return (
    <p class="help">
      {words.value.provenance(recipe, data.calibrated, data.measured, data.description)}
      {data.shared && words.value.provenanceShared}
      {(isRunning.value || isOutdated.value) && (
        <>
          {' '}
          <span class="tag">{isRunning.value ? words.value.previous : words.value.outdated}</span>
        </>
      )}
    </p>
  );
}

/** As many as can be read before the figures; a model of many layers has one for each of them. */
const FIRST_WARNINGS = 5;
/** Of those that are looked at when somebody asks. */
const MOST_WARNINGS = 100;

function WarningList({ warnings }: { readonly warnings: readonly string[] }): JSX.Element {
  return (
    <ul class="plain">
      {warnings.map((warning) => (
        <li key={warning}>{warning}</li>
      ))}
    </ul>
  );
}

function MoreWarnings({ warnings }: { readonly warnings: readonly string[] }): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  if (warnings.length === 0) return null;
  const left = warnings.length - MOST_WARNINGS;
  return (
    <details class="disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.value.moreWarnings(warnings.length)}</summary>
      {isOpen && (
        <>
          <div
            class="scroll warnings"
            tabIndex={0}
            role="region"
            aria-label={words.value.warnings(warnings.length)}
          >
            <WarningList warnings={warnings.slice(0, MOST_WARNINGS)} />
          </div>
          {left > 0 && <p class="help">{words.value.moreWarnings(left)}</p>}
        </>
      )}
    </details>
  );
}

/** What is to be known before the figures are believed. */
export function Warnings({ data, report, hasUnusedRanges }: Verdict): JSX.Element {
  const { random, unusedRanges } = words.value;
  const warnings = [...(hasUnusedRanges ? [unusedRanges] : []), ...report.warnings];
  return (
    <>
      {data.isRandom && (
        <Notice kind="warning" title={random.title}>
          <p>
            {random.text}
            {data.calibrated > 0 && random.ranges}
            {random.stop}
          </p>
        </Notice>
      )}
      {warnings.length > 0 && (
        <Notice kind="warning" title={words.value.warnings(warnings.length)}>
          <WarningList warnings={warnings.slice(0, FIRST_WARNINGS)} />
          <MoreWarnings warnings={warnings.slice(FIRST_WARNINGS)} />
        </Notice>
      )}
    </>
  );
}

/** What recovery did, and what else to try. */
export function NextSteps(verdict: Verdict): JSX.Element {
  const judged = verdict.report.recovery?.verdict;
  const steps = advice(verdict);
  return (
    <>
      {judged && (
        <p class="help">
          {words.value.recovery(
            judged.kept,
            formatDecibels(judged.plainSqnrDb),
            formatDecibels(judged.sqnrDb),
          )}
        </p>
      )}
      {steps.length > 0 && (
        <div class="advice">
          <p>{words.value.advice.title}</p>
          <ul>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
