import { model, opening } from './features/open/state.js';

/** Set once this tab was loaded again for it, so that it never happens twice. */
const TRIED = 'octolite-isolation';

/**
 * Threads need a page that is cross-origin isolated, which a server grants by headers. Where it does
 * not, a service worker of the page's own adds them, and the page loads itself once more, unless
 * there is work on it already.
 */
export async function isolate(): Promise<void> {
  if (crossOriginIsolated || !('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register(new URL('./isolation_worker.js', import.meta.url));
  await navigator.serviceWorker.ready;
  if (model.value || opening.value !== '' || sessionStorage.getItem(TRIED) !== null) return;
  sessionStorage.setItem(TRIED, 'yes');
  location.reload();
}
