/**
 * The page's service worker. It answers every request with the headers that make the page
 * cross-origin isolated, and, once the page asks for it, keeps the page for use without a network:
 * one cache for each version, filled with what the build lists and nothing else.
 */
interface Client {
  postMessage(message: string): void;
}
interface Life extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Life {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Told extends Life {
  readonly data: unknown;
  readonly source: Client | null;
}
const scope = globalThis as unknown as {
  readonly registration: { readonly scope: string; readonly active: unknown };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Life) => void): void;
  addEventListener(type: 'fetch', listener: (event: Asked) => void): void;
  addEventListener(type: 'message', listener: (event: Told) => void): void;
};

/** All files of this version, with their digests as `integrity` takes them; put in by the build. */
declare const FILES: readonly (readonly [path: string, integrity: string])[];
declare const VERSION: string;

/** Another copy of the page may lie at another path of the same origin. */
const MINE = `octolite ${scope.registration.scope} `;
const CACHE = MINE + VERSION;

const address = (path: string): string => new URL(path, scope.registration.scope).href;
const isBinary = (path: string): boolean => path.endsWith('.wasm');

/**
 * Fetches what is not there yet. Of the WebAssembly binaries a browser needs one.
 * @throws TypeError when a file is not the one that this version came with.
 */
async function keep(binaries: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = FILES.filter(([path]) => !isBinary(path) || binaries.includes(path));
  for (const [path, integrity] of wanted) {
    const url = address(path);
    if (await cache.match(url)) continue;
    await cache.put(url, await fetch(url, { integrity, cache: 'no-cache' }));
  }
}

/** The binaries that older versions kept, for the next one to keep. */
async function keptBinaries(): Promise<string[]> {
  const kept = await Promise.all(
    FILES.map(async ([path]) => isBinary(path) && (await caches.match(address(path))) && path),
  );
  return kept.filter((path) => typeof path === 'string');
}

const ownCaches = async (): Promise<string[]> =>
  (await caches.keys()).filter((name) => name.startsWith(MINE));

/** The first version starts at once and keeps nothing yet; the next ones come whole, and wait. */
async function install(): Promise<void> {
  if (!scope.registration.active) await scope.skipWaiting();
  else if ((await ownCaches()).length > 0) await keep(await keptBinaries());
}

async function activate(): Promise<void> {
  const old = (await ownCaches()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  const cache = await caches.open(CACHE);
  const kept = await cache.match(origin + pathname.replace(/\/index\.html$/, '/'));
  const response = kept ?? (await fetch(request));
  const headers = new Headers(response.headers);
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-embedder-policy', 'require-corp');
  headers.set('cross-origin-resource-policy', 'same-origin');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('fetch', (event) => {
  // Of other origins the page asks nothing; if it did, this would be no business of ours.
  if (new URL(event.request.url).origin === location.origin) {
    event.respondWith(answer(event.request));
  }
});
/** 'update': take over. Else the path of the binary that the page runs: keep it all. */
scope.addEventListener('message', (event) => {
  const { data, source } = event;
  if (data === 'update') event.waitUntil(scope.skipWaiting());
  else event.waitUntil(keep([String(data)]).then(() => source?.postMessage('kept')));
});
