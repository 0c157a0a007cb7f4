/**
 * .tflite files have images as NHWC, ONNX as NCHW: within the ONNX graph every tensor of four
 * dimensions is NCHW.
 */

/** The axis of NCHW for one of NHWC. */
export const NCHW_AXIS = [0, 2, 3, 1];

export const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** The elements in another order of dimensions: dimension i of the result is order[i] of values. */
export function permute(values, shape, order) {
  const strides = shape.map((_, axis) => count(shape.slice(axis + 1)));
  const newShape = order.map((axis) => shape[axis]);
  const result = new values.constructor(values.length);
  const index = new Array(shape.length).fill(0);
  for (let i = 0; i < result.length; ++i) {
    result[i] = values[index.reduce((sum, at, axis) => sum + at * strides[order[axis]], 0)];
    for (let axis = index.length - 1; axis >= 0; --axis) {
      index[axis] += 1;
      if (index[axis] < newShape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

export const toNchw = (shape) =>
  shape.length === 4 ? [0, 3, 1, 2].map((axis) => shape[axis]) : [...shape];

export const toNhwc = (shape) =>
  shape.length === 4 ? [0, 2, 3, 1].map((axis) => shape[axis]) : [...shape];
