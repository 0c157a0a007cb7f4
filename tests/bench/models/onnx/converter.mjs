/**
 * What converting an operator needs: the values of tensors as names in the ONNX graph. Quantized
 * tensors are float values between QuantizeLinear and DequantizeLinear, which ONNX Runtime joins
 * with the operator between them to quantized kernels.
 */
import { OnnxGraph } from './graph.mjs';
import { count, permute, toNchw } from './layout.mjs';

const ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
};

const INTEGER_RANGES = { int8: [-128, 127], uint8: [0, 255] };

function float16Value(bits) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude =
    exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

const ACTIVATIONS = { 1: [0, Infinity], 3: [0, 6] };

export class Converter {
  constructor(source) {
    this.source = source;
    this.graph = new OnnxGraph();
    /** By tensor: the name of its float value, and of its quantized one where there is one. */
    this.values = new Map();
    this.quantizedValues = new Map();
  }

  tensor(index) {
    return this.source.tensors[index];
  }

  isConstant(index) {
    return this.tensor(index).data.length > 0;
  }

  isQuantized(index) {
    const { type, scales } = this.tensor(index);
    return type in INTEGER_RANGES && scales.length > 0;
  }

  /** The values of a constant as they are in the file, float16 as float32. */
  data(index) {
    const { type, data, name } = this.tensor(index);
    if (data.length === 0) throw new Error(`${name} is computed`);
    if (!(type in ARRAYS)) throw new Error(`${name} is of type ${type}`);
    const values = new ARRAYS[type](data.slice().buffer);
    return type === 'float16' ? Float32Array.from(values, float16Value) : values;
  }

  /** Scale and zero point of a quantized tensor, as names. */
  #parameters({ scales, zeroPoints, type }) {
    const shape = scales.length > 1 ? [scales.length] : [];
    const zeros = ARRAYS[type].from(scales, (_, i) => zeroPoints[i] ?? zeroPoints[0] ?? 0);
    return [
      this.graph.constant('float32', shape, Float32Array.from(scales)),
      this.graph.constant(type, shape, zeros),
    ];
  }

  /**
   * A constant as float, its dimensions in another order and then with another shape, in which
   * `axis` is the one of the channels.
   */
  constant(index, order, shape, axis = 0) {
    const tensor = this.tensor(index);
    const values = permute(this.data(index), tensor.shape, order);
    if (values.constructor === Float32Array) return this.graph.constant('float32', shape, values);
    const raw = this.graph.constant(tensor.type, shape, values);
    const attributes = tensor.scales.length > 1 ? { axis } : {};
    return this.graph.node('DequantizeLinear', [raw, ...this.#parameters(tensor)], attributes);
  }

  /** The float value of an operand, NCHW; constants with the rank that broadcasting needs. */
  value(index, rank = this.tensor(index).shape.length) {
    const known = this.values.get(index);
    const { shape, name } = this.tensor(index);
    if (known !== undefined) {
      if (shape.length !== rank && rank === 4) throw new Error(`${name} is broadcast`);
      return known;
    }
    const full = [...new Array(Math.max(rank - shape.length, 0)).fill(1), ...shape];
    const data = this.data(index);
    const values = full.length === 4 ? permute(data, full, [0, 3, 1, 2]) : data;
    if (values.constructor === Float32Array) {
      return this.graph.constant('float32', toNchw(full), values);
    }
    const { type, scales } = this.tensor(index);
    if (scales.length > 1 && full.length > 1) throw new Error(`${name} is quantized by channel`);
    const raw = this.graph.constant(type, toNchw(full), values);
    const operands = [raw, ...this.#parameters(this.tensor(index))];
    return this.graph.node('DequantizeLinear', operands, scales.length > 1 ? { axis: 0 } : {});
  }

  /** Names the result of an operator: the float value `name`, quantized where the tensor is. */
  emit(index, name) {
    if (!this.isQuantized(index)) {
      this.values.set(index, name);
      return;
    }
    const parameters = this.#parameters(this.tensor(index));
    const quantized = this.graph.node('QuantizeLinear', [name, ...parameters]);
    this.quantizedValues.set(index, quantized);
    this.values.set(index, this.graph.node('DequantizeLinear', [quantized, ...parameters]));
  }

  /** A fused activation, unless the range of the quantized output is one already. */
  activation(index, name, code) {
    if (code === 0) return name;
    if (!(code in ACTIVATIONS)) throw new Error(`activation ${code}`);
    const [low, high] = ACTIVATIONS[code];
    if (this.isQuantized(index)) {
      const { type, scales, zeroPoints } = this.tensor(index);
      const [min, max] = INTEGER_RANGES[type].map((q) => (q - zeroPoints[0]) * scales[0]);
      if (min >= low - 1e-6 && max <= high * 1.001) return name;
    }
    if (high === Infinity) return this.graph.node('Relu', [name]);
    const bound = (value) => this.graph.constant('float32', [], Float32Array.of(value));
    return this.graph.node('Clip', [name, bound(low), bound(high)]);
  }

  /** The value with its elements in the order of the file, as ONNX sees rank 4 otherwise. */
  inFileOrder(index) {
    const { shape } = this.tensor(index);
    const value = this.value(index);
    const same = shape.length !== 4 || shape[1] * shape[2] === 1 || shape[3] === 1;
    return same ? value : this.graph.node('Transpose', [value], { perm: [0, 2, 3, 1] });
  }

  /** A tensor from elements in the order of the file. */
  emitFromFileOrder(index, name) {
    const { shape } = this.tensor(index);
    const same = shape.length !== 4 || shape[1] * shape[2] === 1 || shape[3] === 1;
    const reshaped = this.graph.node('Reshape', [
      name,
      this.graph.ints(same ? toNchw(shape) : shape),
    ]);
    this.emit(
      index,
      same ? reshaped : this.graph.node('Transpose', [reshaped], { perm: [0, 3, 1, 2] }),
    );
  }

  openInput(index) {
    const { type, shape } = this.tensor(index);
    const name = this.graph.input(`input${index}`, type, toNchw(shape));
    const parameters = this.isQuantized(index) ? this.#parameters(this.tensor(index)) : undefined;
    this.values.set(
      index,
      parameters ? this.graph.node('DequantizeLinear', [name, ...parameters]) : name,
    );
  }

  closeOutput(index) {
    const { type, shape, name } = this.tensor(index);
    const result = this.quantizedValues.get(index) ?? this.values.get(index);
    if (result === undefined) throw new Error(`${name} is not computed`);
    this.graph.output(result, type, toNchw(shape));
  }

  count(index) {
    return count(this.tensor(index).shape);
  }
}
