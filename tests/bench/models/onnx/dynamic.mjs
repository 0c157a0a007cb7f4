/** Float activations with int8 weights, as ONNX Runtime's own dynamic quantization writes it. */
import { permute } from './layout.mjs';

/** Sums of integers as float: times both scales, plus the bias. */
function dequantize(c, { sums, scale, w, bias, shape }) {
  const { scales } = c.tensor(w);
  const factors = c.graph.constant(
    'float32',
    scales.length > 1 ? [scales.length, ...shape] : [],
    Float32Array.from(scales),
  );
  const real = c.graph.node('Cast', [sums], { to: 1 });
  const scaled = c.graph.node('Mul', [real, c.graph.node('Mul', [scale, factors])]);
  if (bias < 0) return scaled;
  const values = c.data(bias);
  const addend = c.graph.constant('float32', [values.length, ...shape], values);
  return c.graph.node('Add', [scaled, addend]);
}

function weights(c, w, order, shape) {
  const tensor = c.tensor(w);
  if (tensor.type !== 'int8') throw new Error(`dynamic weights of type ${tensor.type}`);
  return c.graph.constant('int8', shape, permute(c.data(w), tensor.shape, order));
}

export function dynamicConvolution(c, { x, w, bias, order, weightShape, attributes }) {
  const [quantized, scale, zero] = c.graph.node('DynamicQuantizeLinear', [c.value(x)], {}, 3);
  const operands = [quantized, weights(c, w, order, weightShape), zero];
  const sums = c.graph.node('ConvInteger', operands, attributes);
  return dequantize(c, { sums, scale, w, bias, shape: [1, 1] });
}

/** Rows times the transposed weights. */
export function dynamicProduct(c, { rows, w, bias }) {
  const [outputs, depth] = c.tensor(w).shape;
  const [quantized, scale, zero] = c.graph.node('DynamicQuantizeLinear', [rows], {}, 3);
  const operands = [quantized, weights(c, w, [1, 0], [depth, outputs]), zero];
  const sums = c.graph.node('MatMulInteger', operands);
  return dequantize(c, { sums, scale, w, bias, shape: [] });
}
