/** Input data that every engine gets alike: a function of the element type and the count alone. */

const ARRAYS = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
};

/** Numerical Recipes' linear congruential generator, its upper bits as a number in [0, 1). */
function generator() {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A value from a number in [0, 1); indices into tables are small enough for any table. */
const VALUES = {
  float32: (x) => 2 * x - 1,
  int8: (x) => Math.floor(x * 256) - 128,
  uint8: (x) => Math.floor(x * 256),
  bool: (x) => Math.round(x),
  int16: (x) => Math.floor(x * 65536) - 32768,
  int32: (x) => Math.floor(x * 8),
  int64: (x) => BigInt(Math.floor(x * 8)),
};

export function makeInput(dtype, shape) {
  const type = ARRAYS[dtype];
  if (!type) throw new Error(`no input data of type ${dtype}`);
  const count = shape.reduce((product, size) => product * size, 1);
  const next = generator();
  return type.from({ length: count }, () => VALUES[dtype](next()));
}
