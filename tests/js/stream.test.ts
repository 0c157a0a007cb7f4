// Quantizing files that are not in memory.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, type Octolite } from 'octolite';
import { openFile } from 'octolite/node';
import { writeLargeModel } from './support/large_model.mjs';

const MB = 2 ** 20;
const cli = new URL('../../dist/node/cli.js', import.meta.url).pathname;

let octolite: Octolite;
let folder: string;
let path: string;
let file: Uint8Array;

beforeAll(async () => {
  octolite = await load();
  folder = mkdtempSync(join(tmpdir(), 'octolite-stream-'));
  path = join(folder, 'model.tflite');
  writeLargeModel(path, { layers: 3, width: 384 });
  file = new Uint8Array(readFileSync(path));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bytes of the chunks that a sink got. */
function collector() {
  const chunks: Uint8Array[] = [];
  return { chunks, bytes: () => new Uint8Array(Buffer.concat(chunks)) };
}

const fromMemory = {
  get size() {
    return file.byteLength;
  },
  read: (offset: number, length: number) => file.subarray(offset, offset + length),
};

describe.each(['dynamic_wi8_afp32', 'weight_only_wi4_afp32', 'float16'] as const)(
  '%s',
  (recipe) => {
    test('gives the model that quantize gives', async () => {
      const { chunks, bytes } = collector();
      const report = await octolite.quantizeStream(
        fromMemory,
        { write: (chunk) => void chunks.push(chunk) },
        { recipe },
      );
      const float = octolite.loadModel(file);
      const whole = await octolite.quantize(float, { recipe });
      expect(report.operators).toEqual(whole.report.operators);
      expect(report.weightBytesAfter).toBe(whole.report.weightBytesAfter);
      expect(report.bytesAfter).toBe(bytes().byteLength);
      const a = octolite.loadModel(bytes());
      const b = octolite.loadModel(whole.bytes);
      expect(octolite.inspect(a).subgraphs).toEqual(octolite.inspect(b).subgraphs);
      const sample = new Float32Array(384).map((_, i) => Math.sin(i));
      const interpreters = [a, b].map((model) => octolite.createInterpreter(model));
      const outputs = interpreters.map((interpreter) => interpreter.run([sample]));
      expect(outputs[0]).toEqual(outputs[1]);
      for (const made of [float, a, b, ...interpreters]) made.dispose();
    });
  },
);

test('a stream is closed at the end, or aborted', async () => {
  const { chunks } = collector();
  let closed = false;
  const stream = new WritableStream<Uint8Array>({
    write: (chunk) => void chunks.push(chunk),
    close: () => void (closed = true),
  });
  const report = await octolite.quantizeStream(fromMemory, stream, { recipe: 'float16' });
  expect(closed).toBe(true);
  expect(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(report.bytesAfter);

  const abort = new AbortController();
  let aborted = false;
  const stopped = octolite.quantizeStream(
    fromMemory,
    new WritableStream({ write: () => abort.abort(), abort: () => void (aborted = true) }),
    { recipe: 'float16', signal: abort.signal },
  );
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  expect(aborted).toBe(true);
});

test('what it refuses, and that nothing is left behind', async () => {
  const before = octolite.runtimeInfo().liveHandles;
  const sink = { write: () => undefined };
  let reads = 0;
  const huge = { size: 2 ** 31, read: () => (++reads, new Uint8Array(0)) };
  await expect(octolite.quantizeStream(huge, sink, { recipe: 'float16' })).rejects.toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    message: expect.stringContaining('31 bits') as unknown,
  });
  expect(reads).toBe(0);
  await expect(
    octolite.quantizeStream(fromMemory, sink, { recipe: 'static_wi8_ai8' }),
  ).rejects.toMatchObject({ code: 'INVALID_RECIPE' });
  await expect(
    octolite.quantizeStream(new Blob([file as BlobPart]), sink, { recipe: 'float16' }),
  ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const broken = {
    size: file.byteLength,
    read(): Uint8Array {
      throw new Error('unplugged');
    },
  };
  await expect(octolite.quantizeStream(broken, sink, { recipe: 'float16' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    cause: { message: 'unplugged' },
  });
  const short = { size: file.byteLength, read: () => new Uint8Array(1) };
  await expect(octolite.quantizeStream(short, sink, { recipe: 'float16' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  expect(octolite.runtimeInfo().liveHandles).toBe(before);
});

test('openFile says what it cannot read', () => {
  expect(() => openFile(join(folder, 'absent'))).toThrow('there is no such file');
});

test('octolite quantize --stream writes the file whole or not at all', () => {
  const out = join(folder, 'out.tflite');
  const run = (input: string) =>
    execFileSync(process.execPath, [cli, 'quantize', input, '-o', out, '--stream', '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const bad = join(folder, 'bad.tflite');
  writeFileSync(bad, file.subarray(0, file.byteLength / 2));
  expect(() => run(bad)).toThrow();
  expect(readdirSync(folder)).not.toContain('out.tflite');
  const report = JSON.parse(run(path)) as { bytesAfter: number };
  expect(readFileSync(out).byteLength).toBe(report.bytesAfter);
  octolite.loadModel(readFileSync(out)).dispose();
});

/** What a run takes beyond what an idle program does, in MB; in a process of its own. */
function growth(model: string): number {
  const script = new URL('./support/stream_memory.mjs', import.meta.url).pathname;
  const text = execFileSync(process.execPath, [script, model, join(folder, 'made.tflite')], {
    encoding: 'utf8',
  });
  return (JSON.parse(text) as { growth: number }).growth / MB;
}

test('memory does not grow with the file', () => {
  const large = join(folder, 'large.tflite');
  writeLargeModel(large, { layers: 6, width: 1664 });
  expect(readFileSync(large).byteLength).toBeGreaterThan(60 * MB);
  expect(growth(large)).toBeLessThan(48);
}, 60000);
