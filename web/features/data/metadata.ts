/**
 * What the metadata of a model says of its first input. The format is FlatBuffers with the schema
 * of TensorFlow Lite Support; fields are named here by their numbers in it.
 */
export interface InputMetadata {
  /** What 0..255 is normalized by: (value - mean) / std, for each channel or once for all. */
  readonly normalization: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
  } | null;
  /** Of sounds, in Hz. */
  readonly sampleRate: number | null;
}

const METADATA_NAME = 'TFLITE_METADATA';
const MODEL_BUFFERS = 4;
const MODEL_METADATA = 6;
const ENTRY_NAME = 0;
const ENTRY_BUFFER = 1;
const BUFFER_DATA = 0;
const SUBGRAPHS = 3;
const SUBGRAPH_INPUTS = 2;
const TENSOR_CONTENT = 3;
const TENSOR_PROCESS_UNITS = 4;
const UNION_TYPE = 0;
const UNION_VALUE = 1;
const NORMALIZATION = 1;
const AUDIO = 4;

/** Follows a FlatBuffer. Places outside of it throw RangeError. */
class Reader {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(): number {
    return this.#follow(0);
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  /** Where a field of a table is; undefined when it is absent. */
  #field(table: number, number: number): number | undefined {
    const layout = table - this.#view.getInt32(table, true);
    const entry = 4 + 2 * number;
    if (entry >= this.#view.getUint16(layout, true)) return undefined;
    const offset = this.#view.getUint16(layout + entry, true);
    return offset === 0 ? undefined : table + offset;
  }

  table(table: number, number: number): number | undefined {
    const field = this.#field(table, number);
    return field === undefined ? undefined : this.#follow(field);
  }

  integer(table: number, number: number, bytes: 1 | 4): number {
    const field = this.#field(table, number);
    if (field === undefined) return 0;
    return bytes === 1 ? this.#view.getUint8(field) : this.#view.getUint32(field, true);
  }

  /** Where the elements of a vector begin, and how many there are. */
  #vector(table: number, number: number): readonly [start: number, length: number] {
    const at = this.table(table, number);
    return at === undefined ? [0, 0] : [at + 4, this.#view.getUint32(at, true)];
  }

  tables(table: number, number: number): number[] {
    const [start, length] = this.#vector(table, number);
    const found: number[] = [];
    for (let i = 0; i < length; ++i) found.push(this.#follow(start + 4 * i));
    return found;
  }

  floats(table: number, number: number): number[] {
    const [start, length] = this.#vector(table, number);
    const found: number[] = [];
    for (let i = 0; i < length; ++i) found.push(this.#view.getFloat32(start + 4 * i, true));
    return found;
  }

  content(table: number, number: number): Uint8Array {
    const [start, length] = this.#vector(table, number);
    if (start + length > this.bytes.byteLength) throw new RangeError('a vector is cut short');
    return this.bytes.subarray(start, start + length);
  }
}

function metadataOf(model: Reader): Reader | null {
  const root = model.root();
  const buffers = model.tables(root, MODEL_BUFFERS);
  for (const entry of model.tables(root, MODEL_METADATA)) {
    const name = new TextDecoder().decode(model.content(entry, ENTRY_NAME));
    const buffer = buffers[model.integer(entry, ENTRY_BUFFER, 4)];
    if (name !== METADATA_NAME || buffer === undefined) continue;
    // Numbers in it are aligned to its own start.
    return new Reader(model.content(buffer, BUFFER_DATA));
  }
  return null;
}

/** What a model's metadata says of its first input; null when there is none, or none to be read. */
export function readInputMetadata(bytes: Uint8Array): InputMetadata | null {
  try {
    const reader = metadataOf(new Reader(bytes));
    if (!reader) return null;
    const [subgraph] = reader.tables(reader.root(), SUBGRAPHS);
    const [input] = subgraph === undefined ? [] : reader.tables(subgraph, SUBGRAPH_INPUTS);
    if (input === undefined) return null;
    let normalization: InputMetadata['normalization'] = null;
    for (const unit of reader.tables(input, TENSOR_PROCESS_UNITS)) {
      const value = reader.table(unit, UNION_VALUE);
      if (reader.integer(unit, UNION_TYPE, 1) !== NORMALIZATION || value === undefined) continue;
      normalization = { mean: reader.floats(value, 0), std: reader.floats(value, 1) };
    }
    const content = reader.table(input, TENSOR_CONTENT);
    const isAudio = content !== undefined && reader.integer(content, UNION_TYPE, 1) === AUDIO;
    const audio = isAudio ? reader.table(content, UNION_VALUE) : undefined;
    const sampleRate = audio === undefined ? 0 : reader.integer(audio, 0, 4);
    return { normalization, sampleRate: sampleRate > 0 ? sampleRate : null };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
