import { signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';

const loaders: (() => Promise<unknown>)[] = [];

/**
 * A component in a script of its own, which is loaded when it is first shown, or by `loadTheRest`.
 * @param load For instance `() => import('./panel.js').then((module) => module.Panel)`.
 */
export function later(load: () => Promise<ComponentType>): () => JSX.Element | null {
  const loaded = signal<ComponentType | null>(null);
  let loading: Promise<void> | null = null;
  const start = (): Promise<void> =>
    (loading ??= load().then((component) => {
      loaded.value = component;
    }));
  loaders.push(start);
  return function Later() {
    const Loaded = loaded.value;
    if (Loaded) return <Loaded />;
    void start();
    return null;
  };
}

/** Fetches all that the first view did without, so that the page works without a network. */
export async function loadTheRest(): Promise<void> {
  await Promise.all(loaders.map((load) => load()));
}
