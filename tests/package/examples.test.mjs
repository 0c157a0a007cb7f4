// The examples for Node.js, run as their users do, with the package as npm packs it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { load, parseWav, seededRandom } from 'octolite';
import { connectWorker } from 'octolite/worker';
import { root } from '../../scripts/lib/process.mjs';
import { exampleTest, shared, where } from './support/example.mjs';
import { installPackage } from './support/install.mjs';
import { bmpOf, pictures } from './support/pictures.mjs';

let installed;
before(async () => {
  installed = await installPackage();
  await cp(join(root, 'examples'), join(installed.folder, 'examples'), { recursive: true });
});
after(() => installed.remove());

const pathOf = (path) => join(installed.folder, 'examples', path);

/** Runs a program to its end, and lets it write nothing to standard error. */
async function output(args, cwd) {
  const { status, stdout, stderr } = await ended(spawn(process.execPath, args, { cwd }));
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  return stdout;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

test('every example asks for this version, and is in the list', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const list = await readFile(pathOf('README.md'), 'utf8');
  const names = (await readdir(pathOf('.'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('sample-'))
    .map(({ name }) => name);
  assert.equal(names.length, 7);
  for (const name of names) {
    const { dependencies } = JSON.parse(await readFile(pathOf(`${name}/package.json`), 'utf8'));
    assert.deepEqual(dependencies, { octolite: `^${version}` }, name);
    assert.ok(list.includes(`(${name})`), name);
  }
});

exampleTest('node-quantize: the sample model', async () => {
  const cwd = pathOf('node-quantize');
  const said = await output(['quantize.js'], cwd);
  assert.match(said, /^calibrated on 72 pictures, compared on 24 others$/m);
  assert.match(said, /^in float {4}0 of 18 operators$/m);
  const sqnr = /^probabilities: SQNR (\S+) dB, same class for (\S+) %$/m.exec(said);
  assert.ok(Number(sqnr[1]) > 20 && Number(sqnr[2]) > 90, said);

  const [, before, now] = /^size {8}(\d+) -> (\d+) bytes$/m.exec(said);
  const bytes = await readFile(join(cwd, 'int8.tflite'));
  assert.equal(bytes.length, Number(now));
  assert.equal((await stat(pathOf('sample-model/shapes.tflite'))).size, Number(before));
  const octolite = await load();
  const model = octolite.loadModel(bytes);
  assert.equal(octolite.inspect(model).kind, 'full int8 with float inputs or outputs');
  model.dispose();
});

exampleTest(
  'node-quantize: pictures of your own, another recipe, and what it says of mistakes',
  async () => {
    const cwd = pathOf('node-quantize');
    await mkdir(join(cwd, 'photos'));
    for (const [i, picture] of (await pictures('calibration', 8)).entries()) {
      await writeFile(join(cwd, 'photos', `${i}.bmp`), bmpOf(picture));
    }
    const model = '../sample-model/shapes.tflite';
    const args = ['quantize.js', model, 'photos', '-o', 'small.tflite', '--recipe'];
    const said = await output([...args, 'static_wi8_ai16'], cwd);
    assert.match(said, /^calibrated on 6 pictures, compared on 2 others$/m);
    assert.ok((await stat(join(cwd, 'small.tflite'))).size < 150_000);

    const wrong = await ended(spawn(process.execPath, [...args, 'no_such_recipe'], { cwd }));
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /^INVALID_RECIPE: .*no_such_recipe.*\n$/);
  },
);

const photographs = shared('data/imagenet');
const mobilenet = shared('models/mobilenet_v1_0.25_224_float.tflite');

exampleTest(
  'node-quantize: a MobileNet with photographs',
  async () => {
    const args = ['quantize.js', mobilenet, photographs, '--range=-1,1', '-o', 'mobilenet.tflite'];
    const said = await output(args, pathOf('node-quantize'));
    assert.match(said, /^calibrated on 8 pictures, compared on 2 others$/m);
    const [, before, now] = /^size {8}(\d+) -> (\d+) bytes$/m.exec(said);
    assert.ok(now < 0.35 * before, said);
    assert.match(said, /^in float {4}0 of/m);
  },
  where(photographs, mobilenet),
);

exampleTest('custom-calibration', async () => {
  const said = await output(['calibrate.js'], pathOf('custom-calibration'));
  assert.match(said, /^part 1: 96 samples, \d+ tensors\npart 2: 96 samples/);
  assert.match(said, /^merged: 192 samples$/m);
  assert.match(said, /^in one go: the same file, byte for byte$/m);
  const found = [...said.matchAll(/^(\w+) .* SQNR (\S+) dB, same class (\S+) %$/gm)];
  const names = ['min_max', 'percentile', 'percentile', 'mse', 'entropy'];
  assert.deepEqual(
    found.map(([, name]) => name),
    names,
  );
  for (const [line, , sqnr, agreement] of found) {
    assert.ok(Number(sqnr) > 10 && Number(agreement) > 90, line);
  }
});

exampleTest('compare-recipes', async () => {
  const said = await output(
    ['compare.js', 'float16', 'dynamic_wi8_afp32', 'static_wi8_ai8'],
    pathOf('compare-recipes'),
  );
  const rows = said
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  assert.deepEqual(rows[0], ['recipe', 'size', 'SQNR', 'top-1', 'median']);
  assert.equal(rows[1][3], '94.0 %');
  const sizes = rows.slice(1).map(([, size]) => parseFloat(size));
  assert.deepEqual(
    rows.slice(1).map(([name]) => name),
    ['float32', 'float16', 'dynamic_wi8_afp32', 'static_wi8_ai8'],
  );
  assert.ok(sizes[1] < sizes[0] * 0.6 && sizes[2] < sizes[0] * 0.4 && sizes[3] < sizes[0] * 0.4);
  for (const [name, , sqnr, top1] of rows.slice(2)) {
    assert.ok(parseFloat(sqnr) > 20 && parseFloat(top1) > 92, `${name}: ${sqnr}, ${top1}`);
  }
});

const recordings = ['yes', 'no'].map((word) => shared(`data/audio/${word}_1000ms.wav`));
const spotter = shared('models/kws_dscnn_int8.tflite');

exampleTest(
  'keyword-spotting: recordings',
  async () => {
    const cwd = pathOf('keyword-spotting');
    const said = await output(['spot.js', spotter, ...recordings], cwd);
    const [yes, no] = said.trim().split('\n');
    assert.match(yes, /yes_1000ms\.wav 0\.0 s: yes \((9\d|100) %\)$/);
    // This "no" is a "go" to the model, in any precision.
    assert.match(no, /no_1000ms\.wav 0\.0 s: (no|go) /);
    const stereo = join(cwd, 'stereo.wav');
    await writeFile(stereo, stereoOf(parseWav(await readFile(recordings[0])).samples));
    assert.match(await output(['spot.js', spotter, stereo], cwd), /0\.0 s: yes \(/);
  },
  where(spotter, ...recordings),
);

test('keyword-spotting: a model that takes something else', async () => {
  const args = ['spot.js', '../sample-model/shapes.tflite', 'any.wav'];
  const child = spawn(process.execPath, args, { cwd: pathOf('keyword-spotting') });
  const { status, stderr } = await ended(child);
  assert.equal(status, 1);
  assert.match(stderr, /this model takes \[1, 40, 40, 3\], not the \[1, 49, 10, 1\]/);
});

/** 16 kHz as a WAVE file of two channels at 48 kHz. */
function stereoOf(samples) {
  const [frames, frameBytes, rate] = [3 * samples.length, 4, 48_000];
  const bytes = Buffer.alloc(44 + frames * frameBytes);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * frameBytes, 28);
  bytes.writeUInt16LE(frameBytes, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(frames * frameBytes, 40);
  for (let i = 0; i < frames; ++i) {
    const [at, share] = [Math.floor(i / 3), (i % 3) / 3];
    const value = samples[at] * (1 - share) + (samples[at + 1] ?? 0) * share;
    for (const c of [0, 2]) bytes.writeInt16LE(Math.round(32767 * value), 44 + frameBytes * i + c);
  }
  return bytes;
}

test('keyword-spotting: the features, computed by their definition', async () => {
  const { mfcc } = await import(pathOf('keyword-spotting/features.js'));
  const random = seededRandom(1);
  const clip = Float32Array.from({ length: 16000 }, (_, i) => {
    return 0.3 * Math.sin(i * (0.05 + i / 200_000)) + 0.1 * (random() - 0.5);
  });
  const features = mfcc(clip);
  assert.equal(features.length, 490);
  for (const frame of [0, 17, 48]) {
    const expected = cepstrum(clip.subarray(320 * frame, 320 * frame + 480), Math.max(...clip));
    const found = features.subarray(10 * frame, 10 * frame + 10);
    expected.forEach((value, k) => assert.ok(Math.abs(value - found[k]) < 1e-3, `${frame} ${k}`));
  }
  assert.throws(() => mfcc(clip.subarray(1)), /16000 samples/);
});

/** Coefficients of 30 ms: a sum for every bin of the spectrum, one for every band, one for each. */
function cepstrum(frame, loudest) {
  const sum = (count, term) =>
    Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b);
  const turn = (2 * Math.PI) / 512;
  const windowed = (i) => (frame[i] / loudest) * Math.sin((Math.PI * i) / 480) ** 2;
  const spectrum = Array.from({ length: 257 }, (_, bin) =>
    Math.hypot(
      sum(480, (i) => windowed(i) * Math.cos(turn * bin * i)),
      sum(480, (i) => windowed(i) * Math.sin(turn * bin * i)),
    ),
  );
  const mel = (hz) => 1127 * Math.log1p(hz / 700);
  const width = (mel(4000) - mel(20)) / 41;
  const bands = Array.from({ length: 40 }, (_, band) => {
    const middle = mel(20) + width * (band + 1);
    const weight = (bin) => Math.max(0, 1 - Math.abs(mel((bin * 16000) / 512) - middle) / width);
    return Math.log(sum(257, (bin) => weight(bin) * spectrum[bin]) + 1e-6);
  });
  return Array.from({ length: 10 }, (_, k) => {
    const angle = (n) => (Math.PI * k * (2 * n + 1)) / 80;
    return sum(40, (n) => bands[n] * Math.cos(angle(n))) / Math.sqrt(20);
  });
}

/** Starts the service and resolves when it listens. */
function startService(...args) {
  const child = spawn(process.execPath, ['server.js', '--port', '0', ...args], {
    cwd: pathOf('node-service'),
  });
  const end = ended(child);
  const url = new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const found = /listening on (\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    void end.then(({ stderr }) => reject(new Error(`the service ended: ${stderr}`)));
  });
  url.catch(() => undefined);
  return { child, end, url };
}

const classify = (url, body) => fetch(`${url}/classify`, { method: 'POST', body });

exampleTest('node-service: labels, refusals, and a graceful end', async () => {
  const { child, end, url: listening } = startService();
  const url = await listening;
  const some = await pictures('evaluation', 32);
  const answers = await Promise.all(
    some.map(async (picture) => {
      const response = await classify(url, bmpOf(picture));
      assert.equal(response.status, 200);
      return (await response.json()).labels;
    }),
  );
  const right = answers.filter(([{ label }], i) => label === some[i].label).length;
  assert.ok(right >= 28, `${right} of 32`);
  for (const labels of answers) {
    assert.equal(labels.length, 3);
    assert.ok(labels[0].score >= labels[1].score && labels[0].score <= 1);
  }

  const health = await fetch(`${url}/health`);
  assert.deepEqual(
    [health.status, await health.json()],
    [200, { stopping: false, workers: 2, busy: 0, waiting: 0 }],
  );

  const garbage = await classify(url, 'not an image');
  assert.equal(garbage.status, 422);
  assert.match((await garbage.json()).error, /image/);
  assert.equal((await fetch(`${url}/classify`)).status, 405);
  assert.equal((await fetch(`${url}/elsewhere`)).status, 404);
  assert.equal(await statusOfHuge(url), 413);

  // Stopped while a request is under way: nobody else comes in, and that one is answered.
  const last = await beginClassify(url);
  child.kill('SIGTERM');
  while (await fetch(`${url}/health`).then(Boolean, () => false)) await setTimeout(10);
  const answer = await last(bmpOf(some[0]));
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers.connection, 'close');
  const { status, stdout, stderr } = await end;
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.match(stdout, /stopped\n$/);
});

/**
 * Announces an image, and resolves when the service waits for it; what comes back sends it and
 * resolves to the response.
 */
function beginClassify(url) {
  return new Promise((resolve, reject) => {
    const headers = { expect: '100-continue', 'transfer-encoding': 'chunked' };
    const call = request(`${url}/classify`, { method: 'POST', headers });
    const answer = new Promise((answered, failed) => {
      call.on('response', (response) => answered(response.resume()));
      call.on('error', failed);
    });
    answer.catch(reject);
    call.on('continue', () =>
      resolve((image) => {
        call.end(image);
        return answer;
      }),
    );
    call.flushHeaders();
  });
}

/** Says that it will send more than is taken, and is told so before it does. */
function statusOfHuge(url) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': 100_000_000 };
    const call = request(`${url}/classify`, { method: 'POST', headers });
    call.on('error', reject);
    call.on('response', (response) => {
      response.resume();
      call.removeAllListeners('error').on('error', () => undefined); // Cut off, as it should be.
      call.destroy();
      resolve(response.statusCode);
    });
    call.flushHeaders();
  });
}

const photograph = shared('data/images/burger.jpg');
const names = shared('data/labels/imagenet_1001.txt');
const quantized = shared('models/mobilenet_v1_0.25_224_uint8.tflite');

exampleTest(
  'node-service: another model, whose output is quantized, and a photograph',
  async () => {
    const { child, end, url: listening } = startService('--model', quantized, '--labels', names);
    const url = await listening;
    const response = await classify(url, await readFile(photograph));
    const { labels } = await response.json();
    assert.equal(labels[0].label, 'cheeseburger');
    assert.ok(labels[0].score > 0.9 && labels[0].score <= 1);
    child.kill('SIGTERM');
    assert.equal((await end).status, 0);
  },
  where(photograph, names, quantized),
);

exampleTest('node-service: more than it can do', async () => {
  const { child, end, url: listening } = startService('--workers', '1', '--queue', '2');
  const url = await listening;
  const [picture] = await pictures('evaluation', 1);
  // Resizing the first one takes long enough for the others to arrive.
  const large = { width: 800, height: 800, rgb: new Uint8Array(800 * 800 * 3) };
  const images = [bmpOf(large), ...Array.from({ length: 39 }, () => bmpOf(picture))];
  const responses = await Promise.all(images.map((image) => classify(url, image)));
  const statuses = responses.map(({ status }) => status);
  const served = statuses.filter((status) => status === 200).length;
  const refused = responses.filter(({ status }) => status === 503);
  assert.equal(served + refused.length, 40);
  assert.ok(served >= 3 && refused.length > 0, statuses.join(' '));
  assert.equal(refused[0].headers.get('retry-after'), '1');
  await Promise.all(responses.map((response) => response.text()));
  assert.equal((await classify(url, bmpOf(picture))).status, 200);
  child.kill('SIGINT');
  assert.equal((await end).status, 0);
});

test('node-service: a worker that ended is replaced, and a queue has an end', async () => {
  const { ClassifierPool, Overloaded } = await import(pathOf('node-service/classifier.js'));
  const connected = [];
  const connect = async () => {
    connected.push(await connectWorker());
    return connected.at(-1);
  };
  const model = await readFile(pathOf('sample-model/shapes.tflite'));
  const pool = await ClassifierPool.start(model, { workers: 1, queue: 1, connect });
  const image = bmpOf((await pictures('evaluation', 1))[0]);
  const scores = await pool.classify(image);
  connected[0].terminate();
  assert.deepEqual(await pool.classify(image), scores);
  assert.equal(connected.length, 2);

  // One runs, one waits, and there is no room for more.
  const four = await Promise.allSettled([1, 2, 3, 4].map(() => pool.classify(image)));
  assert.deepEqual(
    four.map(({ value, reason }) => value ?? reason.constructor),
    [scores, scores, Overloaded, Overloaded],
  );
  assert.deepEqual(pool.load, { workers: 1, busy: 0, waiting: 0 });
  pool.stop();
});
