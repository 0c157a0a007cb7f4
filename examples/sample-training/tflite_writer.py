"""Writes networks as .tflite files; the scripts of all samples use it."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema


class Writer:
  """Collects the tensors and operators of one subgraph and writes them as a .tflite file."""

  def __init__(self):
    self.tensors, self.operators, self.codes = [], [], []
    self.buffers = [schema.BufferT()]

  def tensor(self, name, shape, data=None, signature=None, dtype=schema.TensorType.FLOAT32):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = name, list(shape), dtype
    tensor.shapeSignature = signature
    tensor.buffer = 0
    if data is not None:
      buffer = schema.BufferT()
      buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
      tensor.buffer = len(self.buffers)
      self.buffers.append(buffer)
    self.tensors.append(tensor)
    return len(self.tensors) - 1

  def operator(self, name, inputs, outputs, options=None):
    code_number = getattr(schema.BuiltinOperator, name)
    if code_number not in [code.builtinCode for code in self.codes]:
      code = schema.OperatorCodeT()
      code.builtinCode, code.deprecatedBuiltinCode, code.version = code_number, min(code_number, 127), 1
      self.codes.append(code)
    operator = schema.OperatorT()
    operator.opcodeIndex = [code.builtinCode for code in self.codes].index(code_number)
    operator.inputs, operator.outputs = inputs, outputs
    if options is not None:
      kind = type(options).__name__[:-1]
      operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
      operator.builtinOptions = options
    self.operators.append(operator)
    return outputs[0]

  def dense(self, name, x, weights, bias, activation=schema.ActivationFunctionType.NONE, output=None):
    """FULLY_CONNECTED of weights [out, in]."""
    options = schema.FullyConnectedOptionsT()
    options.fusedActivationFunction = activation
    inputs = [x, self.tensor(f'{name}/weights', weights.shape, weights), self.tensor(f'{name}/bias', bias.shape, bias)]
    return self.operator('FULLY_CONNECTED', inputs, [self.tensor(output or name, [1, len(bias)])], options)

  def mean(self, name, x, channels):
    """MEAN over height and width of [1, height, width, channels]."""
    axes = self.tensor(f'{name}/axes', [2], np.array([1, 2], np.int32), dtype=schema.TensorType.INT32)
    options = schema.ReducerOptionsT()
    options.keepDims = False
    return self.operator('MEAN', [x, axes], [self.tensor(name, [1, channels])], options)

  def softmax(self, name, x, count):
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    return self.operator('SOFTMAX', [x], [self.tensor(name, [1, count])], options)

  def finish(self, inputs, outputs, description):
    graph = schema.SubGraphT()
    graph.name, graph.tensors, graph.operators = 'main', self.tensors, self.operators
    graph.inputs, graph.outputs = [i for _, i in inputs], [i for _, i in outputs]
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = 'serving_default', 0
    signature.inputs, signature.outputs = ([_named(*pair) for pair in part] for part in (inputs, outputs))
    model = schema.ModelT()
    model.version, model.description = 3, description
    model.operatorCodes, model.subgraphs, model.buffers = self.codes, [graph], self.buffers
    model.signatureDefs = [signature]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b'TFL3')
    return bytes(builder.Output())


def _named(name, index):
  entry = schema.TensorMapT()
  entry.name, entry.tensorIndex = name, index
  return entry
