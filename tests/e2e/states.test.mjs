/** What may stand in the way of a result, and what the page makes of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { load, randomSamples } from 'octolite';
import {
  writeGreedyModel,
  writeLargeModel,
  writeOpenSizesModel,
} from '../js/support/large_model.mjs';
import {
  download,
  drop,
  engines,
  FACTS,
  fileAt,
  isDone,
  quantize,
  SAMPLE,
  text,
  useStage,
} from './browser.mjs';
import { longTasks } from './support/tasks.mjs';

const stage = useStage();

/** Twice what any model may take: caches of a busy machine hold less of one of this size. */
const LONG_TASK_MS = 100;

let octolite;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'octolite-states-'));
  octolite = await load();
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A file that `write` makes, by its path: large ones are picked, not dropped. */
function made(name, write, ...options) {
  const path = join(folder, name);
  write(path, ...options);
  return path;
}

const pick = (page, path) => page.locator('input[type=file]').first().setInputFiles(path);
const button = (page) => page.getByRole('button', { name: 'Quantize', exact: true });
const alert = (page) => page.locator('.run [role=alert]');

async function useRandom(page, samples) {
  await page.getByLabel('Random', { exact: true }).check();
  await page.getByLabel('Samples', { exact: true }).fill(`${samples}`);
}

/** Whatever happened: the sample still works. */
async function goesOn(page) {
  await page.getByRole('button', { name: 'Use the sample' }).click();
  await page.getByRole('heading', { level: 1 }).getByText('shapes.tflite').waitFor();
  await isDone(page);
}

/** The sample with its SOFTMAX turned into an operator that nobody has a kernel for. */
function withUnknownOperator() {
  const SOFTMAX = 25;
  const CONCAT_EMBEDDINGS = 29;
  const bytes = Buffer.from(SAMPLE);
  const follow = (at) => at + bytes.readUInt32LE(at);
  const field = (table, number) =>
    table + bytes.readUInt16LE(table - bytes.readInt32LE(table) + 4 + 2 * number);
  const codes = follow(field(follow(0), 1));
  for (let i = 0; i < bytes.readUInt32LE(codes); ++i) {
    const code = follow(codes + 4 + 4 * i);
    if (bytes.readUInt8(field(code, 0)) !== SOFTMAX) continue;
    bytes.writeUInt8(CONCAT_EMBEDDINGS, field(code, 0));
    bytes.writeInt32LE(CONCAT_EMBEDDINGS, field(code, 3));
    return bytes;
  }
  throw new Error('the sample has no SOFTMAX');
}

test('operators that cannot run: named, and a recipe that runs nothing still works', () =>
  stage.visit(async (page) => {
    const unknown = withUnknownOperator();
    await drop(page, [{ name: 'unknown.tflite', bytes: unknown }]);
    await page.getByText('Some operators cannot run here yet').waitFor();
    await page.getByLabel('Random', { exact: true }).check();
    await quantize(page);
    assert.match(await alert(page).innerText(), /cannot run/i);
    await page.locator('input[value=weight_only]').check();
    await quantize(page);
    await alert(page).waitFor({ state: 'detached' });
    await isDone(page);
    assert.match(await text(page, '.headline'), /smaller, not measured$/);
    const { bytes } = await download(page, /Download model/);
    assert.ok(bytes.length < unknown.length / 2);
    const report = JSON.parse((await download(page, /Download report/)).bytes.toString());
    assert.equal(report.latency, null);
  }));

test('already quantized: said at once, shown, not quantized again', async () => {
  const model = octolite.loadModel(SAMPLE);
  const { bytes } = await octolite.quantize(model, {
    recipe: 'static_wi8_ai8',
    calibration: randomSamples(octolite.inspect(model).inputs, 2, 1),
  });
  model.dispose();
  await stage.visit(async (page) => {
    await drop(page, [{ name: 'int8.tflite', bytes: Buffer.from(bytes) }]);
    await page.getByText('Already quantized').waitFor();
    assert.match(await text(page, FACTS), /int8.*, per channel/);
    assert.ok(await button(page).isDisabled());
    assert.match(await text(page, '#run-reason'), /float model/);
    await goesOn(page);
  });
});

test('open sizes: asked for, then used, and still open in the file', () =>
  stage.visit(async (page) => {
    await drop(page, [fileAt(made('open.tflite', writeOpenSizesModel))]);
    await page.locator('.workbench').waitFor();
    await page.getByLabel('Random', { exact: true }).check();
    assert.ok(await button(page).isDisabled());
    assert.match(await text(page, '#run-reason'), /sizes/);
    await page.getByLabel('Dimension 2').fill('24');
    await page.getByLabel('Dimension 3').fill('20');
    await page.getByRole('button', { name: 'Use these sizes' }).click();
    await quantize(page);
    await isDone(page);
    const { bytes } = await download(page, /Download model/);
    const quantized = octolite.loadModel(bytes);
    const interpreter = octolite.createInterpreter(quantized);
    const [input] = interpreter.getInputDetails();
    assert.deepEqual(input.shapeSignature, [1, -1, -1, 3]);
    interpreter.resizeInputTensor(input.index, [1, 31, 33, 3]);
    interpreter.allocateTensors();
    interpreter.setTensor(input.index, new Float32Array(31 * 33 * 3).fill(0.5));
    interpreter.invoke();
    interpreter.dispose();
    quantized.dispose();
  }));

test('not enough memory: refused in words, a recipe that runs nothing works, the page goes on', () =>
  stage.visit(async (page) => {
    await drop(page, [fileAt(made('greedy.tflite', writeGreedyModel))]);
    await page.locator('.workbench').waitFor();
    await useRandom(page, 2);
    await quantize(page);
    assert.match(
      await alert(page).innerText(),
      /not enough memory[^]*activations need \d+ bytes at once/i,
    );
    await page.locator('input[value=weight_only]').check();
    await quantize(page);
    await alert(page).waitFor({ state: 'detached' });
    await isDone(page);
    assert.match(await text(page, '.headline'), /smaller, not measured$/);
    await goesOn(page);
  }));

test('no relaxed SIMD: the other binary, the reason, and the same result', () =>
  stage.visit(
    async (page) => {
      await page.route(/\/worker\.js$/, async (route) => {
        const response = await route.fetch();
        // As engines do that lack it: a module with such an instruction is not valid.
        const without = `{
          const { validate } = WebAssembly;
          WebAssembly.validate = (bytes) =>
            !(bytes.length < 100 && bytes.includes(0x92)) && validate(bytes);
        }`;
        await route.fulfill({ response, body: `${await response.text()}\n${without}` });
      });
      await page.reload();
      await page.getByText('128-bit SIMD, one thread: this engine has no relaxed SIMD').waitFor();
      await goesOn(page);
      assert.match(await text(page, '.headline'), /agrees on \d+ of 480$/);
    },
    { serviceWorkers: 'block' },
  ));

test('a tab in the background: it works on, times when it is seen again, and is done', () =>
  stage.visit(async (page) => {
    await page.evaluate(() => {
      const { requestAnimationFrame } = globalThis;
      globalThis.hideTab = (isHidden) => {
        for (const [name, value] of [
          ['hidden', isHidden],
          ['visibilityState', isHidden ? 'hidden' : 'visible'],
        ]) {
          Object.defineProperty(document, name, { configurable: true, value });
        }
        // Browsers draw nothing in the background.
        globalThis.requestAnimationFrame = isHidden ? () => 0 : requestAnimationFrame;
        document.dispatchEvent(new globalThis.Event('visibilitychange'));
      };
      globalThis.hideTab(true);
    });
    await page.getByRole('button', { name: 'Use the sample' }).click();
    await page.getByText('waits until this tab is in view').first().waitFor();
    await page.evaluate(() => globalThis.hideTab(false));
    await isDone(page);
    assert.match(await text(page, '.headline'), /here, agrees on \d+ of 480$/);
  }));

test('a worker that crashes: said in the middle of a run, and the next run works', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.locator('.workbench').waitFor();
    await useRandom(page, 1000);
    const crash = async () => {
      const crashed = await Promise.allSettled(
        engines(page).map((engine) =>
          engine.evaluate(() => {
            setTimeout(() => {
              throw new Error('a crash');
            });
          }),
        ),
      );
      // One that was stopped just now may still be in the list.
      assert.ok(crashed.some(({ status }) => status === 'fulfilled'));
    };
    await quantize(page);
    await page.locator('.stages .current').waitFor();
    await crash();
    assert.match(await alert(page).innerText(), /worker stopped[^]*run again/i);
    assert.equal(await page.locator('.stages .current').count(), 0);
    await useRandom(page, 4);
    await quantize(page);
    await isDone(page);
    // Between runs nobody need notice.
    await crash();
    await useRandom(page, 5);
    await quantize(page);
    await page
      .locator('.verdict')
      .getByText(/measured on 5\b/)
      .waitFor();
    assert.equal(await alert(page).count(), 0);
  }));

test('a worker that is gone without a word: cancel ends the wait, and the next run works', () =>
  stage.visit(async (page) => {
    await drop(page, [{ name: 'mine.tflite', bytes: SAMPLE }]);
    await page.locator('.workbench').waitFor();
    await useRandom(page, 1000);
    await quantize(page);
    await page.locator('.stages .current').waitFor();
    const [engine] = engines(page);
    await engine.evaluate(() => globalThis.close());
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled; nothing was changed.').waitFor();
    await useRandom(page, 4);
    await quantize(page);
    await isDone(page);
  }));

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

test('a model of 100 MB: opened, shown, made smaller, while the page answers', (t) =>
  stage.visit(async (page) => {
    const path = made('large.tflite', writeLargeModel, { layers: 25, width: 1024 });
    const tasks = await longTasks(page, LONG_TASK_MS, async () => {
      const started = performance.now();
      await pick(page, path);
      await page.getByRole('heading', { level: 1 }).getByText('large.tflite').waitFor();
      const opened = performance.now();
      assert.match(await text(page, FACTS), /100 MiB/);
      await page.locator('input[value=weight_only]').check();
      await useRandom(page, 2);
      await quantize(page);
      await isDone(page);
      const done = performance.now();
      t.diagnostic(`open after ${seconds(opened - started)}, verdict ${seconds(done - started)}`);
    });
    assert.match(await text(page, '.headline'), /^[34](\.\d+)?× smaller/);
    assert.deepEqual(tasks, []);
  }));

test('a model of 2,000 layers: opened, quantized, its layers at hand', (t) =>
  stage.visit(async (page) => {
    const path = made('deep.tflite', writeLargeModel, { layers: 2000, width: 16 });
    const layers = page.locator('.panel.layers');
    const tasks = await longTasks(page, LONG_TASK_MS, async () => {
      const started = performance.now();
      await pick(page, path);
      await page.getByRole('heading', { level: 1 }).getByText('deep.tflite').waitFor();
      await page.getByText('FULLY_CONNECTED').first().waitFor();
      await useRandom(page, 4);
      await quantize(page);
      await isDone(page);
      t.diagnostic(`verdict after ${seconds(performance.now() - started)}`);
      await layers.getByText('FULLY_CONNECTED').first().waitFor();
      await layers.scrollIntoViewIfNeeded();
      await layers.getByText(/^Measured on/).waitFor();
      await layers.locator('[data-row="3"]').click();
      await page.locator('.detail h2').getByText('FULLY_CONNECTED').waitFor();
      await layers.getByRole('button', { name: 'Bytes before' }).click();
      await layers.locator('.layers-scroll').hover();
      await page.mouse.wheel(0, 20_000);
      await layers.locator('[data-row="460"]').waitFor();
      await layers.getByLabel('Filter by name').fill('199');
      await layers.getByText('12 of 2,000 operators').waitFor();
      await page.getByText('2,000 of 2,000 operators quantized').click();
      await page.getByRole('region', { name: 'What became of each operator' }).waitFor();
      await page.getByRole('button', { name: 'Make report (HTML)' }).click();
      await page.getByRole('link', { name: 'Download report (HTML)' }).waitFor();
    });
    assert.deepEqual(tasks, []);
    const elements = await page.locator('*').count();
    assert.ok(elements < 3000, `${elements} elements at once`);
  }));
