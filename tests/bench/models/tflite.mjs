/**
 * A small reader of .tflite files (FlatBuffers), as much as the benchmark needs. The numbers of
 * fields are those of src/schema/tflite.fbs.
 */

/** A table: fields by number, absent ones as their default. */
class Table {
  constructor(view, position) {
    this.view = view;
    this.position = position;
  }

  /** Where a field's value is; 0 when it is absent. */
  #at(field) {
    const vtable = this.position - this.view.getInt32(this.position, true);
    const entry = 4 + 2 * field;
    if (entry >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + entry, true);
    return offset === 0 ? 0 : this.position + offset;
  }

  #number(field, read, missing) {
    const at = this.#at(field);
    return at === 0 ? missing : read(at);
  }

  int8(field, missing = 0) {
    return this.#number(field, (at) => this.view.getInt8(at), missing);
  }

  int32(field, missing = 0) {
    return this.#number(field, (at) => this.view.getInt32(at, true), missing);
  }

  float32(field, missing = 0) {
    return this.#number(field, (at) => this.view.getFloat32(at, true), missing);
  }

  table(field) {
    const at = this.#at(field);
    return at === 0 ? undefined : new Table(this.view, at + this.view.getUint32(at, true));
  }

  /** Positions of a vector's elements. */
  elements(field, bytesPerElement) {
    const at = this.#at(field);
    if (at === 0) return [];
    const vector = at + this.view.getUint32(at, true);
    const count = this.view.getUint32(vector, true);
    return Array.from({ length: count }, (_, i) => vector + 4 + i * bytesPerElement);
  }

  tables(field) {
    return this.elements(field, 4).map(
      (at) => new Table(this.view, at + this.view.getUint32(at, true)),
    );
  }

  int32s(field) {
    return this.elements(field, 4).map((at) => this.view.getInt32(at, true));
  }

  int64s(field) {
    return this.elements(field, 8).map((at) => Number(this.view.getBigInt64(at, true)));
  }

  float32s(field) {
    return this.elements(field, 4).map((at) => this.view.getFloat32(at, true));
  }

  /** A vector of bytes, without copying. */
  bytes(field) {
    const at = this.#at(field);
    if (at === 0) return new Uint8Array();
    const vector = at + this.view.getUint32(at, true);
    const { buffer, byteOffset } = this.view;
    return new Uint8Array(buffer, byteOffset + vector + 4, this.view.getUint32(vector, true));
  }

  text(field) {
    return new TextDecoder().decode(this.bytes(field));
  }
}

/** The Model table of a file. */
export function rootTable(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Table(view, view.getUint32(0, true));
}

const MODEL = { operatorCodes: 1, subgraphs: 2, buffers: 4 };
const OPERATOR_CODE = { deprecatedCode: 0, code: 3 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4, shapeSignature: 7 };
const QUANTIZATION = { scale: 2, zeroPoint: 3 };
const OPERATOR = { code: 0, inputs: 1, outputs: 2, options: 4 };
const BUFFER = { data: 0 };

const TYPES = ['float32', 'float16', 'int32', 'uint8', 'int64', 'string', 'bool', 'int16'];
TYPES[9] = 'int8';

/** Names of operators by number: those of the models at hand. */
const OPERATORS = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  5: 'DEPTH_TO_SPACE',
  6: 'DEQUANTIZE',
  9: 'FULLY_CONNECTED',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
  22: 'RESHAPE',
  23: 'RESIZE_BILINEAR',
  25: 'SOFTMAX',
  28: 'TANH',
  32: 'CUSTOM',
  34: 'PAD',
  36: 'GATHER',
  39: 'TRANSPOSE',
  40: 'MEAN',
  41: 'SUB',
  42: 'DIV',
  43: 'SQUEEZE',
  44: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  45: 'STRIDED_SLICE',
  47: 'EXP',
  48: 'TOPK_V2',
  49: 'SPLIT',
  53: 'CAST',
  54: 'PRELU',
  55: 'MAXIMUM',
  56: 'ARG_MAX',
  59: 'NEG',
  60: 'PADV2',
  65: 'SLICE',
  67: 'TRANSPOSE_CONV',
  70: 'EXPAND_DIMS',
  72: 'NOT_EQUAL',
  73: 'LOG',
  74: 'SUM',
  75: 'SQRT',
  76: 'RSQRT',
  77: 'SHAPE',
  83: 'PACK',
  88: 'UNPACK',
  89: 'REDUCE_MIN',
  90: 'FLOOR_DIV',
  92: 'SQUARE',
  95: 'FLOOR_MOD',
  97: 'RESIZE_NEAREST_NEIGHBOR',
  98: 'LEAKY_RELU',
  99: 'SQUARED_DIFFERENCE',
  100: 'MIRROR_PAD',
  107: 'GATHER_ND',
  114: 'QUANTIZE',
  117: 'HARD_SWISH',
  120: 'NON_MAX_SUPPRESSION_V4',
  122: 'SCATTER_ND',
  123: 'SELECT_V2',
  126: 'BATCH_MATMUL',
  129: 'CALL_ONCE',
  130: 'BROADCAST_TO',
  131: 'RFFT2D',
  135: 'COMPLEX_ABS',
  142: 'VAR_HANDLE',
  143: 'READ_VARIABLE',
  144: 'ASSIGN_VARIABLE',
};

/**
 * The first subgraph as plain values. `data` of a tensor are its bytes in the file, none for what is
 * computed; `options` of an operator a table, or undefined where it has none.
 */
export function readGraph(bytes) {
  const model = rootTable(bytes);
  const codes = model.tables(MODEL.operatorCodes).map((code) => {
    const number = Math.max(
      code.int8(OPERATOR_CODE.deprecatedCode),
      code.int32(OPERATOR_CODE.code),
    );
    return OPERATORS[number] ?? `operator ${number}`;
  });
  const buffers = model.tables(MODEL.buffers);
  const [graph] = model.tables(MODEL.subgraphs);
  const tensors = graph.tables(SUBGRAPH.tensors).map((tensor) => {
    const quantization = tensor.table(TENSOR.quantization);
    return {
      name: tensor.text(TENSOR.name),
      shape: tensor.int32s(TENSOR.shape),
      type: TYPES[tensor.int8(TENSOR.type)],
      scales: quantization?.float32s(QUANTIZATION.scale) ?? [],
      zeroPoints: quantization?.int64s(QUANTIZATION.zeroPoint) ?? [],
      data: buffers[tensor.int32(TENSOR.buffer)].bytes(BUFFER.data),
    };
  });
  const operators = graph.tables(SUBGRAPH.operators).map((operator) => ({
    name: codes[operator.int32(OPERATOR.code)],
    inputs: operator.int32s(OPERATOR.inputs),
    outputs: operator.int32s(OPERATOR.outputs),
    options: operator.table(OPERATOR.options),
  }));
  return {
    tensors,
    operators,
    inputs: graph.int32s(SUBGRAPH.inputs),
    outputs: graph.int32s(SUBGRAPH.outputs),
  };
}

/** A copy in which dimensions that the file leaves free (-1) are those of the tensors' shapes. */
export function withStaticShapes(bytes) {
  const copy = bytes.slice();
  for (const subgraph of rootTable(copy).tables(MODEL.subgraphs)) {
    for (const tensor of subgraph.tables(SUBGRAPH.tensors)) {
      const shape = tensor.int32s(TENSOR.shape);
      tensor.elements(TENSOR.shapeSignature, 4).forEach((at, axis) => {
        if (tensor.view.getInt32(at, true) < 0) tensor.view.setInt32(at, shape[axis] ?? 1, true);
      });
    }
  }
  return copy;
}
