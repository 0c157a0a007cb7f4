import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const POLICY = {
  // The page says the same of itself; this holds for its worker too, which the page's word does not
  // reach.
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** Cross-origin isolation: threads, and precise clocks for the measurements. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** Names of this machine: a page of another origin whose name leads here is not answered. */
const OWN_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** The page, as it is in this package. */
export const PAGE_FOLDER: string = fileURLToPath(new URL('../web', import.meta.url));

/** The binaries of this package, which the page in it does not repeat. */
const WASM_FOLDER: string = fileURLToPath(new URL('../wasm', import.meta.url));
const WASM_PATH = 'wasm/';

/** What is served, and where. */
export interface ServeOptions {
  /** What is served; /wasm/* comes from this package where the folder has none. */
  folder: string;
  /** 0, the default, for any that is free. */
  port?: number | undefined;
  /** The path under which it is served, with slashes at both ends; default "/". */
  base?: string | undefined;
  /** Whether pages are cross-origin isolated, and so may have threads; default true. */
  isolated?: boolean | undefined;
}

/** A server that runs. */
export interface StaticServer {
  readonly url: string;
  /** Stops it, with all connections. */
  close(): Promise<void>;
}

/** The path in the folder that an address means; undefined when it is outside or malformed. */
function pathOf(base: string, url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(new URL(`http://localhost${url}`).pathname);
  } catch {
    return undefined;
  }
  if (!path.startsWith(base) || path.includes('\0')) return undefined;
  const name = path.slice(base.length);
  return name === '' || name.endsWith('/') ? `${name}index.html` : name;
}

/** A file below a folder; undefined when there is none, or the path leads out of the folder. */
async function find(
  folder: string,
  path: string,
): Promise<{ file: string; found: Stats } | undefined> {
  const file = resolve(folder, path);
  if (!file.startsWith(folder + sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? { file, found } : undefined;
}

/** As `find`, with the binaries of this package where the folder has none. */
async function locate(folder: string, path: string): ReturnType<typeof find> {
  const hit = await find(folder, path);
  if (hit || !path.startsWith(WASM_PATH)) return hit;
  return find(WASM_FOLDER, path.slice(WASM_PATH.length));
}

/**
 * Serves a folder of static files on this machine only, with the headers that the page needs.
 * @throws Error of Node.js, for instance with code EADDRINUSE.
 */
export async function serveFolder(options: ServeOptions): Promise<StaticServer> {
  const { port = 0, base = '/', isolated = true } = options;
  const folder = resolve(options.folder);
  const headers = isolated ? { ...POLICY, ...ISOLATION } : POLICY;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    const say = (status: number, text: string): void => {
      response.writeHead(status, { ...headers, 'content-type': TYPES['.txt'] });
      response.end(method === 'HEAD' ? undefined : `${text}\n`);
    };
    if (!OWN_NAME.test(request.headers.host ?? '')) {
      say(403, 'Only this machine is served');
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      say(405, 'Only GET and HEAD are served');
      return;
    }
    const path = pathOf(base, url);
    const hit = path === undefined ? undefined : await locate(folder, path);
    if (!hit) {
      say(404, 'Not found');
      return;
    }
    response.writeHead(200, {
      ...headers,
      'content-type': TYPES[extname(hit.file)] ?? 'application/octet-stream',
      'content-length': hit.found.size,
    });
    if (method === 'HEAD') response.end();
    else
      createReadStream(hit.file)
        .on('error', () => response.destroy())
        .pipe(response);
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', ready);
  });
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${listening}${base}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
