import { signal } from '@preact/signals';
import type { RuntimeInfo } from 'octolite';
import { model, opening } from './features/open/state.js';

/** Whether all of the page is here, for use without a network. */
export const isKept = signal(false);
/** Whether this tab, which no service worker serves, has all that it needs. */
export const isWhole = signal(false);
/** The next version of the page, which waits to be let in; null when there is none. */
export const update = signal<ServiceWorker | null>(null);

/** Set once this tab was loaded again for it, so that it never happens twice. */
const TRIED = 'octolite-isolation';

const hasWork = (): boolean => model.value !== null || opening.value !== '';

/** A server of this machine at its root: tomorrow another page may stand at the same address. */
const isLent =
  location.pathname === '/' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);

function watchForUpdates(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    update.value = registration.active ? registration.waiting : null;
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
}

/**
 * Threads need a page that is cross-origin isolated, which a server grants by headers. Where it does
 * not, the service worker adds them, and the page loads itself once more, unless there is work on it
 * already.
 */
async function isolate(): Promise<void> {
  if (crossOriginIsolated) return;
  await navigator.serviceWorker.ready;
  if (hasWork() || sessionStorage.getItem(TRIED) !== null) return;
  sessionStorage.setItem(TRIED, 'yes');
  location.reload();
}

/**
 * Starts the service worker where it is of use.
 * @returns Whether there is one.
 */
export async function serve(): Promise<boolean> {
  if (!('serviceWorker' in navigator) || (isLent && crossOriginIsolated)) return false;
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', () => (isKept.value = true));
  watchForUpdates(await serviceWorker.register(new URL('./service_worker.js', document.baseURI)));
  await isolate();
  return true;
}

/**
 * Has the page kept for use without a network, with the binary that runs.
 * @returns Whether it is to be.
 */
export async function keep({ variant }: RuntimeInfo): Promise<boolean> {
  if (isLent) return false;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage(`wasm/octolite-${variant}.wasm`);
  return true;
}

/** Lets the next version in, and loads the page anew. */
export function applyUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  update.value?.postMessage('update');
}
