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

const MODEL_SUBGRAPHS = 2;
const SUBGRAPH_TENSORS = 0;
const TENSOR_SHAPE = 0;
const TENSOR_SHAPE_SIGNATURE = 7;

/** A copy in which dimensions that the file leaves free (-1) are those of the tensors' shapes. */
export function withStaticShapes(bytes) {
  const copy = bytes.slice();
  for (const subgraph of rootTable(copy).tables(MODEL_SUBGRAPHS)) {
    for (const tensor of subgraph.tables(SUBGRAPH_TENSORS)) {
      const shape = tensor.int32s(TENSOR_SHAPE);
      tensor.elements(TENSOR_SHAPE_SIGNATURE, 4).forEach((at, axis) => {
        if (tensor.view.getInt32(at, true) < 0) tensor.view.setInt32(at, shape[axis] ?? 1, true);
      });
    }
  }
  return copy;
}
