import { runEverywhere } from './run.js';

function inOwnWorker(bytes) {
  const worker = new Worker(new URL('./own_worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || 'no worker'));
    worker.postMessage(bytes);
  });
}

async function start() {
  const bytes = new Uint8Array(await (await fetch('model.tflite')).arrayBuffer());
  return { ...(await runEverywhere(bytes)), ownWorker: await inOwnWorker(bytes) };
}

globalThis.results = start();
