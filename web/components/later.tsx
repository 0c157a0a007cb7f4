import { signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { Notice } from './notice.js';
import { words } from './words.js';

const loaders: (() => Promise<unknown>)[] = [];

/**
 * A component in a script of its own, which is loaded when it is first shown, or by `loadTheRest`.
 * Where the script cannot be had, the component says so and offers to try again.
 * @param load For instance `() => import('./panel.js').then((module) => module.Panel)`.
 */
export function later(load: () => Promise<ComponentType>): () => JSX.Element | null {
  const state = signal<ComponentType | 'loading' | 'failed' | null>(null);
  const start = async (): Promise<void> => {
    if (state.peek() !== null && state.peek() !== 'failed') return;
    state.value = 'loading';
    try {
      state.value = await load();
    } catch {
      state.value = 'failed';
    }
  };
  loaders.push(async () => {
    await start();
    if (state.peek() === 'failed') throw new Error('a part of the page did not arrive');
  });
  return function Later() {
    const Loaded = state.value;
    if (Loaded === 'failed') {
      return (
        <section class="panel">
          <Notice kind="error" title={words.value.notLoadedTitle}>
            <p>{words.value.notLoaded}</p>
            <button type="button" onClick={() => void start()}>
              {words.value.tryAgain}
            </button>
          </Notice>
        </section>
      );
    }
    if (Loaded !== null && Loaded !== 'loading') return <Loaded />;
    void start();
    return null;
  };
}

/** A module in a script of its own, which is loaded when it is first asked for, or by `loadTheRest`. */
export function laterModule<Module>(load: () => Promise<Module>): () => Promise<Module> {
  loaders.push(load);
  return load;
}

/**
 * Fetches all that the first view did without, so that no request is needed afterwards.
 * @throws Error when something did not arrive; it is fetched again when it is shown.
 */
export async function loadTheRest(): Promise<void> {
  // What is loaded may have parts of its own that come later.
  for (let begun = 0; begun < loaders.length;) {
    const next = loaders.slice(begun);
    begun = loaders.length;
    await Promise.all(next.map((load) => load()));
  }
}
