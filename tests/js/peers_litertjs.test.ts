/**
 * What users of LiteRT.js do, step by step, with the names of docs/moving/from-litert-js.md.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  fetchModel,
  load,
  type ErrorCode,
  type Interpreter,
  type Model,
  type Octolite,
  type TensorInput,
} from 'octolite';
import { connectWorker } from 'octolite/worker';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusal } from './support/errors.js';
import { sampleModelBytes } from './support/files.js';
import { counterModel, modelOf } from './support/make_models.js';

let octolite: Octolite; // await loadLiteRt(path)
beforeAll(async () => {
  octolite = await load();
});
afterAll(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

interface Compiled {
  model: Model;
  interpreter: Interpreter;
}

/** loadAndCompile(bytes), and delete() at the end. */
async function withCompiled(
  bytes: Uint8Array | ArrayBuffer,
  use: (compiled: Compiled) => unknown,
): Promise<void> {
  const model = octolite.loadModel(bytes);
  const interpreter = octolite.createInterpreter(model);
  try {
    await use({ model, interpreter });
  } finally {
    interpreter.dispose();
    model.dispose();
  }
}

/** sum = a + b, twice = 2 (a + b) */
const twoInTwoOut = (): Uint8Array =>
  modelOf([
    {
      tensors: ['a', 'b', 'sum', 'twice'].map((name) => ({ name, type: 'float32', shape: [1, 2] })),
      inputs: [0, 1],
      outputs: [2, 3],
      operators: [
        { op: 'add', inputs: [0, 1], outputs: [2] },
        { op: 'add', inputs: [2, 2], outputs: [3] },
      ],
    },
  ]);

const image = new Float32Array(40 * 40 * 3).fill(0.5);

describe('loadAndCompile', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/model.tflite') response.end(sampleModelBytes());
      else response.writeHead(404).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.tflite`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test('of an address, of bytes, and of a stream', async () => {
    const fetched = await fetchModel(url);
    const { body } = await fetch(url);
    const streamed = await new Response(body).arrayBuffer();
    const results: unknown[] = [];
    for (const content of [fetched, sampleModelBytes(), streamed]) {
      await withCompiled(content, ({ interpreter }) => results.push(interpreter.run(image)));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    const { probabilities } = results[0] as { probabilities: Float32Array };
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
  });

  test('of an address where nothing is', async () => {
    const { message } = await refusal(() => fetchModel(`${url}.old`), 'DOWNLOAD_FAILED');
    expect(message).toContain('404');
  });
});

test('getInputDetails and getOutputDetails', async () => {
  await withCompiled(twoInTwoOut(), ({ interpreter }) => {
    const float = { dtype: 'float32', shape: [1, 2] };
    expect(interpreter.getInputDetails()).toMatchObject([
      { name: 'a', index: 0, ...float },
      { name: 'b', index: 1, ...float },
    ]);
    expect(interpreter.getOutputDetails()).toMatchObject([
      { name: 'sum', index: 2, ...float },
      { name: 'twice', index: 3, ...float },
    ]);
  });
});

describe('run', () => {
  const a = new Float32Array([1, 2]); // new Tensor(new Float32Array([1, 2]), [1, 2])
  const b = new Float32Array([10, 20]);
  const expected = { sum: new Float32Array([11, 22]), twice: new Float32Array([22, 44]) };

  test('with one array, with arrays in order, with arrays by name', async () => {
    await withCompiled(twoInTwoOut(), ({ interpreter }) => {
      expect(interpreter.run([a, b])).toEqual(expected);
      expect(interpreter.run({ b, a })).toEqual(expected);
      // What comes in order there.
      const [sum, twice] = Object.values(interpreter.run([a, b]));
      expect([sum, twice]).toEqual([expected.sum, expected.twice]);
    });
    await withCompiled(sampleModelBytes(), ({ interpreter }) => {
      expect(interpreter.run(image)).toEqual(interpreter.run([image]));
      expect(interpreter.run(image)).toEqual(interpreter.run({ image }));
    });
  });

  test('what comes out is a copy, and inputs are left alone', async () => {
    await withCompiled(twoInTwoOut(), ({ interpreter }) => {
      const first = interpreter.run([a, b]);
      const second = interpreter.run([b, b]);
      expect(first).toEqual(expected);
      expect(second.sum).toEqual(new Float32Array([20, 40]));
      expect([a, b]).toEqual([new Float32Array([1, 2]), new Float32Array([10, 20])]);
    });
  });

  test('again and again', async () => {
    await withCompiled(twoInTwoOut(), ({ interpreter }) => {
      const results = interpreter.runBatch([[a, b], { a: b, b: a }]);
      expect(results).toEqual([expected, expected]);
    });
  });

  test('by signature', async () => {
    await withCompiled(counterModel(), ({ interpreter }) => {
      // compiled.signatures
      expect(Object.keys(interpreter.getSignatureList())).toEqual(['add', 'read']);
      const amount = new Float32Array([5]);
      const total = new Float32Array([15]);
      // compiled.run('add', { amount }), compiled.signatures['read'].run([])
      expect(interpreter.getSignatureRunner('add').run({ amount })).toEqual({ total, same: total });
      expect(interpreter.getSignatureRunner('read').run([])).toEqual({ total });
      expect(interpreter.getSignatureRunner('add').run([amount]).total).toEqual(
        new Float32Array([20]),
      );
      // getInputDetails() of a signature goes by its names.
      expect(Object.keys(interpreter.getSignatureRunner('add').getInputDetails())).toEqual([
        'amount',
      ]);
    });
    await withCompiled(sampleModelBytes(), ({ interpreter }) => {
      expect(interpreter.getSignatureRunner().key).toBe('serving_default'); // compiled.key
    });
  });

  test('as a promise, in a worker', async () => {
    const worker = await connectWorker();
    const model = await worker.loadModel(twoInTwoOut());
    const interpreter = await worker.createInterpreter(model);
    expect(await interpreter.run([a, b])).toEqual(expected);
    // Several at once, in order.
    const results = await Promise.all([
      interpreter.run([a, a]),
      interpreter.run([b, b]),
      interpreter.run([a, b]),
    ]);
    expect(results.map(({ sum }) => (sum as Float32Array)[0])).toEqual([2, 20, 11]);
    worker.terminate();
  });
});

test('supportsFeature: which binary runs, and why', () => {
  const info = octolite.runtimeInfo();
  expect(['simd128', 'relaxed']).toContain(info.variant);
  expect(info.variantReason).not.toBe('');
});

test('delete', async () => {
  const model = octolite.loadModel(twoInTwoOut());
  const interpreter = octolite.createInterpreter(model);
  expect(model.disposed).toBe(false);
  model.dispose();
  expect(model.disposed).toBe(true);
  // The interpreter has what it needs.
  expect(interpreter.run([new Float32Array(2), new Float32Array(2)])).toHaveProperty('sum');
  interpreter.dispose();
  interpreter.dispose();
  model.dispose();
  await refusal(() => interpreter.run([]), 'DISPOSED');
  await refusal(() => interpreter.getInputDetails(), 'DISPOSED');
  await refusal(() => octolite.createInterpreter(model), 'DISPOSED');
});

describe('what is refused', () => {
  test('what is no model', async () => {
    await refusal(() => octolite.loadModel(new Uint8Array(100)), 'INVALID_MODEL');
    await refusal(() => octolite.loadModel('model.tflite' as never), 'INVALID_ARGUMENT');
  });

  test('a model with operators that are not there', async () => {
    const unknown = modelOf([
      {
        tensors: ['x', 'y'].map((name) => ({ name, type: 'float32', shape: [1] })),
        inputs: [0],
        outputs: [1],
        operators: [{ op: { custom: 'Mine' }, inputs: [0], outputs: [1] }],
      },
    ]);
    await withCompiled(unknown, async ({ interpreter }) => {
      await refusal(() => interpreter.allocateTensors(), 'UNSUPPORTED_OPERATOR');
    });
  });

  test('inputs that do not fit', async () => {
    const [a, b] = [new Float32Array(2), new Float32Array(2)];
    const REFUSED: [string, unknown, ErrorCode][] = [
      ['too few', [a], 'INVALID_ARGUMENT'],
      ['too many', [a, b, a], 'INVALID_ARGUMENT'],
      ['one alone', a, 'INVALID_ARGUMENT'],
      ['one by name alone', { a }, 'INVALID_ARGUMENT'],
      ['another name', { a, c: b }, 'INVALID_ARGUMENT'],
      ['another size', [a, new Float32Array(3)], 'SHAPE_MISMATCH'],
      ['a plain array', [a, [1, 2]], 'TYPE_MISMATCH'],
      ['nothing', null, 'INVALID_ARGUMENT'],
    ];
    await withCompiled(twoInTwoOut(), async ({ interpreter }) => {
      for (const [, inputs, code] of REFUSED) {
        await refusal(() => interpreter.run(inputs as TensorInput), code);
      }
      const missing = await refusal(() => interpreter.run({ a }), 'INVALID_ARGUMENT');
      expect(missing.message).toContain('a, b');
      // It works all the same afterwards.
      expect(interpreter.run({ a, b }).sum).toEqual(new Float32Array(2));
    });
  });

  test('numbers that the type does not hold', async () => {
    const bytes = modelOf([
      {
        tensors: [{ name: 'x', type: 'int32', shape: [2] }],
        inputs: [0],
        outputs: [0],
        operators: [],
      },
    ]);
    await withCompiled(bytes, async ({ interpreter }) => {
      await refusal(() => interpreter.run(new Float32Array([0.5, 1])), 'TYPE_MISMATCH');
      // Where LiteRT.js refuses the array for its type, numbers that fit are taken.
      expect(interpreter.run(new Uint8Array([1, 2]))).toEqual({ x: new Int32Array([1, 2]) });
    });
  });

  test('a signature that is not there', async () => {
    await withCompiled(counterModel(), async ({ interpreter }) => {
      const { message } = await refusal(
        () => interpreter.getSignatureRunner('subtract'),
        'INVALID_ARGUMENT',
      );
      expect(message).toContain('add, read');
    });
  });

  test('binaries that are not where they are said to be', async () => {
    const baseUrl = new URL('./nowhere/', import.meta.url);
    await refusal(() => load({ baseUrl }), 'WASM_UNAVAILABLE');
  });
});
