// An image classifier as a service: POST an image to /classify, get its labels as JSON.
//
//   node server.js [--model FILE] [--labels FILE] [--port 8080] [--workers 2] [--queue 32]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ClassifierPool, isBadImage, Overloaded } from './classifier.js';

const LARGEST_IMAGE = 8 * 1024 * 1024;
const sample = (name) => fileURLToPath(new URL(`../sample-model/${name}`, import.meta.url));

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: sample('shapes.tflite') },
    labels: { type: 'string', default: sample('labels.txt') },
    port: { type: 'string', default: '8080' },
    workers: { type: 'string', default: '2' },
    queue: { type: 'string', default: '32' },
  },
});

const labels = (await readFile(values.labels, 'utf8')).trimEnd().split('\n');
const pool = await ClassifierPool.start(await readFile(values.model), {
  workers: Number(values.workers),
  queue: Number(values.queue),
});
let stopping = false;

const server = createServer(async (request, response) => {
  try {
    const { status, body, headers } = await answer(request);
    // Who is stopping keeps no connection open for the next request.
    if (stopping) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(`${JSON.stringify(body)}\n`);
  } catch (error) {
    if (request.destroyed && !request.complete) return; // The client went away.
    console.error(error);
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end('{"error":"internal error"}\n');
  }
});

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/health' && request.method === 'GET') {
    // 503 takes a stopping instance out of the load balancer.
    return { status: stopping ? 503 : 200, body: { stopping, ...pool.load } };
  }
  if (pathname !== '/classify') return refuse(404, 'POST an image to /classify');
  if (request.method !== 'POST') return refuse(405, 'POST an image', { allow: 'POST' });

  const image = await read(request, LARGEST_IMAGE);
  if (!image) {
    const text = `an image may have ${LARGEST_IMAGE} bytes`;
    return refuse(413, text, { connection: 'close' });
  }
  try {
    const scores = await pool.classify(image);
    const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, 3);
    const found = best.map((i) => ({ label: labels[i] ?? `class ${i}`, score: scores[i] }));
    return { status: 200, body: { labels: found } };
  } catch (error) {
    if (error instanceof Overloaded) return refuse(503, 'too busy', { 'retry-after': '1' });
    if (isBadImage(error)) return refuse(422, error.message);
    throw error;
  }
}

function refuse(status, error, headers = {}) {
  return { status, body: { error }, headers };
}

/** The body of a request, or undefined when it is longer than the limit. */
async function read(request, limit) {
  if (Number(request.headers['content-length']) > limit) return undefined;
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Requests that are under way are answered; new connections are refused. */
function stop() {
  if (stopping) return;
  stopping = true;
  server.close(() => {
    pool.stop();
    console.log('stopped');
  });
  server.closeIdleConnections();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

server.listen(Number(values.port), () => {
  console.log(`listening on http://localhost:${server.address().port}`);
});
