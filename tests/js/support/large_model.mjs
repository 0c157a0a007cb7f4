/**
 * Models of any size, written to disk piece by piece. Field numbers and operator codes are those of
 * the file format (src/schema/tflite.fbs).
 */
import { TextEncoder } from 'node:util';
import { closeSync, openSync, writeSync } from 'node:fs';

const FULLY_CONNECTED = 9;
const FULLY_CONNECTED_OPTIONS = 8;

// What a flatbuffer is made of: an object that takes `size` bytes, at a multiple of `align`, and is
// written once all places are known. References lead forward.

const i32 = (value) => ({ size: 4, put: (view, at) => view.setInt32(at, value, true) });
const i8 = (value) => ({ size: 1, put: (view, at) => view.setInt8(at, value) });

function table(fields) {
  const slots = Math.max(-1, ...Object.keys(fields).map(Number)) + 1;
  const vtableBytes = (4 + 2 * slots + 3) & ~3;
  const offsets = {};
  let end = 4;
  for (const [slot, { size = 4 }] of Object.entries(fields).map(([k, v]) => [k, v.put ? v : {}])) {
    end = Math.ceil(end / size) * size;
    offsets[slot] = end;
    end += size;
  }
  return {
    align: 4,
    size: vtableBytes + ((end + 3) & ~3),
    start: vtableBytes,
    children: Object.values(fields).filter(({ put }) => !put),
    write(view) {
      view.setUint16(0, 4 + 2 * slots, true);
      view.setUint16(2, end, true);
      view.setInt32(vtableBytes, vtableBytes, true);
      for (const [slot, field] of Object.entries(fields)) {
        view.setUint16(4 + 2 * slot, offsets[slot], true);
        const at = vtableBytes + offsets[slot];
        if (field.put) field.put(view, at);
        else view.setUint32(at, field.place + (field.start ?? 0) - (this.place + at), true);
      }
    },
  };
}

const vector = (items) => ({
  align: 4,
  size: 4 + 4 * items.length,
  children: items.filter(({ put }) => !put),
  write(view) {
    view.setUint32(0, items.length, true);
    items.forEach((item, i) => {
      const at = 4 + 4 * i;
      if (item.put) item.put(view, at);
      else view.setUint32(at, item.place + (item.start ?? 0) - (this.place + at), true);
    });
  },
});
const numbers = (values) => vector(values.map(i32));

const text = (value) => ({
  align: 4,
  size: 4 + value.length + 1,
  write(view) {
    view.setUint32(0, value.length, true);
    for (let i = 0; i < value.length; ++i) view.setUint8(4 + i, value.charCodeAt(i));
  },
});

/** Data that is not kept: `count` floats, which begin at a multiple of 16. */
const floats = (count, seed) => ({ align: 16, start: 12, size: 16 + 4 * count, count, seed });

/** The same numbers for the same seed: a slice of a fixed sequence, scaled. */
const SEQUENCE = Float32Array.from({ length: 65521 }, (_, i) => Math.sin(i * i) / 8);

function* pieces({ count, seed }) {
  const head = new Uint8Array(16);
  new DataView(head.buffer).setUint32(12, 4 * count, true);
  yield head;
  const piece = new Float32Array(SEQUENCE.length);
  for (let done = 0; done < count; done += piece.length) {
    const scale = 1 + ((seed + done) % 7) / 8;
    const length = Math.min(piece.length, count - done);
    for (let i = 0; i < length; ++i) piece[i] = SEQUENCE[i] * scale;
    yield new Uint8Array(piece.buffer, 0, 4 * length);
  }
}

/** `layers` FULLY_CONNECTED operators of width x width float weights, one behind the other. */
export function writeLargeModel(path, { layers, width }) {
  const buffers = [table({})];
  const tensors = [];
  const operators = [];
  const tensor = (name, shape, buffer) =>
    tensors.push(table({ 0: numbers(shape), 1: i8(0), 2: i32(buffer), 3: text(name) })) - 1;
  const first = tensor('x', [1, width], 0);
  let last = first;
  for (let i = 0; i < layers; ++i) {
    buffers.push(table({ 0: floats(width * width, i) }));
    const weights = tensor(`weights${i}`, [width, width], buffers.length - 1);
    const output = tensor(`y${i}`, [1, width], 0);
    operators.push(
      table({
        1: numbers([last, weights, -1]),
        2: numbers([output]),
        3: i8(FULLY_CONNECTED_OPTIONS),
        4: table({}),
      }),
    );
    last = output;
  }
  const graph = table({
    0: vector(tensors),
    1: numbers([first]),
    2: numbers([last]),
    3: vector(operators),
    4: text('main'),
  });
  const code = table({ 0: i8(FULLY_CONNECTED), 2: i32(1), 3: i32(FULLY_CONNECTED) });
  const root = table({ 0: i32(3), 1: vector([code]), 2: vector([graph]), 4: vector(buffers) });
  writeTables(path, root);
}

function writeTables(path, root) {
  const nodes = [root];
  for (const node of nodes) nodes.push(...(node.children ?? []));
  // Data goes behind everything else.
  const ordered = [...nodes.filter(({ count }) => !count), ...nodes.filter(({ count }) => count)];
  let end = 8;
  for (const node of ordered) {
    node.place = Math.ceil(end / node.align) * node.align;
    end = node.place + node.size;
  }
  const file = openSync(path, 'w');
  let at = 0;
  const put = (bytes) => {
    writeSync(file, bytes);
    at += bytes.byteLength;
  };
  const header = new Uint8Array(8);
  new DataView(header.buffer).setUint32(0, root.place + root.start, true);
  header.set(new TextEncoder().encode('TFL3'), 4);
  put(header);
  for (const node of ordered) {
    put(new Uint8Array(node.place - at));
    if (node.count) {
      for (const piece of pieces(node)) put(piece);
    } else {
      const bytes = new Uint8Array(node.size);
      node.write(new DataView(bytes.buffer));
      put(bytes);
    }
  }
  closeSync(file);
}
