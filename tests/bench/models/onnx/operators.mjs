/** How each operator is written in ONNX. */
import { dynamicConvolution, dynamicProduct } from './dynamic.mjs';
import { NCHW_AXIS } from './layout.mjs';

const SAME = 0;

/** Padding of height and width as ONNX has it: all begins, then all ends. */
function padding(same, input, output, kernel, stride, dilation = [1, 1]) {
  if (!same) return [0, 0, 0, 0];
  const total = [0, 1].map((d) =>
    Math.max((output[d] - 1) * stride[d] + (kernel[d] - 1) * dilation[d] + 1 - input[d], 0),
  );
  const begin = total.map((size) => size >> 1);
  return [...begin, ...total.map((size, d) => size - begin[d])];
}

const plane = (shape) => shape.slice(1, 3);

/** CONV_2D and DEPTHWISE_CONV_2D; the weights of the latter are [1, height, width, channels]. */
function convolution(c, { inputs, outputs: [out], options }, depthwise) {
  const [x, w, bias = -1] = inputs;
  const { shape } = c.tensor(w);
  const kernel = plane(shape);
  const stride = [options.int32(2), options.int32(1)];
  const dilation = depthwise
    ? [options.int32(6, 1), options.int32(5, 1)]
    : [options.int32(5, 1), options.int32(4, 1)];
  const channels = c.tensor(x).shape[3];
  const weightShape = depthwise ? [shape[3], 1, ...kernel] : [shape[0], shape[3], ...kernel];
  const planes = [plane(c.tensor(x).shape), plane(c.tensor(out).shape)];
  const attributes = {
    kernel_shape: kernel,
    strides: stride,
    dilations: dilation,
    group: depthwise ? channels : channels / shape[3],
    pads: padding(options.int8(0) === SAME, ...planes, kernel, stride, dilation),
  };
  const order = depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2];
  const result = isDynamic(c, x, w)
    ? dynamicConvolution(c, { x, w, bias, order, weightShape, attributes })
    : c.graph.node(
        'Conv',
        [c.value(x), c.constant(w, order, weightShape), ...(bias >= 0 ? [c.value(bias)] : [])],
        attributes,
      );
  c.emit(out, c.activation(out, result, options.int8(depthwise ? 4 : 3)));
}

/** Float activations with quantized weights. */
const isDynamic = (c, x, w) => !c.isQuantized(x) && c.isConstant(w) && c.isQuantized(w);

function fullyConnected(c, { inputs, outputs: [out], options }) {
  const [x, w, bias = -1] = inputs;
  const { shape } = c.tensor(w);
  const flat = c.graph.node('Reshape', [c.inFileOrder(x), c.graph.ints([-1, shape[1]])]);
  // A Reshape between DequantizeLinear and Gemm keeps ONNX Runtime from joining them.
  const rows = c.tensor(x).shape.length === 2 ? c.value(x) : flat;
  const result = isDynamic(c, x, w)
    ? dynamicProduct(c, { rows, w, bias })
    : c.graph.node(
        'Gemm',
        [rows, c.constant(w, [0, 1], shape), ...(bias >= 0 ? [c.value(bias)] : [])],
        { transB: 1 },
      );
  const active = c.activation(out, result, options.int8(0));
  if (c.tensor(out).shape.length === 2) c.emit(out, active);
  else c.emitFromFileOrder(out, active);
}

const elementwise =
  (operator) =>
  (c, { inputs, outputs: [out], options }) => {
    const rank = c.tensor(out).shape.length;
    const result = c.graph.node(
      operator,
      inputs.map((index) => c.value(index, rank)),
    );
    c.emit(out, c.activation(out, result, options?.int8(0) ?? 0));
  };

const unary =
  (operator, attributesOf = () => ({})) =>
  (c, { inputs: [x], outputs: [out], options }) =>
    c.emit(out, c.graph.node(operator, [c.value(x)], attributesOf(options)));

const pool =
  (operator) =>
  (c, { inputs: [x], outputs: [out], options }) => {
    const stride = [options.int32(2), options.int32(1)];
    const kernel = [options.int32(4), options.int32(3)];
    const planes = [plane(c.tensor(x).shape), plane(c.tensor(out).shape)];
    const whole = operator === 'AveragePool' && kernel.every((size, d) => size === planes[0][d]);
    const result = whole
      ? c.graph.node('GlobalAveragePool', [c.value(x)])
      : c.graph.node(operator, [c.value(x)], {
          kernel_shape: kernel,
          strides: stride,
          pads: padding(options.int8(0) === SAME, ...planes, kernel, stride),
        });
    c.emit(out, c.activation(out, result, options.int8(5)));
  };

function mean(c, { inputs: [x, axes], outputs: [out], options }) {
  const rank = c.tensor(x).shape.length;
  const wanted = Array.from(c.data(axes), (axis) => (axis < 0 ? axis + rank : axis));
  const mapped = rank === 4 ? wanted.map((axis) => NCHW_AXIS[axis]) : wanted;
  const keep = options.int8(0);
  if (rank === 4 && !keep && mapped.includes(1) && mapped.length < 3) {
    throw new Error('MEAN over channels');
  }
  const result =
    rank === 4 && String(mapped) === '2,3'
      ? c.graph.node('GlobalAveragePool', [c.value(x)])
      : c.graph.node('ReduceMean', [c.value(x)], { axes: mapped, keepdims: 1 });
  if (c.tensor(out).shape.length === rank) c.emit(out, result);
  else c.emitFromFileOrder(out, result);
}

const reshape = (c, { inputs: [x], outputs: [out] }) => c.emitFromFileOrder(out, c.inFileOrder(x));

function concatenation(c, { inputs, outputs: [out], options }) {
  const rank = c.tensor(out).shape.length;
  const axis = options.int32(0) < 0 ? options.int32(0) + rank : options.int32(0);
  const result = c.graph.node(
    'Concat',
    inputs.map((index) => c.value(index)),
    { axis: rank === 4 ? NCHW_AXIS[axis] : axis },
  );
  c.emit(out, c.activation(out, result, options.int8(1)));
}

const pad =
  (mode) =>
  (c, { inputs: [x, amounts], outputs: [out] }) => {
    const pairs = c.data(amounts);
    const axes = c.tensor(x).shape.length === 4 ? [0, 3, 1, 2] : [...c.tensor(x).shape.keys()];
    const ends = [0, 1].flatMap((side) => axes.map((axis) => Number(pairs[2 * axis + side])));
    c.emit(out, c.graph.node('Pad', [c.value(x), c.graph.ints(ends)], { mode }));
  };

function mirrorPad(c, operator) {
  if (operator.options.int8(0) !== 0) throw new Error('MIRROR_PAD with the edge itself');
  pad('reflect')(c, operator);
}

const softmax = unary('Softmax', (options) => {
  if (options.float32(0) !== 1) throw new Error('SOFTMAX with beta');
  return { axis: -1 };
});

/** Of fields 2 and 3 of bilinear, 0 and 1 of nearest: align_corners and half_pixel_centers. */
const resize = (mode, alignCorners, halfPixel) => (c, operator) => {
  const {
    inputs: [x],
    outputs: [out],
    options,
  } = operator;
  const { shape } = c.tensor(out);
  const centers = options.int8(halfPixel) ? 'half_pixel' : 'asymmetric';
  const coordinates = options.int8(alignCorners) ? 'align_corners' : centers;
  if (mode === 'nearest' && coordinates !== 'asymmetric') throw new Error('nearest at centers');
  const sizes = c.graph.ints([shape[0], shape[3], shape[1], shape[2]]);
  const result = c.graph.node('Resize', [c.value(x), '', '', sizes], {
    mode,
    coordinate_transformation_mode: coordinates,
    ...(mode === 'nearest' ? { nearest_mode: 'floor' } : {}),
  });
  c.emit(out, result);
};

function transposeConv(c, { inputs: [, w, x, bias = -1], outputs: [out], options }) {
  const { shape } = c.tensor(w);
  const kernel = plane(shape);
  const stride = [options.int32(2), options.int32(1)];
  const planes = [plane(c.tensor(x).shape), plane(c.tensor(out).shape)];
  const attributes = {
    kernel_shape: kernel,
    strides: stride,
    // The convolution that this is the gradient of goes from the output to the input.
    pads: padding(options.int8(0) === SAME, planes[1], planes[0], kernel, stride),
  };
  const weights = c.constant(w, [3, 0, 1, 2], [shape[3], shape[0], ...kernel], 1);
  const operands = [c.value(x), weights, ...(bias >= 0 ? [c.value(bias)] : [])];
  const result = c.graph.node('ConvTranspose', operands, attributes);
  c.emit(out, c.activation(out, result, options.int8(3)));
}

function transpose(c, { inputs: [x, order], outputs: [out] }) {
  const wanted = Array.from(c.data(order));
  if (wanted.length !== 4) {
    c.emit(out, c.graph.node('Transpose', [c.value(x)], { perm: wanted }));
    return;
  }
  const perm = [0, 3, 1, 2].map((axis) => NCHW_AXIS[wanted[axis]]);
  c.emit(out, c.graph.node('Transpose', [c.value(x)], { perm }));
}

function squaredDifference(c, operator) {
  const rank = c.tensor(operator.outputs[0]).shape.length;
  const operands = operator.inputs.map((index) => c.value(index, rank));
  const difference = c.graph.node('Sub', operands);
  c.emit(operator.outputs[0], c.graph.node('Mul', [difference, difference]));
}

function reciprocalRoot(c, { inputs: [x], outputs: [out] }) {
  const root = c.graph.node('Sqrt', [c.value(x)]);
  c.emit(out, c.graph.node('Reciprocal', [root]));
}

function prelu(c, { inputs: [x, slope], outputs: [out] }) {
  const operands = [c.value(x), c.value(slope, c.tensor(x).shape.length)];
  c.emit(out, c.graph.node('PRelu', operands));
}

function relu6(c, { inputs: [x], outputs: [out] }) {
  c.emit(out, c.activation(out, c.value(x), 3));
}

/** By name: converts an operator, given the Converter and the operator. */
export const OPERATORS = {
  ADD: elementwise('Add'),
  AVERAGE_POOL_2D: pool('AveragePool'),
  CONCATENATION: concatenation,
  CONV_2D: (c, operator) => convolution(c, operator, false),
  DEPTHWISE_CONV_2D: (c, operator) => convolution(c, operator, true),
  DEPTH_TO_SPACE: unary('DepthToSpace', (options) => ({ blocksize: options.int32(0) })),
  DEQUANTIZE: (c, { inputs: [x], outputs: [out] }) => c.emit(out, c.value(x)),
  FULLY_CONNECTED: fullyConnected,
  HARD_SWISH: unary('HardSwish'),
  LEAKY_RELU: unary('LeakyRelu', (options) => ({ alpha: { float: options.float32(0) } })),
  LOGISTIC: unary('Sigmoid'),
  MAXIMUM: elementwise('Max'),
  MAX_POOL_2D: pool('MaxPool'),
  MEAN: mean,
  MIRROR_PAD: mirrorPad,
  MUL: elementwise('Mul'),
  PAD: pad('constant'),
  PRELU: prelu,
  QUANTIZE: (c, { inputs: [x], outputs: [out] }) => c.emit(out, c.value(x)),
  RELU: unary('Relu'),
  RELU6: relu6,
  RESHAPE: reshape,
  RESIZE_BILINEAR: resize('linear', 2, 3),
  RESIZE_NEAREST_NEIGHBOR: resize('nearest', 0, 1),
  RSQRT: reciprocalRoot,
  SOFTMAX: softmax,
  SQUARED_DIFFERENCE: squaredDifference,
  SQUEEZE: reshape,
  SUB: elementwise('Sub'),
  TANH: unary('Tanh'),
  TRANSPOSE: transpose,
  TRANSPOSE_CONV: transposeConv,
};
