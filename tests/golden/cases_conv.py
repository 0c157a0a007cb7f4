"""CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV."""

import zlib

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from model_builder import ModelBuilder, Quantization

ACTIVATIONS = {name: getattr(schema.ActivationFunctionType, name.upper())
               for name in ('none', 'relu', 'relu6', 'relu_n1_to_1')}
PADDINGS = {'same': schema.Padding.SAME, 'valid': schema.Padding.VALID}

INPUT_SCALE = 0.02


def random(name):
  return np.random.default_rng(zlib.crc32(name.encode()))


def out_size(size, kernel, stride, dilation, padding):
  span = (kernel - 1) * dilation + 1
  return -(-size // stride) if padding == 'same' else (size - span) // stride + 1


class Kind:
  """The types of input, weights, bias and output, and how weights and output are quantized.

  The first word says the activations (f32 and hybrid: float32), then come the weights (w2, w4, w8, w16, u8 weights of
  that many bits), b32 for an int32 bias of int16 activations, and tensor for weights with one scale.
  """

  def __init__(self, kind):
    self.kind = kind
    words = kind.split('_')
    self.hybrid = words[0] == 'hybrid'
    self.activations = {'i8': 'int8', 'u8': 'uint8', 'i16': 'int16'}.get(words[0], 'float32')
    self.weights = 'float32' if kind == 'f32' else 'uint8' if 'u8' in words else 'int8'
    for word, dtype in (('w2', 'int2'), ('w4', 'int4'), ('w16', 'int16')):
      self.weights = dtype if word in words else self.weights
    self.bias = {'float32': 'float32', 'int16': 'int64'}.get(self.activations, 'int32')
    self.bias = 'int32' if 'b32' in words else self.bias
    self.per_channel = words[0] in ('i8', 'i16', 'hybrid') and not {'tensor', 'u8'} & set(words)
    self.quantized = self.activations != 'float32'
    # Weights of fewer bits lie in [-limit, limit] and have a greater scale.
    self.limit = {'int2': 1, 'int4': 7, 'int16': 32767}.get(self.weights, 127)


def bias_type(kind):
  """The option that says so where int16 activations have an int32 bias; FLOAT32 says nothing.

  With int16 weights LiteRT takes the bias for int32 unless it is told.
  """
  return getattr(schema.TensorType, 'INT32' if '_b32' in kind else 'INT64' if '_w16' in kind else 'FLOAT32')


class Layer:
  """Tensors shared by the four operators: input, weights, bias, output."""

  def __init__(self, name, kind, in_shape, weights_shape, channels, channel_axis, out_shape, depth,
               activation='none', bias=True, input_zero=None, gain=1.0, ties=False, bias_steps=None, computed=False):
    rng, kind = random(f'{name}/{kind}'), Kind(kind)
    self.builder = b = ModelBuilder()
    self.kind = kind
    in_q = weights_q = bias_q = out_q = None
    span = {'int8': 74, 'uint8': 74, 'int16': 19000}.get(kind.activations, 1)
    if kind.weights != 'float32':
      count = channels if kind.per_channel else 1
      scale = np.float32(2.0 ** -6) * np.ones(count) if ties else 0.01 * np.exp(rng.normal(0, 0.7, count))
      scale = scale * (127 / kind.limit)
      weights_zero = (121 if kind.quantized else 0) if kind.weights == 'uint8' else 0
      weights_q = Quantization(scale, weights_zero, channel_axis if kind.per_channel else 0)
      low, high = (0, 256) if kind.weights == 'uint8' else (-kind.limit, kind.limit + 1)
      weights = rng.integers(low, high, weights_shape)
    else:
      weights = rng.normal(0, 1, weights_shape)
    if kind.quantized:
      zero = {'int8': -3, 'uint8': 126, 'int16': 0}[kind.activations] if input_zero is None else input_zero
      in_scale = np.float32(2.0 ** -5 if ties else INPUT_SCALE * (1 if span < 100 else 2.0 ** -8))
      in_q = Quantization(in_scale, zero)
      bias_q = Quantization(in_scale * weights_q.scale, 0, 0)
      out_span = 60 if span < 100 else 15000
      step = float(in_scale) * float(np.mean(weights_q.scale)) * span * 73 * (kind.limit / 127) * depth ** 0.5 / out_span / gain
      step = 2.0 ** np.round(np.log2(step)) if ties else step
      out_zero = {'int8': 5, 'uint8': 133, 'int16': 0}[kind.activations]
      out_q = Quantization(step, -128 if activation in ('relu', 'relu6') and kind.activations == 'int8' else out_zero)
      # Fused activations clamp within the range of the output only if 6 or 1 are steps of it.
      if activation in ('relu6', 'relu_n1_to_1'):
        out_q = Quantization((8 if activation == 'relu6' else 3) / 255, out_q.zero_point[0])
        factor = float(out_q.scale[0]) / step
        in_q = Quantization(in_q.scale[0] * factor, zero)
        bias_q = Quantization(in_q.scale * weights_q.scale, 0, 0)
      width = span * 73 * (kind.limit / 127) * depth ** 0.5 if bias_steps is None else bias_steps
      bias_data = rng.integers(-int(width) // 2, int(width) // 2 + 1, channels)
    else:
      bias_data = rng.normal(0, 1, channels)
    self.input = b.input(in_shape, kind.activations, in_q)
    self.weights = b.input(weights_shape, kind.weights, weights_q) if computed else b.tensor(weights_shape, kind.weights, weights_q, weights)
    self.bias = b.tensor([channels], kind.bias, bias_q, bias_data) if bias else None
    self.output = b.output(out_shape, kind.activations, out_q)


def conv(name, kind, in_shape, channels, kernel=(3, 3), stride=(1, 1), padding='same', dilation=(1, 1),
         activation='none', groups=1, **more):
  kernel, stride, dilation = (v if isinstance(v, tuple) else (v, v) for v in (kernel, stride, dilation))
  n, h, w, c = in_shape
  oh, ow = (out_size(s, k, t, d, padding) for s, k, t, d in zip((h, w), kernel, stride, dilation))
  layer = Layer(name, kind, in_shape, [channels, *kernel, c // groups], channels, 0, [n, oh, ow, channels],
                kernel[0] * kernel[1] * c // groups, activation, **more)
  version = {'f32': 1, 'u8': 1, 'i16': 4, 'hybrid': 5, 'hybrid_tensor': 2, 'hybrid_u8': 2}.get(kind, 3)
  version = max(version, 6 if groups > 1 else 1, 7 if '_w4' in kind else 1, 8 if '_b32' in kind else 1)
  inputs = [layer.input, layer.weights] + ([] if layer.bias is None else [layer.bias])
  layer.builder.operator('CONV_2D', inputs, [layer.output], version, 'Conv2DOptions', padding=PADDINGS[padding],
                         strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
                         dilationWFactor=dilation[1], fusedActivationFunction=ACTIVATIONS[activation],
                         quantizedBiasType=bias_type(kind))
  return f'{kind}_{name}', layer.builder, None


def conv_cases():
  both = [
      ('1x1', dict(in_shape=[1, 4, 4, 8], channels=16, kernel=1)),
      ('1x1_stride2', dict(in_shape=[1, 5, 5, 8], channels=4, kernel=1, stride=2)),
      ('1x1_pixels1', dict(in_shape=[1, 1, 1, 20], channels=9, kernel=1)),
      ('1x1_pixels7', dict(in_shape=[1, 1, 7, 12], channels=18, kernel=1)),
      ('3x3_same', dict(in_shape=[1, 5, 6, 4], channels=8)),
      ('3x3_valid', dict(in_shape=[1, 5, 6, 4], channels=8, padding='valid')),
      ('3x3_stride2_even', dict(in_shape=[1, 6, 6, 3], channels=8, stride=2)),
      ('3x3_stride2_odd', dict(in_shape=[1, 7, 5, 3], channels=8, stride=2)),
      ('3x3_stride2_valid', dict(in_shape=[1, 7, 6, 3], channels=6, stride=2, padding='valid')),
      ('3x3_stride_1_3', dict(in_shape=[1, 4, 7, 2], channels=5, stride=(1, 3))),
      ('3x3_dilation2_same', dict(in_shape=[1, 6, 6, 3], channels=4, dilation=2)),
      ('3x3_dilation2_valid', dict(in_shape=[1, 7, 6, 3], channels=4, dilation=2, padding='valid')),
      ('3x3_dilation_1_3', dict(in_shape=[1, 4, 7, 2], channels=3, dilation=(1, 3))),
      ('5x5_stride2', dict(in_shape=[1, 8, 8, 3], channels=4, kernel=5, stride=2)),
      ('1x7', dict(in_shape=[1, 3, 9, 2], channels=3, kernel=(1, 7))),
      ('4x2_even_kernel', dict(in_shape=[1, 6, 5, 2], channels=3, kernel=(4, 2))),
      ('kernel_larger_than_input', dict(in_shape=[1, 2, 2, 3], channels=4, kernel=5)),
      ('batch2', dict(in_shape=[2, 4, 4, 3], channels=4)),
      ('batch3_1x1', dict(in_shape=[3, 2, 3, 5], channels=6, kernel=1)),
      ('relu', dict(in_shape=[1, 4, 4, 4], channels=8, activation='relu')),
      ('relu6', dict(in_shape=[1, 4, 4, 4], channels=8, activation='relu6')),
      ('relu_n1_to_1', dict(in_shape=[1, 4, 4, 4], channels=8, activation='relu_n1_to_1')),
      ('groups2', dict(in_shape=[1, 4, 4, 8], channels=6, groups=2)),
      ('groups3_stride2', dict(in_shape=[1, 5, 5, 6], channels=9, groups=3, stride=2)),
  ]
  channels = [(1, 1), (2, 3), (3, 4), (5, 7), (7, 9), (9, 15), (13, 2), (16, 16), (17, 17), (33, 5)]
  for a, b in channels:
    both.append((f'channels_{a}_{b}', dict(in_shape=[1, 2, 3, a], channels=b, kernel=(2, 2) if a < 33 else 1)))
  rows = [conv(name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows += [conv(name, kind, **more) for kind in ('hybrid', 'u8', 'i16') for name, more in both
           if name in ('1x1', '3x3_same', '3x3_stride2_odd', '3x3_dilation2_same', 'batch2', 'relu6', 'channels_7_9')]
  rows += [
      conv('3x3_same', 'i8_tensor', [1, 5, 6, 4], 8),
      conv('1x1', 'i8_tensor', [1, 4, 4, 8], 16, 1),
      conv('3x3_same', 'hybrid_tensor', [2, 4, 4, 3], 5),
      conv('1x1', 'hybrid_tensor', [2, 3, 4, 7], 5, 1),
      conv('1x1_stride2', 'hybrid', [2, 5, 4, 6], 5, 1, 2),
      conv('1x1_pixels1', 'hybrid', [2, 1, 1, 6], 5, 1),
      conv('1x1_valid', 'hybrid', [2, 2, 3, 6], 5, 1, padding='valid'),
      conv('groups2', 'hybrid', [1, 3, 3, 6], 4, groups=2),
      conv('zero_point_min', 'i8', [1, 4, 4, 5], 6, input_zero=-128),
      conv('zero_point_max', 'i8', [1, 4, 4, 5], 6, input_zero=127),
      conv('zero_point_0', 'u8', [1, 4, 4, 5], 6, input_zero=0),
      conv('multiplier_large', 'i8', [1, 2, 2, 1], 8, 1, gain=200),
      conv('multiplier_small', 'i8', [1, 4, 4, 8], 8, 1, gain=1 / 64, bias_steps=2**24),
      conv('ties', 'i8', [1, 4, 4, 3], 8, 1, ties=True),
      conv('ties_3x3', 'i8', [1, 4, 4, 2], 4, 3, ties=True, gain=2),
      conv('deep', 'i8', [1, 1, 2, 300], 5, 1),
      conv('deep', 'i16', [1, 1, 2, 300], 5, 1),
      conv('multiplier_large', 'i16', [1, 2, 2, 1], 8, 1, gain=200),
      conv('multiplier_small', 'i16', [1, 4, 4, 8], 8, 1, gain=1 / 64, bias_steps=2**33),
      conv('ties', 'i16', [1, 4, 4, 3], 8, 1, ties=True),
      conv('ties', 'i16_b32', [1, 4, 4, 3], 8, 1, ties=True),
      conv('zero_point_255', 'u8', [1, 4, 4, 5], 6, input_zero=255),
      conv('dilation_and_stride', 'u8', [1, 9, 9, 3], 4, 2, stride=(2, 1), dilation=(1, 3)),
      conv('dilation_and_stride', 'i16', [1, 9, 9, 3], 4, 2, stride=(2, 1), dilation=(1, 3)),
  ]
  rows += [conv(name, kind, **more)
           for kind in ('i16_tensor', 'i16_b32', 'i8_w4', 'i8_w4_tensor', 'i16_w4', 'hybrid_w4', 'hybrid_w4_tensor',
                        'hybrid_u8') for name, more in both if name in ('1x1', '3x3_same', 'batch2', 'relu6')]
  rows += [conv('computed_weights', kind, [1, 4, 4, 8], 6, computed=True) for kind in ('f32', 'i8', 'u8', 'i16')]
  rows += [conv('groups2', kind, [1, 4, 4, 8], 6, groups=2) for kind in ('u8', 'i16', 'i16_b32', 'i8_w4', 'hybrid_w4')]
  rows += [conv('groups_each', kind, [1, 4, 4, 4], 8, groups=4) for kind in ('f32', 'i8', 'u8', 'i16', 'hybrid')]
  return rows


def depthwise(name, kind, in_shape, multiplier=1, kernel=3, stride=1, padding='same', dilation=1,
              activation='none', **more):
  kernel, stride, dilation = (v if isinstance(v, tuple) else (v, v) for v in (kernel, stride, dilation))
  n, h, w, c = in_shape
  channels = c * multiplier
  oh, ow = (out_size(s, k, t, d, padding) for s, k, t, d in zip((h, w), kernel, stride, dilation))
  layer = Layer(name, kind, in_shape, [1, *kernel, channels], channels, 3, [n, oh, ow, channels],
                kernel[0] * kernel[1], activation, **more)
  version = {'f32': 2 if dilation != (1, 1) else 1, 'u8': 1, 'i16': 5, 'hybrid': 6, 'hybrid_tensor': 4}.get(kind, 3)
  version = max(version, 7 if '_w4' in kind else 1)
  inputs = [layer.input, layer.weights] + ([] if layer.bias is None else [layer.bias])
  layer.builder.operator('DEPTHWISE_CONV_2D', inputs, [layer.output], version, 'DepthwiseConv2DOptions',
                         padding=PADDINGS[padding], strideH=stride[0], strideW=stride[1], depthMultiplier=multiplier,
                         dilationHFactor=dilation[0], dilationWFactor=dilation[1],
                         fusedActivationFunction=ACTIVATIONS[activation])
  return f'{kind}_{name}', layer.builder, None


def depthwise_cases():
  both = [
      ('3x3_same', dict(in_shape=[1, 5, 6, 8])),
      ('3x3_valid', dict(in_shape=[1, 5, 6, 8], padding='valid')),
      ('3x3_stride2_even', dict(in_shape=[1, 6, 6, 8], stride=2)),
      ('3x3_stride2_odd', dict(in_shape=[1, 7, 5, 4], stride=2)),
      ('3x3_stride2_valid', dict(in_shape=[1, 7, 6, 4], stride=2, padding='valid')),
      ('3x3_dilation2', dict(in_shape=[1, 7, 7, 4], dilation=2)),
      ('3x3_dilation2_valid', dict(in_shape=[1, 7, 6, 4], dilation=2, padding='valid')),
      ('5x5_same', dict(in_shape=[1, 6, 7, 4], kernel=5)),
      ('5x5_stride2', dict(in_shape=[1, 7, 7, 4], kernel=5, stride=2)),
      ('3x3_wide', dict(in_shape=[1, 3, 19, 4])),
      ('1x3', dict(in_shape=[1, 3, 5, 4], kernel=(1, 3))),
      ('2x2_even_kernel', dict(in_shape=[1, 4, 5, 4], kernel=2)),
      ('7x7_larger_than_input', dict(in_shape=[1, 3, 3, 4], kernel=7)),
      ('multiplier2', dict(in_shape=[1, 4, 4, 3], multiplier=2)),
      ('multiplier8_of_1', dict(in_shape=[1, 5, 4, 1], multiplier=8, kernel=(4, 3), stride=2)),
      ('multiplier3_stride2', dict(in_shape=[1, 5, 5, 5], multiplier=3, stride=2)),
      ('batch2', dict(in_shape=[2, 4, 4, 5])),
      ('relu', dict(in_shape=[1, 4, 4, 8], activation='relu')),
      ('relu6', dict(in_shape=[1, 4, 4, 8], activation='relu6')),
      ('relu_n1_to_1', dict(in_shape=[1, 4, 4, 8], activation='relu_n1_to_1')),
  ]
  both += [(f'channels_{c}', dict(in_shape=[1, 3, 3, c])) for c in (1, 2, 3, 7, 13, 16, 17, 33)]
  rows = [depthwise(name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows += [depthwise(name, kind, **more) for kind in ('hybrid', 'u8', 'i16') for name, more in both
           if name in ('3x3_same', '3x3_stride2_odd', '5x5_same', 'multiplier2', 'batch2', 'relu6', 'channels_7')]
  rows += [
      depthwise('3x3_same', 'i8_tensor', [1, 5, 6, 4]),
      depthwise('zero_point_min', 'i8', [1, 4, 4, 5], input_zero=-128),
      depthwise('zero_point_max', 'i8', [1, 4, 4, 5], input_zero=127),
      depthwise('multiplier_large', 'i8', [1, 4, 4, 8], gain=100),
      depthwise('ties', 'i8', [1, 4, 4, 8], ties=True),
      depthwise('zero_point_0', 'u8', [1, 4, 4, 5], input_zero=0),
      depthwise('zero_point_255', 'u8', [1, 4, 4, 5], input_zero=255),
      depthwise('ties', 'i16', [1, 4, 4, 8], ties=True),
      depthwise('3x3_same', 'i16_tensor', [1, 5, 6, 4]),
      *(depthwise('computed_weights', kind, [1, 5, 6, 11], computed=True) for kind in ('f32', 'i8', 'u8', 'i16', 'hybrid')),
      depthwise('3x3_same', 'i8_w4', [1, 5, 6, 8]),
      depthwise('multiplier2', 'i8_w4', [2, 4, 4, 3], multiplier=2),
      depthwise('3x3_same', 'i8_w4_tensor', [1, 5, 6, 8]),
  ]
  rows += [depthwise(name, kind, **more) for kind in ('u8', 'i16') for name, more in both
           if name in ('3x3_dilation2', '3x3_dilation2_valid', 'multiplier8_of_1', 'multiplier3_stride2')]
  return rows


def fully_connected(name, kind, in_shape, units, activation='none', keep=False, asymmetric=False, **more):
  depth = in_shape[-1]
  rows = int(np.prod(in_shape[:-1]))
  out_shape = [*in_shape[:-1], units] if keep else [rows, units]
  layer = Layer(name, kind, in_shape, [units, depth], units, 0, out_shape, depth, activation, **more)
  version = {'f32': 1, 'u8': 1, 'i16': 7, 'hybrid': 12, 'hybrid_tensor': 3}.get(kind, 4)
  version = max(version, 5 if keep else 0, 6 if layer.bias is None else 0, 9 if asymmetric else 0,
                14 if '_w2' in kind else 13 if '_w4' in kind else 11 if '_b32' in kind else 0)
  inputs = [layer.input, layer.weights, -1 if layer.bias is None else layer.bias]
  layer.builder.operator('FULLY_CONNECTED', inputs, [layer.output], version, 'FullyConnectedOptions',
                         fusedActivationFunction=ACTIVATIONS[activation], keepNumDims=keep,
                         asymmetricQuantizeInputs=asymmetric, quantizedBiasType=bias_type(kind))
  return f'{kind}_{name}', layer.builder, None


def blockwise(name, in_shape, units, block, activation='none', bias=True, keep=False):
  """Weights with a scale for every block of the depth. The reference kernels take the missing scales for 0."""
  b, rng, depth = ModelBuilder(reference=False), random(name), in_shape[-1]
  scale = 0.05 * np.exp(rng.normal(0, 0.5, [units, depth // block]))
  inputs = [b.input(in_shape, 'float32'), b.blockwise([units, depth], scale, block, rng.integers(-8, 8, [units, depth]))]
  inputs.append(b.tensor([units], 'float32', None, rng.normal(0, 1, units)) if bias else -1)
  output = b.output([*in_shape[:-1], units] if keep else [int(np.prod(in_shape[:-1])), units], 'float32')
  b.operator('FULLY_CONNECTED', inputs, [output], 13, 'FullyConnectedOptions', keepNumDims=keep,
             asymmetricQuantizeInputs=True, fusedActivationFunction=ACTIVATIONS[activation])
  return f'hybrid_w4_blockwise_{name}', b, None


def legacy(name, in_shape, units, shuffled, activation='none', input_zero=128, gain=1.0):
  """uint8 to int16. Shuffled weights are signed bytes, by blocks of 4 units x 16 of the depth."""
  b, rng, depth = ModelBuilder(), random(name), in_shape[-1]
  x = b.input(in_shape, 'uint8', Quantization(0.02, input_zero))
  w = b.tensor([units, depth], 'uint8', Quantization(0.01, 128), rng.integers(0, 256, [units, depth]))
  bias = b.tensor([units], 'int32', Quantization(0.0002), rng.integers(-9999, 9999, units))
  y = b.output([in_shape[0], units], 'int16', Quantization(0.02 * 0.01 * 73 * 73 * depth ** 0.5 / 15000 / gain))
  outputs = [y] + ([b.tensor(in_shape, 'uint8')] if shuffled else [])
  b.operator('FULLY_CONNECTED', [x, w, bias], outputs, 2 if shuffled else 1, 'FullyConnectedOptions',
             weightsFormat=1 if shuffled else 0, fusedActivationFunction=ACTIVATIONS[activation])
  return f"u8_{'shuffled' if shuffled else 'to_i16'}_{name}", b, None


def fully_connected_cases():
  both = [
      ('8_to_4', dict(in_shape=[1, 8], units=4)),
      ('batch3', dict(in_shape=[3, 12], units=10)),
      ('batch9', dict(in_shape=[9, 7], units=9)),
      ('1_to_1', dict(in_shape=[1, 1], units=1)),
      ('deep', dict(in_shape=[1, 133], units=3)),
      ('wide', dict(in_shape=[1, 5], units=67)),
      ('flattens', dict(in_shape=[2, 3, 6], units=5)),
      ('keeps_dims', dict(in_shape=[2, 3, 6], units=5, keep=True)),
      ('keeps_4_dims', dict(in_shape=[1, 2, 3, 8], units=4, keep=True)),
      ('no_bias', dict(in_shape=[2, 17], units=17, bias=False)),
      ('relu', dict(in_shape=[2, 16], units=16, activation='relu')),
      ('relu6', dict(in_shape=[2, 16], units=16, activation='relu6')),
      ('relu_n1_to_1', dict(in_shape=[2, 16], units=16, activation='relu_n1_to_1')),
  ]
  rows = [fully_connected(name, kind, **more) for kind in ('f32', 'i8_tensor', 'i8') for name, more in both]
  rows += [fully_connected(name, kind, **more) for kind in ('hybrid', 'hybrid_tensor', 'u8', 'i16')
           for name, more in both if name in ('8_to_4', 'batch3', 'deep', 'keeps_dims', 'no_bias', 'relu6')]
  rows += [
      fully_connected('asymmetric', 'hybrid', [3, 21], 6, asymmetric=True),
      fully_connected('asymmetric', 'hybrid_tensor', [3, 21], 6, asymmetric=True),
      fully_connected('zero_point_min', 'i8_tensor', [2, 9], 6, input_zero=-128),
      fully_connected('zero_point_max', 'i8_tensor', [2, 9], 6, input_zero=127),
      fully_connected('multiplier_large', 'i8_tensor', [2, 4], 8, gain=100),
      fully_connected('multiplier_small', 'i8_tensor', [2, 40], 8, gain=1 / 64, bias_steps=2**24),
      fully_connected('ties', 'i8_tensor', [4, 3], 16, ties=True),
      fully_connected('zero_point_0', 'u8', [2, 9], 6, input_zero=0),
      fully_connected('zero_point_255', 'u8', [2, 9], 6, input_zero=255),
      fully_connected('ties', 'i16', [4, 3], 16, ties=True),
      fully_connected('ties', 'i16_b32', [4, 3], 16, ties=True),
      fully_connected('multiplier_large', 'i16', [2, 4], 8, gain=100),
      fully_connected('multiplier_small', 'i16', [2, 40], 8, gain=1 / 64, bias_steps=2**33),
      fully_connected('deeper', 'i16', [2, 700], 3),
      fully_connected('asymmetric', 'hybrid_w4', [3, 21], 6, asymmetric=True),
      fully_connected('asymmetric', 'hybrid_u8', [3, 21], 6, asymmetric=True),
      *(fully_connected('computed_weights', kind, [3, 12], 10, computed=True)
        for kind in ('f32', 'i8_tensor', 'u8', 'i16', 'hybrid_tensor')),
      legacy('batch3', [3, 24], 10, False),
      legacy('zero_point', [2, 24], 10, False, input_zero=3),
      legacy('relu', [2, 24], 10, False, 'relu'),
      legacy('batch1', [1, 32], 24, True),
      legacy('batch4', [4, 48], 12, True),
      legacy('saturates', [1, 32], 24, True, gain=4),
      blockwise('32', [3, 96], 5, 32),
      blockwise('64_keeps_dims', [1, 2, 128], 4, 64, keep=True),
      blockwise('no_bias', [2, 64], 4, 32, bias=False),
      blockwise('relu', [2, 64], 5, 32, 'relu'),
      blockwise('16', [3, 96], 8, 16),
  ]
  rows += [fully_connected(name, kind, **more)
           for kind in ('i16_tensor', 'i16_b32', 'i16_w16', 'i16_w16_tensor', 'i8_w4', 'i8_w4_tensor', 'i8_w2', 'i16_w4', 'i16_w2',
                        'hybrid_w4', 'hybrid_w4_tensor', 'hybrid_w2', 'hybrid_u8')
           for name, more in both if name in ('8_to_4', 'batch3', 'deep', 'no_bias', 'relu6')]
  return rows


def transpose_conv(name, kind, in_shape, channels, kernel=3, stride=2, padding='same', activation='none', **more):
  kernel, stride = (v if isinstance(v, tuple) else (v, v) for v in (kernel, stride))
  n, h, w, c = in_shape
  size = [s * t if padding == 'same' else (s - 1) * t + k for s, t, k in zip((h, w), stride, kernel)]
  out_shape = [n, *size, channels]
  layer = Layer(name, kind, in_shape, [channels, *kernel, c], channels, 0, out_shape,
                max(1, c * kernel[0] * kernel[1] // (stride[0] * stride[1])), activation, **more)
  version = 1 if kind == 'f32' else 2
  version = max(version, 5 if '_b32' in kind else 4 if activation != 'none' else 3 if layer.bias is not None else 1)
  inputs = [layer.builder.constant(out_shape), layer.weights, layer.input]
  inputs += [] if layer.bias is None else [layer.bias]
  layer.builder.operator('TRANSPOSE_CONV', inputs, [layer.output], version, 'TransposeConvOptions',
                         padding=PADDINGS[padding], strideH=stride[0], strideW=stride[1],
                         fusedActivationFunction=ACTIVATIONS[activation], quantizedBiasType=bias_type(kind))
  return f'{kind}_{name}', layer.builder, None


def transpose_conv_cases():
  both = [
      ('3x3_stride2', dict(in_shape=[1, 3, 4, 3], channels=5)),
      ('3x3_stride2_valid', dict(in_shape=[1, 3, 4, 3], channels=5, padding='valid')),
      ('2x2_stride2', dict(in_shape=[1, 3, 3, 8], channels=4, kernel=2)),
      ('4x4_stride2', dict(in_shape=[1, 3, 3, 4], channels=3, kernel=4)),
      ('3x3_stride1', dict(in_shape=[1, 4, 4, 2], channels=3, stride=1)),
      ('5x3_stride_3_2', dict(in_shape=[1, 2, 3, 2], channels=3, kernel=(5, 3), stride=(3, 2))),
      ('1x1_stride2', dict(in_shape=[1, 3, 3, 4], channels=4, kernel=1)),
      ('batch2', dict(in_shape=[2, 3, 3, 3], channels=2)),
      ('no_bias', dict(in_shape=[1, 3, 3, 3], channels=4, bias=False)),
      ('relu', dict(in_shape=[1, 3, 3, 3], channels=4, activation='relu')),
      ('relu6', dict(in_shape=[1, 3, 3, 3], channels=4, activation='relu6')),
  ]
  rows = [transpose_conv(name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows += [transpose_conv(name, kind, **more) for kind in ('u8', 'i16', 'i16_b32', 'hybrid', 'hybrid_tensor')
           for name, more in both if name in ('3x3_stride2', '3x3_stride2_valid', '5x3_stride_3_2', 'batch2', 'no_bias', 'relu6')]
  rows += [
      transpose_conv('zero_point_min', 'i8', [1, 3, 3, 5], 6, input_zero=-128),
      transpose_conv('zero_point_0', 'u8', [1, 3, 3, 5], 6, input_zero=0),
      transpose_conv('zero_point_255', 'u8', [1, 3, 3, 5], 6, input_zero=255),
      transpose_conv('3x3_stride2', 'i16_tensor', [1, 3, 4, 3], 5),
      transpose_conv('ties', 'i16', [1, 3, 4, 3], 5, ties=True),
  ]
  return rows


def cases():
  return {
      'conv_2d': conv_cases(),
      'depthwise_conv_2d': depthwise_cases(),
      'fully_connected': fully_connected_cases(),
      'transpose_conv': transpose_conv_cases(),
  }
