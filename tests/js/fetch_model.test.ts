import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { fetchModel, load, type Progress } from 'octolite';
import { refusal } from './support/errors.js';
import { SAMPLE_MODEL, sampleModelBytes } from './support/files.js';

describe('fetchModel', () => {
  const model = sampleModelBytes();
  let server: Server;
  let base: string;
  let dropped = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.on('close', () => (dropped += Number(!response.writableEnded)));
      switch (request.url) {
        case '/model':
          response.setHeader('content-length', model.byteLength);
          response.end(model);
          break;
        case '/chunks':
          response.write(model.subarray(0, 10));
          response.end(model.subarray(10));
          break;
        case '/zipped':
          response.setHeader('content-encoding', 'gzip');
          response.end(gzipSync(model));
          break;
        case '/large':
          response.setHeader('content-length', 2 ** 31);
          response.write('TFL3');
          break;
        case '/slow':
          response.write(model.subarray(0, 10));
          break;
        default:
          response.statusCode = 404;
          response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('brings the bytes, and says how many', async () => {
    const seen: Progress[] = [];
    const bytes = await fetchModel(`${base}/model`, { onProgress: (one) => seen.push(one) });
    expect(Buffer.compare(bytes, model)).toBe(0);
    const total = model.byteLength;
    expect(seen[0]).toEqual({ stage: 'download', done: 0, total });
    expect(seen.at(-1)).toEqual({ stage: 'download', done: total, total, remainingMs: 0 });
    expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done)].sort(ascending));
  });

  test.each(['/chunks', '/zipped'])('%s: the size is not known before', async (path) => {
    const seen: Progress[] = [];
    const url = new URL(path, base);
    const bytes = await fetchModel(url, { onProgress: (one) => seen.push(one) });
    expect(Buffer.compare(bytes, model)).toBe(0);
    expect(seen.at(-1)).toEqual({ stage: 'download', done: model.byteLength });
  });

  test('an announced size that is not true does no harm', async () => {
    // What other origins show of a compressed answer.
    const fetch = () =>
      Promise.resolve(new Response(model as BodyInit, { headers: { 'content-length': '10' } }));
    const seen: Progress[] = [];
    const bytes = await fetchModel('x', { fetch, onProgress: (one) => seen.push(one) });
    expect(Buffer.compare(bytes, model)).toBe(0);
    expect(seen[0]).toMatchObject({ total: 10 });
    expect(seen.at(-1)).toEqual({ stage: 'download', done: model.byteLength });
  });

  test('a file, in Node.js', async () => {
    const bytes = await fetchModel(pathToFileURL(SAMPLE_MODEL));
    expect(Buffer.compare(bytes, model)).toBe(0);
    await refusal(() => fetchModel('file:///nowhere/at/all'), 'DOWNLOAD_FAILED');
  });

  test('what cannot be had is a typed error', async () => {
    const { message, details } = await refusal(() => fetchModel(`${base}/none`), 'DOWNLOAD_FAILED');
    expect(message).toContain('the server answers 404 Not Found');
    expect(details).toMatchObject({ file: `${base}/none`, hint: expect.any(String) });
    await refusal(() => fetchModel('http://127.0.0.1:1/'), 'DOWNLOAD_FAILED');
    await refusal(() => fetchModel('no address'), 'DOWNLOAD_FAILED');
    await refusal(() => fetchModel(`${base}/large`), 'UNSUPPORTED_MODEL');
  });

  test('a signal ends the download', async () => {
    const controller = new AbortController();
    const before = dropped;
    const { signal } = controller;
    const onProgress = ({ done }: Progress) => done > 0 && controller.abort('enough');
    const error = await refusal(
      () => fetchModel(`${base}/slow`, { signal, onProgress }),
      'ABORTED',
    );
    expect(error).toHaveProperty('cause', 'enough');
    while (dropped === before) await new Promise((resolve) => setTimeout(resolve, 1));
    await refusal(() => fetchModel(`${base}/model`, { signal }), 'ABORTED');
  });
});

describe('load', () => {
  test('takes a signal', async () => {
    await refusal(() => load({ signal: AbortSignal.abort() }), 'ABORTED');
    const controller = new AbortController();
    const loading = refusal(() => load({ signal: controller.signal }), 'ABORTED');
    controller.abort();
    await loading;
    const octolite = await load({ signal: new AbortController().signal });
    expect(octolite.runtimeInfo().liveHandles).toBe(0);
  });
});

function ascending(a: number, b: number): number {
  return a - b;
}
