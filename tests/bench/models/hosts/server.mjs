/** A static server on this machine only, whose pages are cross-origin isolated: they have threads. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from '../../../../scripts/lib/process.mjs';

const FOLDERS = {
  packages: join(root, 'tests/bench/node_modules'),
  bench: join(root, 'tests/bench/models'),
};

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  // So that every page loads and compiles for itself.
  'cache-control': 'no-store',
};

/**
 * Serves the benchmark, its packages and the folders with builds of Octolite, each under its name.
 * Resolves to `{ url, offer(path), close() }`; `offer` makes one more file known, by a URL.
 */
export async function startServer(builds) {
  const folders = { ...FOLDERS, ...builds };
  const offered = [];
  const fileOf = (pathname) => {
    const [, folder, ...rest] = normalize(decodeURIComponent(pathname)).split('/');
    return folder === 'offered' ? offered[Number(rest[0])] : join(folders[folder], ...rest);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    Promise.resolve()
      .then(() => readFile(fileOf(pathname)))
      .then(
        (body) => {
          const type = TYPES[extname(pathname)] ?? 'application/octet-stream';
          response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body);
        },
        () => response.writeHead(404, HEADERS).end(),
      );
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    offer: (path) => `/offered/${offered.push(path) - 1}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
