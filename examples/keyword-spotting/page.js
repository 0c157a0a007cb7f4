import { connectWorker } from 'octolite/worker';
import { listen } from './microphone.js';
import { checkModel, spot } from './spotter.js';

const element = (id) => document.getElementById(id);
const [file, button, status, words] = ['model', 'listen', 'status', 'words'].map(element);

/** Words that are no news. */
const QUIET = ['silence', 'unknown'];
const SURE = 0.8;

const worker = await connectWorker();
let interpreter;
let stop;
let lastLabel;

file.addEventListener('change', async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  try {
    interpreter?.dispose();
    interpreter = undefined;
    interpreter = await open(await chosen.arrayBuffer());
    status.textContent = `${chosen.name} is ready.`;
  } catch (error) {
    status.textContent = error.message;
  }
  button.disabled = !interpreter;
});

async function open(bytes) {
  const model = await worker.loadModel(bytes);
  const opened = await worker.createInterpreter(model);
  model.dispose();
  try {
    await checkModel(opened);
    return opened;
  } catch (error) {
    opened.dispose();
    throw error;
  }
}

button.addEventListener('click', async () => {
  if (stop) {
    await stop();
    stop = undefined;
    button.textContent = 'Listen';
    status.textContent = 'Stopped.';
    return;
  }
  try {
    stop = await listen(hear);
    button.textContent = 'Stop';
    status.textContent = 'Listening …';
  } catch (error) {
    status.textContent = `The microphone cannot be used: ${error.message}`;
  }
});

async function hear(clip) {
  if (!interpreter) return; // Another model is being loaded.
  const { label, score } = await spot(interpreter, clip);
  const word = score >= SURE && !QUIET.includes(label) ? label : undefined;
  // A word stays in the last second for a while; it is written down once.
  if (word && word !== lastLabel) {
    const item = document.createElement('li');
    item.textContent = word;
    words.prepend(item);
    while (words.children.length > 10) words.lastChild.remove();
  }
  lastLabel = word;
}

status.textContent = 'Choose the model.';
file.disabled = false;
