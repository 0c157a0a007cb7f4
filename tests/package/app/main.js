import { load } from 'octolite';
import { versions } from 'octolite/versions';
import { connectWorker } from 'octolite/worker';
import { run } from './run.js';

async function inWorker(options, bytes) {
  const octolite = await connectWorker(options);
  try {
    return await run(octolite, bytes);
  } finally {
    octolite.terminate();
  }
}

function inOwnWorker(bytes) {
  const worker = new Worker(new URL('./own_worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || 'no worker'));
    worker.postMessage(bytes);
  });
}

async function everything() {
  const bytes = new Uint8Array(await (await fetch('model.tflite')).arrayBuffer());
  return {
    version: versions.octolite,
    page: await run(await load(), bytes),
    pageThreads: await run(await load({ threads: 2 }), bytes),
    worker: await inWorker({}, bytes),
    workerThreads: await inWorker({ threads: 2 }, bytes),
    ownWorker: await inOwnWorker(bytes),
  };
}

globalThis.results = everything();
