import type { JSX } from 'preact';
import { isRunning } from '../run/state.js';
import { words } from './words.js';

/** What will stand here once there is a result. */
export function EmptyVerdict(): JSX.Element {
  const { empty, size, fidelity, speed, memory } = words.value;
  return (
    <>
      <h2 id="verdict-title" class="headline">
        {isRunning.value ? empty.working : empty.title}
      </h2>
      <p class="help">{isRunning.value ? empty.comes : empty.choose}</p>
      <div class="tiles" aria-hidden="true">
        {[size, fidelity, speed, memory].map(({ title, help }) => (
          <div key={title} class="tile empty">
            <h3>{title}</h3>
            <p>{help}</p>
          </div>
        ))}
      </div>
    </>
  );
}
