/**
 * Makes an ONNX model of a .tflite file, with the same weights and the same quantization, so that
 * ONNX Runtime can be measured: enough operators for networks that look at images.
 */
import { readGraph } from '../tflite.mjs';
import { Converter } from './converter.mjs';
import { OPERATORS } from './operators.mjs';

/** Constants behind DEQUANTIZE become constants themselves, and the operators go. */
function foldConstants({ tensors, operators, ...rest }) {
  const all = [...tensors];
  const left = operators.filter(({ name, inputs: [from], outputs: [to] }) => {
    const folds = name === 'DEQUANTIZE' && tensors[from].data.length > 0;
    if (folds) all[to] = { ...tensors[from], name: tensors[to].name };
    return !folds;
  });
  return { ...rest, tensors: all, operators: left };
}

/** @throws Error naming what it cannot express. */
export function toOnnx(bytes) {
  const source = foldConstants(readGraph(bytes));
  const converter = new Converter(source);
  const unknown = new Set(source.operators.map(({ name }) => name).filter((n) => !OPERATORS[n]));
  if (unknown.size > 0) throw new Error(`not converted to ONNX: ${[...unknown].join(', ')}`);
  for (const index of source.inputs) converter.openInput(index);
  for (const operator of source.operators) OPERATORS[operator.name](converter, operator);
  for (const index of source.outputs) converter.closeOutput(index);
  return converter.graph.toBytes();
}
