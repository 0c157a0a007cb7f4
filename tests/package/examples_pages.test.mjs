// The examples that are pages, with the package as npm packs it, in a Chromium whose camera and
// microphone play what the tests give them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import axe from 'axe-core';
import { load } from 'octolite';
import { chromium } from 'playwright-core';
import { root } from '../../scripts/lib/process.mjs';
import { installModules } from '../../scripts/lib/setup.mjs';
import { CHROMIUM } from '../chromium.mjs';
import { exampleTest, shared, where } from './support/example.mjs';
import { installPackage } from './support/install.mjs';
import { filmOf } from './support/media.mjs';
import { bmpOf, labelNames, pictures } from './support/pictures.mjs';
import { quiet } from './support/programs.mjs';
import { servePlainly } from './support/serve.mjs';

/** Long enough for a busy machine; a page that works takes seconds. */
const TIMEOUT_MS = 120_000;

const bundlers = join(root, 'tests/package/bundlers');
const recording = shared('data/audio/yes_1000ms.wav');
const spotter = shared('models/kws_dscnn_int8.tflite');

let installed;
let browser;
let server;
let filmed;

before(async () => {
  await installModules(bundlers);
  [installed, filmed] = await Promise.all([installPackage(), pictureToFilm()]);
  const { folder } = installed;
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  for (const name of ['plain-html', 'keyword-spotting', 'vite-camera']) {
    const modules = join(folder, 'examples', name, 'node_modules');
    await cp(join(folder, 'node_modules'), modules, { recursive: true });
  }
  server = await servePlainly(join(folder, 'examples'));
  const film = join(folder, 'film.y4m');
  await writeFile(film, filmOf(filmed));
  browser = await chromium.launch({
    ...CHROMIUM,
    args: [
      ...CHROMIUM.args,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
      ...(existsSync(recording) ? [`--use-file-for-fake-audio-capture=${recording}`] : []),
    ],
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
  await installed?.remove();
});

/** One that the sample model is sure of, as a film changes colours a little. */
async function pictureToFilm() {
  const octolite = await load();
  const model = octolite.loadModel(
    await readFile(join(root, 'examples/sample-model/shapes.tflite')),
  );
  const interpreter = octolite.createInterpreter(model);
  const sure = (await pictures('evaluation', 64)).filter(({ rgb, label }) => {
    const { probabilities } = interpreter.run(Float32Array.from(rgb, (value) => value / 255));
    return probabilities[labelNames.indexOf(label)] > 0.99;
  });
  interpreter.dispose();
  model.dispose();
  return sure[0];
}

/** Opens a page and fails if it complains, or if axe does when `act` is done. */
async function visit(url, act) {
  const context = await browser.newContext();
  const complaints = [];
  context.on('console', (message) => {
    // Vite's development server is talkative.
    if (message.type() !== 'debug') complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  context.on('response', (response) => {
    if (!response.ok()) complaints.push(`${response.status()} ${response.url()}`);
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(url);
    await act(page);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
    );
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const file = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer });

exampleTest('plain-html: says what is drawn', async () => {
  await visit(`${server.url}plain-html/`, async (page) => {
    await page.getByText('Ready:').waitFor();
    const chooser = page.getByLabel('A picture of');
    const answer = page.getByRole('status');
    for (const picture of (await pictures('calibration', 20)).filter((_, i) => i % 5 === 0)) {
      await chooser.setInputFiles(file(`${picture.label}.bmp`, bmpOf(picture)));
      await answer.getByText(picture.label).waitFor();
    }
    await chooser.setInputFiles(file('note.png', Buffer.from('no image')));
    await answer.getByText('note.png').waitFor();
  });
});

const vite = join(bundlers, 'node_modules/vite/bin/vite.js');
const viteCamera = () => join(installed.folder, 'examples/vite-camera');

exampleTest('vite-camera: built by Vite, it says what the camera sees', async () => {
  const cwd = viteCamera();
  // Vite warns of what takes long on a busy machine, which is no fault of the example.
  const quietly = `import config from './vite.config.js';
    const rolldownOptions = { checks: { bundlerTimings: false } };
    export default { ...config, build: { rolldownOptions }, worker: { rolldownOptions } };`;
  await writeFile(join(cwd, 'vite.quiet.config.js'), quietly);
  const args = [vite, 'build', '--logLevel', 'warn', '--config', 'vite.quiet.config.js'];
  assert.equal(await quiet(process.execPath, args, { cwd }), '');
  await visit(`${server.url}vite-camera/dist/`, async (page) => {
    const start = page.getByRole('button', { name: 'Start the camera' });
    await page.getByText('Ready:').waitFor();
    await start.click();
    const best = page.getByRole('listitem').first();
    await best.getByText(filmed.label).waitFor();
    await page.getByRole('status').getByText(filmed.label, { exact: true }).waitFor();
    assert.equal(await page.getByRole('listitem').count(), 3);
    const rate = page.locator('#rate');
    assert.ok(Number(await rate.textContent()) > 0);

    const model = 'models/mobilenet_v1_0.25_224_uint8.tflite';
    if (existsSync(shared(model))) {
      const names = await readFile(shared('data/labels/imagenet_1001.txt'));
      await page.getByText('Another model').click();
      await page.getByLabel('Model (.tflite)').setInputFiles(shared(model));
      await page.getByText('mobilenet_v1_0.25_224_uint8.tflite: give its labels too').waitFor();
      await page.getByLabel('Labels (.txt)').setInputFiles(file('labels.txt', names));
      const known = names.toString().split('\n');
      await page.waitForFunction(
        (all) => {
          const text = globalThis.document.querySelector('#labels li').textContent.trim();
          return all.some((name) => text.startsWith(`${name} `) && name !== '');
        },
        known.map((name) => name.trim()),
      );
    }
    await page.getByLabel('Model (.tflite)').setInputFiles(file('bad.tflite', Buffer.alloc(64)));
    await page.getByText('not a TensorFlow Lite model').waitFor();
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    await start.waitFor();
  });
});

exampleTest('vite-camera: in the development server', async () => {
  const args = [vite, '--host', '127.0.0.1', '--port', '0', '--logLevel', 'info'];
  const child = spawn(process.execPath, args, { cwd: viteCamera() });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
  try {
    let said = '';
    const url = await new Promise((resolve, reject) => {
      child.on('close', () => reject(new Error(`Vite ended: ${said}${complaints}`)));
      child.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(stripVTControlCharacters(said));
        if (found) resolve(found[0]);
      });
    });
    await visit(url, (page) => page.getByText('Ready: the sample model').waitFor());
    assert.equal(complaints, '');
  } finally {
    child.kill();
  }
});

exampleTest('keyword-spotting: a model that takes something else', async () => {
  await visit(`${server.url}keyword-spotting/`, async (page) => {
    await page.getByText('Choose the model').waitFor();
    const chooser = page.getByLabel('Model (.tflite)');
    await chooser.setInputFiles(join(root, 'examples/sample-model/shapes.tflite'));
    await page.getByText('this model takes [1, 40, 40, 3]').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Listen' }).isDisabled());
  });
});

exampleTest(
  'keyword-spotting: hears a word in the microphone',
  async () => {
    await visit(`${server.url}keyword-spotting/`, async (page) => {
      await page.getByText('Choose the model').waitFor();
      await page.getByLabel('Model (.tflite)').setInputFiles(spotter);
      await page.getByText('is ready').waitFor();
      await page.getByRole('button', { name: 'Listen' }).click();
      await page.getByRole('listitem').first().getByText('yes').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped').waitFor();
    });
  },
  where(recording, spotter),
);
