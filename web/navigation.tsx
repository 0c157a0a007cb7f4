import type { JSX } from 'preact';
import { verdict } from './features/verdict/state.js';
import { words } from './words.js';

/** The sections of the page by the id of their heading; some are there with a result only. */
const SECTIONS = [
  { id: 'recipe', needsResult: false },
  { id: 'data', needsResult: false },
  { id: 'verdict', needsResult: true },
  { id: 'tryit', needsResult: true },
  { id: 'layers', needsResult: true },
  { id: 'inside', needsResult: false },
] as const;

/** Moves view and focus to a section. Its name is not put into the address, which holds the recipe. */
function goTo(id: string): void {
  const heading = document.querySelector<HTMLElement>(`#${id}-title`);
  if (!heading) return;
  const disclosure = heading.closest('details');
  if (disclosure) disclosure.open = true;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.closest('section')?.scrollIntoView();
}

export function Navigation(): JSX.Element {
  const text = words.value;
  const shown = SECTIONS.filter(({ needsResult }) => !needsResult || verdict.value !== null);
  return (
    <nav class="sections" aria-label={text.sectionsLabel}>
      <ul>
        {shown.map(({ id }) => (
          <li key={id}>
            <button type="button" onClick={() => goTo(id)}>
              {text.sections[id]}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
