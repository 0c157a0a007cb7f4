"""Builds small .tflite models for the goldens, with the schema classes of the ai-edge-litert package."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    'float32': schema.TensorType.FLOAT32, 'float16': schema.TensorType.FLOAT16,
    'int8': schema.TensorType.INT8, 'uint8': schema.TensorType.UINT8,
    'int16': schema.TensorType.INT16, 'int32': schema.TensorType.INT32,
    'int64': schema.TensorType.INT64, 'bool': schema.TensorType.BOOL,
}


class Quantization:
  """Scales and zero points: numbers for a whole tensor, lists along `axis` for channels."""

  def __init__(self, scale, zero_point=0, axis=0):
    self.scale = np.atleast_1d(np.asarray(scale, np.float32))
    self.zero_point = np.broadcast_to(np.asarray(zero_point, np.int64), self.scale.shape)
    self.axis = axis


class ModelBuilder:
  """One subgraph of any number of operators."""

  def __init__(self):
    self.tensors, self.operators, self.codes = [], [], []
    self.buffers = [schema.BufferT()]
    self.inputs, self.outputs = [], []

  def tensor(self, shape, dtype, quantization=None, data=None):
    """Adds a tensor, constant where `data` is given, and returns its index."""
    tensor = schema.TensorT()
    tensor.name = f't{len(self.tensors)}'
    tensor.shape, tensor.type, tensor.buffer = [int(n) for n in shape], TYPES[dtype], 0
    if quantization is not None:
      parameters = schema.QuantizationParametersT()
      parameters.scale = quantization.scale
      parameters.zeroPoint = quantization.zero_point
      parameters.quantizedDimension = quantization.axis
      tensor.quantization = parameters
    if data is not None:
      data = np.asarray(data, dtype, order='C')
      assert list(data.shape) == tensor.shape, (data.shape, tensor.shape)
      buffer = schema.BufferT()
      buffer.data = np.frombuffer(data.tobytes(), np.uint8)
      tensor.buffer = len(self.buffers)
      self.buffers.append(buffer)
    self.tensors.append(tensor)
    return len(self.tensors) - 1

  def constant(self, data, dtype='int32'):
    data = np.asarray(data, dtype)
    return self.tensor(data.shape, dtype, data=data)

  def input(self, shape, dtype, quantization=None):
    self.inputs.append(self.tensor(shape, dtype, quantization))
    return self.inputs[-1]

  def output(self, shape, dtype, quantization=None):
    self.outputs.append(self.tensor(shape, dtype, quantization))
    return self.outputs[-1]

  def operator(self, name, inputs, outputs, version=1, options=None, **fields):
    """`options` names the option table, `fields` are its members."""
    number = getattr(schema.BuiltinOperator, name)
    key = (number, version)
    if key not in self.codes:
      self.codes.append(key)
    operator = schema.OperatorT()
    operator.opcodeIndex = self.codes.index(key)
    operator.inputs, operator.outputs = list(inputs), list(outputs)
    if options is not None:
      table = getattr(schema, options + 'T')()
      for field, value in fields.items():
        assert hasattr(table, field), (options, field)
        setattr(table, field, value)
      operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
      operator.builtinOptions = table
    self.operators.append(operator)

  def finish(self):
    graph = schema.SubGraphT()
    graph.tensors, graph.operators = self.tensors, self.operators
    graph.inputs, graph.outputs = self.inputs, self.outputs
    model = schema.ModelT()
    model.version, model.subgraphs, model.buffers = 3, [graph], self.buffers
    model.operatorCodes = []
    for number, version in self.codes:
      code = schema.OperatorCodeT()
      code.builtinCode, code.deprecatedBuiltinCode, code.version = number, min(number, 127), version
      model.operatorCodes.append(code)
    builder = flatbuffers.Builder(4096)
    builder.Finish(model.Pack(builder), b'TFL3')
    return bytes(builder.Output())
