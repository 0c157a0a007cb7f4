/** The built package as it is, from a static folder in a page: workers, pools, memory that moves. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { root } from '../../scripts/lib/process.mjs';
import { CHROMIUM } from '../chromium.mjs';
import { servePlainly } from '../package/support/serve.mjs';
import { flacOf } from './support/flac.mjs';

/** Long enough for a busy machine. */
const TIMEOUT_MS = 120_000;

let server;
let browser;
let page;
const complaints = [];

before(async () => {
  server = await servePlainly(join(root, 'dist'));
  browser = await chromium.launch(CHROMIUM);
  page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  const fromRoot = (path) => readFileSync(join(root, path));
  const html = '<!doctype html><title>Octolite</title><link rel="icon" href="data:," />';
  await page.route('**/test.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: html }),
  );
  await page.route('**/shapes.tflite', (route) =>
    route.fulfill({ body: fromRoot('examples/sample-model/shapes.tflite') }),
  );
  await page.goto(`${server.url}test.html`);
  await page.evaluate(async () => {
    const [library, workers, answer] = await Promise.all([
      import('/index.js'),
      import('/worker.js'),
      fetch('/shapes.tflite'),
    ]);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    /** The code of a refusal. */
    const codeOf = async (promise) => {
      try {
        await promise;
        return 'none';
      } catch (error) {
        return error.code ?? String(error);
      }
    };
    Object.assign(globalThis, { ...library, ...workers, bytes, codeOf });
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs a function in the page; it finds the library and `bytes` in globals. */
async function inPage(act, argument) {
  const result = await page.evaluate(act, argument);
  assert.deepEqual(complaints, []);
  return result;
}

test('a worker and a pool of two give the same bytes as the page itself', async () => {
  const { alone, worker, pool, reports, shares } = await inPage(async () => {
    const { load, connectWorker, connectPool, randomSamples, bytes } = globalThis;
    const hash = async (data) =>
      [...new Uint8Array(await crypto.subtle.digest('SHA-256', data))].join();
    const posted = [];
    const createWorker = () => {
      const made = new Worker('/worker/host.js', { type: 'module' });
      const index = posted.push(0) - 1;
      const post = made.postMessage.bind(made);
      made.postMessage = (message, transfer) => {
        if (message.call === 'calibrateSample') ++posted[index];
        post(message, transfer);
      };
      return made;
    };
    const reports = [];
    const quantize = async (engine) => {
      const model = await engine.loadModel(bytes);
      const samples = [...randomSamples((await engine.inspect(model)).inputs, 8)];
      const options = { recipe: 'static_wi8_ai8', calibration: samples };
      const result = await engine.quantize(model, options);
      reports.push(JSON.stringify(await engine.evaluate(model, samples, [0, 1, 2, 3, 4, 5, 6, 7])));
      model.dispose();
      engine.terminate?.();
      return hash(result.bytes);
    };
    return {
      alone: await quantize(await load()),
      worker: await quantize(await connectWorker()),
      pool: await quantize(await connectPool({ workers: 2, createWorker })),
      reports,
      shares: posted,
    };
  });
  assert.equal(worker, alone);
  assert.equal(pool, alone);
  assert.equal(new Set(reports).size, 1);
  assert.ok(shares.length === 2 && Math.min(...shares) > 1, `${shares}`);
});

test('memory moves when it is asked to', async () => {
  const result = await inPage(async () => {
    const { connectWorker, bytes, codeOf } = globalThis;
    const worker = await connectWorker();
    const own = bytes.slice();
    const part = own.subarray(0, 100);
    const refused = await codeOf(worker.loadModel(part, { transfer: true }));
    const model = await worker.loadModel(own, { transfer: true });
    const gone = await codeOf(worker.loadModel(own));
    worker.terminate();
    return { refused, left: own.byteLength, loaded: model.byteLength === bytes.length, gone };
  });
  assert.deepEqual(result, {
    refused: 'INVALID_ARGUMENT',
    left: 0,
    loaded: true,
    gone: 'INVALID_ARGUMENT',
  });
});

test('an abort rejects at once; a worker that ends takes its calls with it', async () => {
  const result = await inPage(async () => {
    const { connectWorker, connectPool, randomSamples, bytes, codeOf } = globalThis;
    const pool = await connectPool({ workers: 2 });
    const model = await pool.loadModel(bytes);
    const { inputs } = await pool.inspect(model);
    const abort = new AbortController();
    const codes = [];
    const onProgress = ({ done }) => {
      if (done === 3) abort.abort();
    };
    const task = pool.calibrate(model, randomSamples(inputs, 1e6), {
      signal: abort.signal,
      onProgress,
    });
    codes.push(await codeOf(task), await codeOf(pool.loadModel(bytes, { signal: abort.signal })));
    codes.push(await codeOf(pool.calibrate(model, randomSamples(inputs, 3))));
    const calls = Array.from({ length: 50 }, () => codeOf(pool.benchmark(model, { runs: 1e6 })));
    pool.terminate();
    codes.push(...new Set(await Promise.all(calls)));
    codes.push(await codeOf(connectWorker({ signal: AbortSignal.abort() })));
    codes.push(await codeOf(connectWorker({ createWorker: () => new Worker('/none.js') })));
    return codes;
  });
  assert.deepEqual(result, [
    'ABORTED',
    'ABORTED',
    'none',
    'WORKER_STOPPED',
    'ABORTED',
    'WORKER_STOPPED',
  ]);
});

test('the browser decodes sounds and images that the library does not', async () => {
  const length = 2000;
  const left = Array.from({ length }, (_, i) => Math.round(20000 * Math.sin(i / 20)));
  const right = left.map((value) => -Math.trunc(value / 2));
  const bytes = [...flacOf([left, right], 8000)];
  const result = await inPage(async (list) => {
    const { decodeSound, decodeImage, openDataset, codeOf } = globalThis;
    const flac = new Uint8Array(list);
    const sound = await decodeSound(flac, { sampleRate: 8000 });
    const slow = await decodeSound(flac, { sampleRate: 4000 });
    const input = { name: 'x', shape: [1, 500], dtype: 'float32', quantization: { scale: 0 } };
    const dataset = await openDataset([new File([flac], 'a.flac')], [input], { sampleRate: 8000 });
    const canvas = new OffscreenCanvas(8, 6);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(200, 100, 50)';
    context.fillRect(0, 0, 8, 6);
    const images = [];
    for (const type of ['image/webp', 'image/jpeg', 'image/png']) {
      const blob = await canvas.convertToBlob({ type, quality: 1 });
      const { width, height, data } = await decodeImage(new Uint8Array(await blob.arrayBuffer()));
      images.push({ type: blob.type, width, height, pixel: [...data.slice(0, 4)] });
    }
    return {
      sound: [...sound],
      slow: slow.length,
      samples: dataset.length,
      left: flac.byteLength,
      images,
      codes: [
        await codeOf(decodeSound(flac)),
        await codeOf(decodeSound(new Uint8Array(9), { sampleRate: 8000 })),
        await codeOf(decodeImage(new Uint8Array(9))),
      ],
    };
  }, bytes);
  const expected = left.map((value, i) => (value + right[i]) / 2 / 32768);
  assert.equal(result.sound.length, length);
  assert.ok(result.sound.every((value, i) => Math.abs(value - expected[i]) < 1e-4));
  assert.equal(result.slow, 1000);
  assert.equal(result.samples, 4);
  assert.equal(result.left, bytes.length);
  assert.deepEqual(
    result.images.map(({ type }) => type),
    ['image/webp', 'image/jpeg', 'image/png'],
  );
  for (const { width, height, pixel } of result.images) {
    assert.deepEqual([width, height, pixel[3]], [8, 6, 255]);
    [200, 100, 50].forEach((value, c) => assert.ok(Math.abs(pixel[c] - value) < 6, `${pixel}`));
  }
  assert.deepEqual(result.codes, ['BAD_DATA_FILE', 'BAD_DATA_FILE', 'BAD_DATA_FILE']);
});
