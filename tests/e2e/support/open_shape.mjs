/** Fields of a tensor's table, by their number; the others keep their defaults. */
const SHAPE = 0;
const BUFFER = 2;
const NAME = 3;
const SHAPE_SIGNATURE = 7;

/**
 * A float32 model whose first input leaves dimensions open: the input's tensor is written anew at
 * the end of the file, with a signature of its shape.
 */
export function withOpenShape(bytes, shape, signature) {
  const old = Buffer.from(bytes);
  const follow = (at) => at + old.readUInt32LE(at);
  const field = (table, number) =>
    table + old.readUInt16LE(table - old.readInt32LE(table) + 4 + 2 * number);
  const subgraph = follow(follow(field(follow(0), 2)) + 4);
  const input = old.readInt32LE(follow(field(subgraph, 1)) + 4);
  const entry = follow(field(subgraph, 0)) + 4 + 4 * input;
  const tensor = follow(entry);
  const nameAt = follow(field(tensor, NAME));
  const name = old.subarray(nameAt, nameAt + 4 + old.readUInt32LE(nameAt) + 1);
  // Absent where it is 0, which stands for no content.
  const bufferAt = field(tensor, BUFFER);
  const buffer = bufferAt === tensor ? 0 : old.readUInt32LE(bufferAt);

  const vector = (values) => {
    const made = Buffer.alloc(4 + 4 * values.length);
    made.writeUInt32LE(values.length);
    values.forEach((value, i) => made.writeInt32LE(value, 4 + 4 * i));
    return made;
  };
  const vtable = Buffer.alloc(20);
  [20, 20].forEach((size, i) => vtable.writeUInt16LE(size, 2 * i));
  [SHAPE, BUFFER, NAME, SHAPE_SIGNATURE].forEach((number, i) =>
    vtable.writeUInt16LE(4 + 4 * i, 4 + 2 * number),
  );
  const [ours, free] = [vector(shape), vector(signature)];
  const table = Buffer.alloc(20);
  const base = Math.ceil(old.length / 4) * 4;
  const at = base + vtable.length;
  const behind = at + table.length;
  table.writeInt32LE(vtable.length, 0);
  table.writeUInt32LE(behind - (at + 4), 4);
  table.writeUInt32LE(buffer, 8);
  table.writeUInt32LE(behind + ours.length + free.length - (at + 12), 12);
  table.writeUInt32LE(behind + ours.length - (at + 16), 16);
  old.writeUInt32LE(at - entry, entry);
  return Buffer.concat([old, Buffer.alloc(base - old.length), vtable, table, ours, free, name]);
}
