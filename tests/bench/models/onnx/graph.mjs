/** An ONNX model in the making. The numbers of fields are those of onnx.proto. */
import { bytes, concat, float, integer, text } from './protobuf.mjs';

const IR_VERSION = 8;
const OPSET = 17;

const TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };
const ATTRIBUTES = { float: 1, int: 2, string: 3, ints: 7 };

/** Numbers are whole; a number that is a float is given as { float }. */
function attribute(name, value) {
  const named = (type, ...fields) =>
    bytes(5, concat([text(1, name), ...fields, integer(20, ATTRIBUTES[type])]));
  if (typeof value === 'string') return named('string', text(4, value));
  if (Array.isArray(value)) return named('ints', ...value.map((entry) => integer(8, entry)));
  if (typeof value === 'object') return named('float', float(2, value.float));
  return named('int', integer(3, value));
}

function valueInfo(name, type, shape) {
  const dimensions = shape.map((size) => bytes(1, integer(1, size)));
  const tensor = concat([integer(1, TYPES[type]), bytes(2, concat(dimensions))]);
  return concat([text(1, name), bytes(2, bytes(1, tensor))]);
}

export class OnnxGraph {
  #parts = [];
  #names = 0;

  #name() {
    return `n${this.#names++}`;
  }

  /** A constant, by its values; returns its name. */
  constant(type, shape, values) {
    const name = this.#name();
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dims = shape.map((size) => integer(1, size));
    this.#parts.push(
      bytes(5, concat([...dims, integer(2, TYPES[type]), text(8, name), bytes(9, raw)])),
    );
    return name;
  }

  ints(values) {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A node with `outputs` outputs; returns the name of its only one, or the names of all. */
  node(operator, inputs, attributes = {}, outputs = 1) {
    const names = Array.from({ length: outputs }, () => this.#name());
    this.#parts.push(
      bytes(
        1,
        concat([
          ...inputs.map((input) => text(1, input)),
          ...names.map((output) => text(2, output)),
          text(3, this.#name()),
          text(4, operator),
          ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        ]),
      ),
    );
    return outputs === 1 ? names[0] : names;
  }

  input(name, type, shape) {
    this.#parts.push(bytes(11, valueInfo(name, type, shape)));
    return name;
  }

  output(name, type, shape) {
    this.#parts.push(bytes(12, valueInfo(name, type, shape)));
  }

  toBytes() {
    return concat([
      integer(1, IR_VERSION),
      bytes(7, concat([text(2, 'graph'), ...this.#parts])),
      bytes(8, concat([text(1, ''), integer(2, OPSET)])),
    ]);
  }
}
