/**
 * A static server for the page, on this machine only.
 *
 *   node web/serve.mjs [--port N] [--folder dist/web]
 *
 * Without --port it takes 8080, or any that is free when that one is taken.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

const POLICY = {
  // The page says the same of itself; this holds for its worker too, which the page's word does not
  // reach.
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
    "img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
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

/** The file that an address means, or null when it is outside the folder or malformed. */
function fileOf(folder, base, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (!path.startsWith(base) || path.includes('\0')) return null;
  const name = path.slice(base.length);
  const file = resolve(folder, name === '' || name.endsWith('/') ? `${name}index.html` : name);
  return file.startsWith(folder + sep) ? file : null;
}

/**
 * Serves a folder.
 * @param {object} options
 * @param {string} options.folder
 * @param {number} [options.port] 0 for any that is free.
 * @param {string} [options.base] The path under which it is served, with slashes at both ends.
 * @param {boolean} [options.isolated] Whether pages are cross-origin isolated.
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serve({ folder, port = 0, base = '/', isolated = true }) {
  const headers = isolated ? { ...POLICY, ...ISOLATION } : POLICY;
  const absolute = resolve(folder);
  const server = createServer((request, response) => {
    const answer = (status, text) => {
      response.writeHead(status, { ...headers, 'content-type': TYPES['.txt'] });
      response.end(request.method === 'HEAD' ? undefined : `${text}\n`);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      answer(405, 'Only GET and HEAD are served');
      return;
    }
    const file = fileOf(absolute, base, request.url ?? '/');
    if (!file) {
      answer(404, 'Not found');
      return;
    }
    stat(file).then(
      (found) => {
        if (!found.isFile()) {
          answer(404, 'Not found');
          return;
        }
        response.writeHead(200, {
          ...headers,
          'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
          'content-length': found.size,
        });
        if (request.method === 'HEAD') response.end();
        else
          createReadStream(file)
            .on('error', () => response.destroy())
            .pipe(response);
      },
      () => answer(404, 'Not found'),
    );
  });
  await new Promise((ready, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', ready);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      folder: { type: 'string', default: fileURLToPath(new URL('../dist/web', import.meta.url)) },
    },
  });
  const { folder, port } = values;
  const listen = (number) => serve({ folder, port: number });
  const { url } = await (port === undefined
    ? listen(8080).catch((error) =>
        error.code === 'EADDRINUSE' ? listen(0) : Promise.reject(error),
      )
    : listen(Number(port)));
  console.log(`Octolite is at ${url} (stop with Ctrl+C)`);
}
