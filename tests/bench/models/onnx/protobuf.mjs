/** Writes the wire format of protocol buffers: a message is a list of fields, each bytes. */

export function concat(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function varint(value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

export const integer = (field, value) => concat([varint(field << 3), varint(value)]);

export const float = (field, value) =>
  concat([varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer)]);

/** Bytes, or a message within the message. */
export const bytes = (field, value) =>
  concat([varint((field << 3) | 2), varint(value.length), value]);

export const text = (field, value) => bytes(field, new TextEncoder().encode(value));
