"""A few operators in a row: what a runtime may fuse, fold or reorder must not change the answer."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from cases_conv import ACTIVATIONS, PADDINGS, random
from model_builder import ModelBuilder, Quantization

ACTIVATION_Q = Quantization(0.02, -3)


class Graph:
  """Layers of int8 (or, without `quantized`, float32) with random weights."""

  def __init__(self, name, quantized=True):
    self.rng, self.quantized, self.builder = random(name), quantized, ModelBuilder()
    self.dtype = 'int8' if quantized else 'float32'

  def q(self, quantization=ACTIVATION_Q):
    return quantization if self.quantized else None

  def input(self, shape):
    return self.builder.input(shape, self.dtype, self.q())

  def tensor(self, shape, last=False, quantization=ACTIVATION_Q):
    make = self.builder.output if last else self.builder.tensor
    return make(shape, self.dtype, self.q(quantization))

  def parameters(self, shape, channels, axis, depth):
    """Weights and bias so that the output is about as large as the input."""
    b, rng = self.builder, self.rng
    if not self.quantized:
      return (b.tensor(shape, 'float32', data=rng.normal(0, depth ** -0.5, shape)),
              b.tensor([channels], 'float32', data=rng.normal(0, 1, channels)))
    scale = np.exp(rng.normal(0, 0.5, channels)).astype(np.float32) / 73 / depth ** 0.5
    bias = rng.integers(-4000, 4000, channels)
    return (b.tensor(shape, 'int8', Quantization(scale, 0, axis), rng.integers(-127, 128, shape)),
            b.tensor([channels], 'int32', Quantization(scale * ACTIVATION_Q.scale[0], 0), bias))

  def conv(self, x, in_shape, channels, kernel=3, stride=1, padding='same', activation='none', last=False):
    n, h, w, c = in_shape
    size = [-(-s // stride) if padding == 'same' else (s - kernel) // stride + 1 for s in (h, w)]
    weights, bias = self.parameters([channels, kernel, kernel, c], channels, 0, kernel * kernel * c)
    y = self.tensor([n, *size, channels], last)
    self.builder.operator('CONV_2D', [x, weights, bias], [y], 3 if self.quantized else 1, 'Conv2DOptions',
                          padding=PADDINGS[padding], strideH=stride, strideW=stride, dilationHFactor=1,
                          dilationWFactor=1, fusedActivationFunction=ACTIVATIONS[activation])
    return y, [n, *size, channels]

  def depthwise(self, x, in_shape, stride=1, padding='same', activation='none', last=False):
    n, h, w, c = in_shape
    size = [-(-s // stride) if padding == 'same' else (s - 3) // stride + 1 for s in (h, w)]
    weights, bias = self.parameters([1, 3, 3, c], c, 3, 9)
    y = self.tensor([n, *size, c], last)
    self.builder.operator('DEPTHWISE_CONV_2D', [x, weights, bias], [y], 3 if self.quantized else 1,
                          'DepthwiseConv2DOptions', padding=PADDINGS[padding], strideH=stride, strideW=stride,
                          depthMultiplier=1, dilationHFactor=1, dilationWFactor=1,
                          fusedActivationFunction=ACTIVATIONS[activation])
    return y, [n, *size, c]

  def pad(self, x, shape, pads):
    out = [n + a + b for n, (a, b) in zip(shape, pads)]
    y = self.tensor(out)
    self.builder.operator('PAD', [x, self.builder.constant(pads)], [y], 2 if self.quantized else 1, 'PadOptions')
    return y, out

  def add(self, a, b, shape, activation='none', last=False):
    y = self.tensor(shape, last, Quantization(0.035, 4))
    self.builder.operator('ADD', [a, b], [y], 2 if self.quantized else 1, 'AddOptions',
                          fusedActivationFunction=ACTIVATIONS[activation])
    return y


def padded(name, quantized, depthwise, pads):
  g = Graph(name, quantized)
  x, shape = g.pad(g.input([1, 5, 6, 4]), [1, 5, 6, 4], pads)
  if depthwise:
    g.depthwise(x, shape, 2, 'valid', last=True)
  else:
    g.conv(x, shape, 8, 3, 2, 'valid', last=True)
  return name, g.builder, None


def residual(name, quantized):
  g = Graph(name, quantized)
  shape = [1, 6, 6, 5]
  x = g.input(shape)
  y, wide = g.conv(x, shape, 16, 1, activation='relu6')
  y, wide = g.depthwise(y, wide, activation='relu6')
  y, _ = g.conv(y, wide, 5, 1)
  g.add(x, y, shape, last=True)
  return name, g.builder, None


def two_readers(name, quantized):
  """An output of the graph that a later operator reads too."""
  g = Graph(name, quantized)
  y, shape = g.conv(g.input([1, 4, 4, 3]), [1, 4, 4, 3], 7, last=True)
  g.depthwise(y, shape, last=True)
  return name, g.builder, None


def same_input_twice(name, quantized):
  g = Graph(name, quantized)
  x = g.input([1, 3, 3, 5])
  g.add(x, x, [1, 3, 3, 5], last=True)
  return name, g.builder, None


def float_ends(name):
  """float32 in and out of an int8 inside."""
  g = Graph(name)
  b = g.builder
  x = b.input([1, 4, 4, 3], 'float32')
  q = g.tensor([1, 4, 4, 3])
  b.operator('QUANTIZE', [x], [q], 1)
  y, shape = g.conv(q, [1, 4, 4, 3], 6, activation='relu')
  b.operator('DEQUANTIZE', [y], [b.output(shape, 'float32')], 2, 'DequantizeOptions')
  return name, b, None


def float16_weights(name):
  """Constants stored as float16, widened by DEQUANTIZE before a CONV_2D."""
  g = Graph(name, False)
  b = g.builder
  wide = []
  for shape in ([8, 3, 3, 3], [8]):
    half = b.tensor(shape, 'float16', data=g.rng.normal(0, 0.3, shape))
    wide.append(b.tensor(shape, 'float32'))
    b.operator('DEQUANTIZE', [half], [wide[-1]], 3, 'DequantizeOptions')
  x = b.input([1, 5, 5, 3], 'float32')
  y = b.output([1, 5, 5, 8], 'float32')
  b.operator('CONV_2D', [x, *wide], [y], 1, 'Conv2DOptions', padding=schema.Padding.SAME, strideH=1, strideW=1,
             dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=0)
  return name, b, None


def classifier(name, quantized):
  """The end of most image classifiers: pool, reshape, fully connected, softmax."""
  g = Graph(name, quantized)
  b = g.builder
  x = g.input([1, 4, 4, 12])
  pooled, flat = g.tensor([1, 1, 1, 12]), g.tensor([1, 12])
  b.operator('AVERAGE_POOL_2D', [x], [pooled], 2 if quantized else 1, 'Pool2DOptions', padding=schema.Padding.VALID,
             filterHeight=4, filterWidth=4, strideH=4, strideW=4, fusedActivationFunction=0)
  b.operator('RESHAPE', [pooled, b.constant([1, 12])], [flat], 1, 'ReshapeOptions', newShape=[1, 12])
  weights, bias = g.parameters([10, 12], 10, 0, 3)
  logits = g.tensor([1, 10], quantization=Quantization(0.05, 10))
  b.operator('FULLY_CONNECTED', [flat, weights, bias], [logits], 4 if quantized else 1, 'FullyConnectedOptions',
             fusedActivationFunction=0)
  answer = b.output([1, 10], g.dtype, g.q(Quantization(1 / 256, -128)))
  b.operator('SOFTMAX', [logits], [answer], 2 if quantized else 1, 'SoftmaxOptions', beta=1.0)
  return name, b, None


def cases():
  spatial = [[0, 0], [1, 1], [0, 1], [0, 0]]
  rows = [
      float_ends('i8_float_ends'), float16_weights('f16_weights'),
      padded('i8_pad_with_channels', True, False, [[0, 0], [1, 1], [1, 1], [0, 3]]),
      padded('i8_pad_with_batch', True, True, [[0, 1], [1, 1], [1, 1], [0, 0]]),
  ]
  for kind, quantized in (('f32', False), ('i8', True)):
    rows += [
        padded(f'{kind}_pad_conv', quantized, False, spatial), padded(f'{kind}_pad_depthwise', quantized, True, spatial),
        residual(f'{kind}_residual', quantized), two_readers(f'{kind}_two_readers', quantized),
        same_input_twice(f'{kind}_same_input_twice', quantized), classifier(f'{kind}_classifier', quantized),
    ]
  return {'graphs': rows}
