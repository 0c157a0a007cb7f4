import { fetchModel } from 'octolite';
import labelsUrl from '../../sample-model/labels.txt?url';
import modelUrl from '../../sample-model/shapes.tflite?url';
import { grab, startCamera } from './camera.js';
import { Classifier } from './classifier.js';

const element = (id) => document.getElementById(id);
const [video, list, spoken, rate, time] = ['video', 'labels', 'spoken', 'rate', 'time'].map(
  element,
);
const [button, status] = ['camera', 'status'].map(element);
const [modelFile, namesFile, range] = ['model', 'names', 'range'].map(element);

let names = [];
let stopCamera;

const classifier = await Classifier.connect();
const [bytes, labels] = await Promise.all([
  fetchModel(modelUrl),
  fetch(labelsUrl).then((response) => response.text()),
]);
await classifier.use(bytes);
names = linesOf(labels);
status.textContent = 'Ready: the sample model, which knows 16 drawn shapes.';
button.disabled = false;

button.addEventListener('click', async () => {
  if (stopCamera) {
    stop();
    return;
  }
  try {
    stopCamera = await startCamera(video);
    button.textContent = 'Stop the camera';
    status.textContent = '';
    await classifyFrames();
  } catch (error) {
    stop();
    status.textContent = error.message;
  }
});

function stop() {
  stopCamera?.();
  stopCamera = undefined;
  button.textContent = 'Start the camera';
}

modelFile.addEventListener('change', async () => {
  const [file] = modelFile.files;
  if (!file) return;
  try {
    await classifier.use(await file.arrayBuffer());
    names = [];
    status.textContent = `${file.name}: give its labels too.`;
  } catch (error) {
    status.textContent = error.message;
  }
});

namesFile.addEventListener('change', async () => {
  const [file] = namesFile.files;
  if (file) names = linesOf(await file.text());
});

function linesOf(text) {
  return text.trimEnd().split(/\r?\n/);
}

/** One picture after the other until the camera stops: never more than one is on its way. */
async function classifyFrames() {
  const stopped = stopCamera;
  const ends = [];
  while (stopCamera === stopped) {
    const picture = grab(video, ...classifier.size);
    const begun = performance.now();
    const found = await classifier.classify(picture, range.value.split(',').map(Number));
    const now = performance.now();
    ends.push(now);
    while (ends[0] < now - 1000) ends.shift();
    show(found, ends.length, now - begun);
    await new Promise((drawn) => requestAnimationFrame(drawn));
  }
}

function show(found, framesPerSecond, milliseconds) {
  list.replaceChildren(
    ...found.map(({ index, score }) => {
      const name = names[index] ?? `class ${index}`;
      const item = document.createElement('li');
      const meter = document.createElement('meter');
      meter.value = score;
      meter.ariaLabel = name;
      item.append(meter, ` ${name} ${(100 * score).toFixed(0)} %`);
      return item;
    }),
  );
  const [best] = found;
  const said = best.score > 0.6 ? (names[best.index] ?? `class ${best.index}`) : 'not sure';
  if (spoken.textContent !== said) spoken.textContent = said;
  rate.textContent = framesPerSecond;
  time.textContent = milliseconds.toFixed(1);
}
