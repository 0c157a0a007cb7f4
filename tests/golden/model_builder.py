"""Builds small .tflite models for the goldens, with the schema classes of the ai-edge-litert package."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    'float32': schema.TensorType.FLOAT32, 'float16': schema.TensorType.FLOAT16,
    'int8': schema.TensorType.INT8, 'uint8': schema.TensorType.UINT8,
    'int16': schema.TensorType.INT16, 'int32': schema.TensorType.INT32,
    'int64': schema.TensorType.INT64, 'bool': schema.TensorType.BOOL,
    'uint16': schema.TensorType.UINT16, 'uint32': schema.TensorType.UINT32, 'uint64': schema.TensorType.UINT64,
    'float64': schema.TensorType.FLOAT64, 'complex64': schema.TensorType.COMPLEX64,
    'complex128': schema.TensorType.COMPLEX128, 'string': schema.TensorType.STRING,
    'resource': schema.TensorType.RESOURCE, 'int4': schema.TensorType.INT4,
    'int2': schema.TensorType.INT2,
}


class Quantization:
  """Scales and zero points: numbers for a whole tensor, lists along `axis` for channels."""

  def __init__(self, scale, zero_point=0, axis=0):
    self.scale = np.atleast_1d(np.asarray(scale, np.float32))
    self.zero_point = np.broadcast_to(np.asarray(zero_point, np.int64), self.scale.shape)
    self.axis = axis


class ModelBuilder:
  """A model: its main subgraph, and others begun with `subgraph`. Methods add to the newest one."""

  def __init__(self, runs=1, allow_non_finite=False, allow_uniform=False, reference=True):
    """`runs`: how often it is run on the same inputs before the outputs are read, at most 16.
    `reference`: whether the answer of LiteRT's reference kernels is kept, where it is of any use."""
    self.runs, self.allow_non_finite, self.allow_uniform = runs, allow_non_finite, allow_uniform
    self.reference = reference
    self.codes, self.buffers, self.graphs = [], [schema.BufferT()], []
    self.subgraph()

  def subgraph(self):
    """Begins another subgraph and returns its index."""
    graph = schema.SubGraphT()
    graph.name = f'g{len(self.graphs)}' if self.graphs else None
    graph.tensors, graph.operators, graph.inputs, graph.outputs = [], [], [], []
    self.graphs.append(graph)
    return len(self.graphs) - 1

  @property
  def graph(self):
    return self.graphs[-1]

  def tensor(self, shape, dtype, quantization=None, data=None, variable=False):
    """Adds a tensor, constant where `data` is given, and returns its index.

    `data` of int4 and int2 are values of -8..7 and -2..1, which are packed here.
    """
    tensor = schema.TensorT()
    tensor.name = f't{len(self.graph.tensors)}'
    tensor.shape, tensor.type, tensor.buffer = [int(n) for n in shape], TYPES[dtype], 0
    tensor.isVariable = variable
    if quantization is not None:
      parameters = schema.QuantizationParametersT()
      parameters.scale = quantization.scale
      parameters.zeroPoint = quantization.zero_point
      parameters.quantizedDimension = quantization.axis
      tensor.quantization = parameters
    if data is not None:
      per_byte = {'int4': 2, 'int2': 4}.get(dtype, 1)
      data = np.asarray(data, 'int8' if per_byte > 1 else dtype, order='C')
      assert list(data.shape) == tensor.shape, (data.shape, tensor.shape)
      if per_byte > 1:  # the low bits first
        bits = 8 // per_byte
        values = np.append(data.ravel(), np.zeros(-data.size % per_byte, 'int8')).view(np.uint8) & (1 << bits) - 1
        data = sum(values[i::per_byte] << bits * i for i in range(per_byte)).astype(np.uint8)
      buffer = schema.BufferT()
      buffer.data = np.frombuffer(data.tobytes(), np.uint8)
      tensor.buffer = len(self.buffers)
      self.buffers.append(buffer)
    self.graph.tensors.append(tensor)
    return len(self.graph.tensors) - 1

  def constant(self, data, dtype='int32'):
    data = np.asarray(data, dtype)
    return self.tensor(data.shape, dtype, data=data)

  def blockwise(self, shape, scale, block_size, data):
    """Adds constant int4 weights with a float16 `scale` for every block along the last dimension."""
    scales = self.constant(scale, 'float16')
    index = self.tensor(shape, 'int4', data=data)
    parameters = schema.QuantizationParametersT()
    parameters.detailsType = schema.QuantizationDetails.BlockwiseQuantization
    parameters.details = schema.BlockwiseQuantizationT()
    parameters.details.scales, parameters.details.zeroPoints = scales, -1
    parameters.details.blockSize = block_size
    self.graph.tensors[index].quantization = parameters
    return index

  def input(self, shape, dtype, quantization=None):
    self.graph.inputs.append(self.tensor(shape, dtype, quantization))
    return self.graph.inputs[-1]

  def output(self, shape, dtype, quantization=None):
    self.graph.outputs.append(self.tensor(shape, dtype, quantization))
    return self.graph.outputs[-1]

  def operator(self, name, inputs, outputs, version=1, options=None, custom_options=None, **fields):
    """`options` names the option table (of either union), `fields` are its members; an operator
    without a builtin of its name is a custom one."""
    number = getattr(schema.BuiltinOperator, name, schema.BuiltinOperator.CUSTOM)
    key = (number, version, name if number == schema.BuiltinOperator.CUSTOM else None)
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
      if hasattr(schema.BuiltinOptions, options):
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
        operator.builtinOptions = table
      else:
        operator.builtinOptions2Type = getattr(schema.BuiltinOptions2, options)
        operator.builtinOptions2 = table
    if custom_options is not None:
      operator.customOptions = list(custom_options)
    self.graph.operators.append(operator)

  def finish(self):
    model = schema.ModelT()
    model.version, model.subgraphs, model.buffers = 3, self.graphs, self.buffers
    model.operatorCodes = []
    for number, version, custom in self.codes:
      code = schema.OperatorCodeT()
      code.builtinCode, code.deprecatedBuiltinCode, code.version = number, min(number, 127), version
      code.customCode = custom
      model.operatorCodes.append(code)
    builder = flatbuffers.Builder(4096)
    builder.Finish(model.Pack(builder), b'TFL3')
    return bytes(builder.Output())
