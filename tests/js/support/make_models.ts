/**
 * .tflite files made from a description, for tests that need a certain model. Field numbers, type
 * numbers and operator codes are those of the file format (src/schema/tflite.fbs).
 */

/** Numbers of element types. */
export const TYPES = {
  float32: 0,
  float16: 1,
  int32: 2,
  uint8: 3,
  int64: 4,
  string: 5,
  bool: 6,
  int16: 7,
  complex64: 8,
  int8: 9,
  float64: 10,
  resource: 13,
  uint64: 12,
  uint32: 15,
  uint16: 16,
} as const;

export const OPS = {
  add: 0,
  reshape: 22,
  custom: 32,
  callOnce: 129,
  varHandle: 142,
  readVariable: 143,
  assignVariable: 144,
} as const;

export interface TestTensor {
  name: string;
  type: keyof typeof TYPES;
  /** -1: free, which is 1 in the shape. */
  shape: number[];
  data?: Uint8Array;
  isVariable?: boolean;
  scale?: number;
  zeroPoint?: number;
}

export interface TestOperator {
  /** A builtin operator, or the code of a custom one. */
  op: keyof typeof OPS | { custom: string };
  inputs: number[];
  outputs: number[];
  /** Of a custom operator. */
  options?: Uint8Array;
  /** Of the variables' operators. */
  sharedName?: string;
  subgraph?: number;
}

export interface TestSubgraph {
  tensors: TestTensor[];
  inputs: number[];
  outputs: number[];
  operators: TestOperator[];
}

export interface TestSignature {
  key: string;
  subgraph: number;
  inputs: Record<string, number>;
  outputs: Record<string, number>;
}

export function modelOf(subgraphs: TestSubgraph[], signatures: TestSignature[] = []): Uint8Array {
  const buffers: Node[] = [table({})];
  const codes: string[] = [];
  const codeNodes: Node[] = [];
  const codeIndex = (op: TestOperator['op']): number => {
    const name = typeof op === 'string' ? op : `custom ${op.custom}`;
    if (!codes.includes(name)) {
      codes.push(name);
      const code = typeof op === 'string' ? OPS[op] : OPS.custom;
      const custom = typeof op === 'string' ? undefined : text(op.custom);
      codeNodes.push(table({ 0: i8(Math.min(code, 127)), 1: custom, 3: i32(code) }));
    }
    return codes.indexOf(name);
  };

  const tensorNode = (tensor: TestTensor): Node => {
    if (tensor.data) buffers.push(table({ 0: bytes(tensor.data) }));
    const { scale, zeroPoint = 0 } = tensor;
    return table({
      0: ints(tensor.shape.map((size) => Math.abs(size))),
      1: i8(TYPES[tensor.type]),
      2: i32(tensor.data ? buffers.length - 1 : 0),
      3: text(tensor.name),
      4: scale === undefined ? undefined : table({ 2: floats([scale]), 3: longs([zeroPoint]) }),
      5: i8(Number(tensor.isVariable ?? false)),
      7: tensor.shape.some((size) => size < 0) ? ints(tensor.shape) : undefined,
    });
  };
  const operatorNode = (operator: TestOperator): Node => {
    const [tag, options] = builtinOptions(operator);
    return table({
      0: i32(codeIndex(operator.op)),
      1: ints(operator.inputs),
      2: ints(operator.outputs),
      3: options && i8(tag),
      4: options,
      5: operator.options && bytes(operator.options),
    });
  };
  const subgraphNodes = subgraphs.map(({ tensors, inputs, outputs, operators }) =>
    table({
      0: list(tensors.map(tensorNode)),
      1: ints(inputs),
      2: ints(outputs),
      3: list(operators.map(operatorNode)),
    }),
  );
  const map = (tensors: Record<string, number>): Node =>
    list(Object.entries(tensors).map(([name, index]) => table({ 0: text(name), 1: i32(index) })));
  const model = table({
    0: i32(3),
    1: list(codeNodes),
    2: list(subgraphNodes),
    4: list(buffers),
    7: list(
      signatures.map(({ key, subgraph, inputs, outputs }) =>
        table({ 0: map(inputs), 1: map(outputs), 2: text(key), 4: i32(subgraph) }),
      ),
    ),
  });
  return file(model, 'TFL3');
}

/** The tag in the union of option tables, and the table. */
function builtinOptions({ op, sharedName, subgraph }: TestOperator): [number, Node | undefined] {
  switch (op) {
    case 'add':
      return [11, table({})];
    case 'callOnce':
      return [103, table({ 0: i32(subgraph ?? 0) })];
    case 'varHandle':
      return [111, table({ 0: text(''), 1: text(sharedName ?? '') })];
    case 'readVariable':
      return [112, table({})];
    case 'assignVariable':
      return [113, table({})];
    default:
      return [0, undefined];
  }
}

/**
 * A counter in two signatures: `add` adds to a total that begins with 10, `read` reads it. Both name
 * the same subgraph that sets it.
 */
export function counterModel(): Uint8Array {
  const handle: TestTensor = { name: 'handle', type: 'resource', shape: [] };
  const scalar = (name: string): TestTensor => ({ name, type: 'float32', shape: [] });
  const variable = (output: number): TestOperator => ({
    op: 'varHandle',
    inputs: [],
    outputs: [output],
    sharedName: 'total',
  });
  const once: TestOperator = { op: 'callOnce', inputs: [], outputs: [], subgraph: 2 };
  return modelOf(
    [
      {
        tensors: [scalar('add_x:0'), handle, scalar('before'), scalar('add_y:0')],
        inputs: [0],
        outputs: [3],
        operators: [
          once,
          variable(1),
          { op: 'readVariable', inputs: [1], outputs: [2] },
          { op: 'add', inputs: [2, 0], outputs: [3] },
          { op: 'assignVariable', inputs: [1, 3], outputs: [] },
        ],
      },
      {
        tensors: [handle, scalar('read_y:0')],
        inputs: [],
        outputs: [1],
        operators: [once, variable(0), { op: 'readVariable', inputs: [0], outputs: [1] }],
      },
      {
        tensors: [
          handle,
          { ...scalar('ten'), data: new Uint8Array(new Float32Array([10]).buffer) },
        ],
        inputs: [],
        outputs: [],
        operators: [variable(0), { op: 'assignVariable', inputs: [0, 1], outputs: [] }],
      },
    ],
    [
      { key: 'add', subgraph: 0, inputs: { amount: 0 }, outputs: { total: 3, same: 3 } },
      { key: 'read', subgraph: 1, inputs: {}, outputs: { total: 1 } },
    ],
  );
}

// --- FlatBuffers ----------------------------------------------------------------------------------

/** Something with a place of its own: written at the end of the file so far; returns where. */
type Node = (out: Writer) => number;
/** A number inside a table. */
interface Scalar {
  size: 1 | 4;
  value: number;
}

function i8(value: number): Scalar {
  return { size: 1, value };
}

function i32(value: number): Scalar {
  return { size: 4, value };
}

class Writer {
  readonly bytes: number[] = [];

  align(size: number, ahead = 0): void {
    while ((this.bytes.length + ahead) % size !== 0) this.bytes.push(0);
  }

  put(value: number, size: number): void {
    for (let i = 0; i < size; ++i) this.bytes.push((value >> (8 * i)) & 255);
  }

  patch(place: number, value: number): void {
    for (let i = 0; i < 4; ++i) this.bytes[place + i] = (value >> (8 * i)) & 255;
  }
}

function table(fields: Record<number, Node | Scalar | undefined>): Node {
  return (out) => {
    const present = Object.entries(fields).filter(([, field]) => field !== undefined);
    const count = Math.max(-1, ...present.map(([id]) => Number(id))) + 1;
    const offsets = new Map<number, number>();
    let size = 4;
    for (const [id, field] of present) {
      const bytes = typeof field === 'function' ? 4 : field!.size;
      size = Math.ceil(size / bytes) * bytes;
      offsets.set(Number(id), size);
      size += bytes;
    }
    // The table of field offsets, then the fields; what they point to comes behind.
    out.align(4, 4 + 2 * count);
    const start = out.bytes.length + 4 + 2 * count;
    out.put(4 + 2 * count, 2);
    out.put(size, 2);
    for (let id = 0; id < count; ++id) out.put(offsets.get(id) ?? 0, 2);
    out.put(4 + 2 * count, 4);
    for (const [id, field] of present) {
      while (out.bytes.length < start + offsets.get(Number(id))!) out.bytes.push(0);
      if (typeof field === 'function') out.put(0, 4);
      else out.put(field!.value, field!.size);
    }
    for (const [id, field] of present) {
      const place = start + offsets.get(Number(id))!;
      if (typeof field === 'function') out.patch(place, field(out) - place);
    }
    return start;
  };
}

function list(nodes: Node[]): Node {
  return (out) => {
    out.align(4);
    const start = out.bytes.length;
    out.put(nodes.length, 4);
    nodes.forEach(() => out.put(0, 4));
    nodes.forEach((node, i) => {
      const place = start + 4 * (i + 1);
      out.patch(place, node(out) - place);
    });
    return start;
  };
}

function vector(count: number, content: Uint8Array, alignment: number): Node {
  return (out) => {
    out.align(Math.max(4, alignment), 4);
    const start = out.bytes.length;
    out.put(count, 4);
    out.bytes.push(...content);
    return start;
  };
}

function bytes(content: Uint8Array): Node {
  return vector(content.length, content, 16);
}

function ints(values: number[]): Node {
  return vector(values.length, new Uint8Array(Int32Array.from(values).buffer), 4);
}

function floats(values: number[]): Node {
  return vector(values.length, new Uint8Array(Float32Array.from(values).buffer), 4);
}

function longs(values: number[]): Node {
  return vector(values.length, new Uint8Array(BigInt64Array.from(values, BigInt).buffer), 8);
}

function text(value: string): Node {
  const content = new TextEncoder().encode(`${value}\0`);
  return vector(content.length - 1, content, 4);
}

function file(root: Node, identifier: string): Uint8Array {
  const out = new Writer();
  out.put(0, 4);
  out.bytes.push(...new TextEncoder().encode(identifier));
  out.patch(0, root(out));
  return Uint8Array.from(out.bytes);
}

/** A tensor that is input and output at once: what goes in comes out. */
export function echo(
  type: TestTensor['type'],
  shape: number[],
  more: Partial<TestTensor> = {},
): Uint8Array {
  return modelOf([
    { tensors: [{ name: 'x', type, shape, ...more }], inputs: [0], outputs: [0], operators: [] },
  ]);
}
