/**
 * Models of any size, written to disk piece by piece. Field numbers and operator codes are those of
 * the file format (src/schema/tflite.fbs).
 */
import { TextEncoder } from 'node:util';
import { closeSync, openSync, writeSync } from 'node:fs';

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

/** The bytes of a buffer. */
const int32s = (values) => ({
  align: 16,
  start: 12,
  size: 16 + 4 * values.length,
  write(view) {
    view.setUint32(12, 4 * values.length, true);
    values.forEach((value, i) => view.setInt32(16 + 4 * i, value, true));
  },
});

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

/** What an operator may be: its code, and its options as [tag in the union, how to make the table]. */
const OPERATORS = {
  add: { code: 0, options: [11, () => table({})] },
  conv2d: { code: 3, options: [1, () => table({ 1: i32(1), 2: i32(1) })] }, // SAME, stride 1
  fullyConnected: { code: 9, options: [8, () => table({})] },
  reshape: { code: 22, options: [17, () => table({})] },
  mean: { code: 40, options: [27, () => table({})] },
};

const FLOAT32 = 0;
const INT32 = 2;

/**
 * A model of one subgraph, on disk.
 * `tensors`: { name, shape, values }, where -1 in a shape is a size that is open, and `values` is a
 * seed for floats that are constant, a list of int32, or absent. `inputs` and `outputs`, of the
 * model and of `operators` ({ op, inputs, outputs }), are positions in it.
 */
export function writeModel(path, { tensors, operators, inputs, outputs }) {
  const buffers = [table({})];
  const tensorTables = tensors.map(({ name, shape, values }) => {
    const isList = Array.isArray(values);
    if (values !== undefined) {
      const count = shape.reduce((product, size) => product * size, 1);
      buffers.push(table({ 0: isList ? int32s(values) : floats(count, values) }));
    }
    return table({
      0: numbers(shape.map((size) => Math.abs(size))),
      1: i8(isList ? INT32 : FLOAT32),
      2: i32(values === undefined ? 0 : buffers.length - 1),
      3: text(name),
      ...(shape.some((size) => size < 0) && { 7: numbers(shape) }),
    });
  });
  const used = [...new Set(operators.map(({ op }) => op))];
  const graph = table({
    0: vector(tensorTables),
    1: numbers(inputs),
    2: numbers(outputs),
    3: vector(
      operators.map(({ op, inputs: from, outputs: to }) => {
        const [tag, options] = OPERATORS[op].options;
        return table({
          0: i32(used.indexOf(op)),
          1: numbers(from),
          2: numbers(to),
          3: i8(tag),
          4: options(),
        });
      }),
    ),
    4: text('main'),
  });
  const codes = used.map((op) => {
    const { code } = OPERATORS[op];
    return table({ 0: i8(code), 2: i32(1), 3: i32(code) });
  });
  const root = table({ 0: i32(3), 1: vector(codes), 2: vector([graph]), 4: vector(buffers) });
  writeTables(path, root);
}

/** `layers` FULLY_CONNECTED operators of width x width float weights, one behind the other. */
export function writeLargeModel(path, { layers, width }) {
  const tensors = [{ name: 'x', shape: [1, width] }];
  const operators = [];
  for (let i = 0; i < layers; ++i) {
    const last = tensors.length - 1;
    const input = i === 0 ? 0 : last;
    tensors.push({ name: `weights${i}`, shape: [width, width], values: i });
    tensors.push({ name: `y${i}`, shape: [1, width] });
    operators.push({ op: 'fullyConnected', inputs: [input, last + 1, -1], outputs: [last + 2] });
  }
  writeModel(path, { tensors, operators, inputs: [0], outputs: [tensors.length - 1] });
}

/** A classifier of pictures of any size: CONV_2D, MEAN, FULLY_CONNECTED. */
export function writeOpenSizesModel(path) {
  writeModel(path, {
    tensors: [
      { name: 'picture', shape: [1, -1, -1, 3] },
      { name: 'filters', shape: [8, 3, 3, 3], values: 1 },
      { name: 'features', shape: [1, -1, -1, 8] },
      { name: 'axes', shape: [2], values: [1, 2] },
      { name: 'mean', shape: [1, 8] },
      { name: 'weights', shape: [10, 8], values: 2 },
      { name: 'scores', shape: [1, 10] },
    ],
    operators: [
      { op: 'conv2d', inputs: [0, 1, -1], outputs: [2] },
      { op: 'mean', inputs: [2, 3], outputs: [4] },
      { op: 'fullyConnected', inputs: [4, 5, -1], outputs: [6] },
    ],
    inputs: [0],
    outputs: [6],
  });
}

/** A small file that needs three tensors of 2 GiB at once: more than WebAssembly can address. */
export function writeGreedyModel(path) {
  const [width, rows] = [256, 8192];
  const all = width * rows;
  const greedy = ['first', 'second', 'third'].map((name) => ({ name, shape: [all, width] }));
  writeModel(path, {
    tensors: [
      { name: 'x', shape: [1, width] },
      { name: 'weights', shape: [width, width], values: 1 },
      { name: 'features', shape: [1, width] },
      { name: 'column', shape: [rows, 1], values: 2 },
      { name: 'table', shape: [rows, width] },
      { name: 'tall', shape: [2], values: [all, 1] },
      { name: 'long column', shape: [all, 1] },
      ...greedy,
    ],
    operators: [
      { op: 'fullyConnected', inputs: [0, 1, -1], outputs: [2] },
      { op: 'add', inputs: [2, 3], outputs: [4] },
      { op: 'reshape', inputs: [4, 5], outputs: [6] },
      { op: 'add', inputs: [6, 2], outputs: [7] },
      { op: 'add', inputs: [7, 2], outputs: [8] },
      { op: 'add', inputs: [7, 8], outputs: [9] },
    ],
    inputs: [0],
    outputs: [9],
  });
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
