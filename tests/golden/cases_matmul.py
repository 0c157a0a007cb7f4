"""Products of matrices and what is built like convolutions, beyond cases_conv."""

import struct

import numpy as np

from cases_conv import ACTIVATIONS, PADDINGS, out_size, random
from model_builder import ModelBuilder, Quantization

# name: (type and scale of the left, right, output)
KINDS = {
    'f32': ('float32', 'float32', 'float32'),
    'i8': ('int8', 'int8', 'int8'),
    'i8_i32': ('int8', 'int8', 'int32'),
    'i16': ('int16', 'int16', 'int16'),
    'i16_w8': ('int16', 'int8', 'int16'),
    'hybrid': ('float32', 'int8', 'float32'),
    'hybrid_tensor': ('float32', 'int8', 'float32'),
}


def values(rng, shape, dtype):
  if dtype == 'float32':
    return rng.normal(0, 1, shape)
  limit = {'int8': 127, 'int16': 32767}[dtype]
  return rng.integers(-limit, limit + 1, shape)


def batch_matmul(name, kind, left, right, adj_x=False, adj_y=False, constant=False, asymmetric=False, zeros=(4, -7, 9)):
  """`constant`: the right side is; hybrid kinds have scales along its columns, and are constant or not."""
  b, rng = ModelBuilder(), random(f'{name}/{kind}')
  x_type, y_type, out_type = KINDS[kind]
  m, k = left[-2:][::-1] if adj_x else left[-2:]
  n = right[-2] if adj_y else right[-1]
  out = [*np.broadcast_shapes(tuple(left[:-2]), tuple(right[:-2])), m, n]
  zeros = zeros if x_type == 'int8' else (0, 0, 0)
  scale = {'int8': 0.02, 'int16': 2.0 ** -12}
  x_q = Quantization(scale[x_type], zeros[0]) if x_type in scale else None
  y_q = Quantization(scale[y_type] * 0.7, zeros[1]) if y_type in scale else None
  if kind == 'hybrid':
    axis = len(right) - (2 if adj_y else 1)
    y_q = Quantization(0.01 * np.exp(rng.normal(0, 0.7, n)), 0, axis)
  if out_type == 'int32':
    out_q = None
  else:
    step = {'int8': 0.02 * 0.014 * 73 * 73 / 60, 'int16': 2.0 ** -12 * 19000 / 15000}
    step['int16'] *= 0.7 * 2.0 ** -12 * 19000 if y_type == 'int16' else 0.014 * 73
    out_q = Quantization(step[out_type] * k ** 0.5, zeros[2]) if out_type in step else None
  x = b.input(left, x_type, x_q)
  y = b.tensor(right, y_type, y_q, values(rng, right, y_type)) if constant else b.input(right, y_type, y_q)
  output = b.output(out, out_type, out_q)
  version = {'f32': 1, 'i8': 2, 'i8_i32': 2, 'i16': 3}.get(kind, 4)
  b.operator('BATCH_MATMUL', [x, y], [output], version, 'BatchMatMulOptions', adjX=adj_x, adjY=adj_y,
             asymmetricQuantizeInputs=asymmetric)
  return f'{kind}_{name}', b, None


def batch_matmul_cases():
  shapes = [
      ('2d', dict(left=[3, 5], right=[5, 4])),
      ('batch', dict(left=[2, 3, 7], right=[2, 7, 9])),
      ('adj_x', dict(left=[2, 7, 3], right=[2, 7, 9], adj_x=True)),
      ('adj_y', dict(left=[2, 3, 7], right=[2, 9, 7], adj_y=True)),
      ('adj_xy', dict(left=[2, 7, 3], right=[2, 9, 7], adj_x=True, adj_y=True)),
      ('broadcast_left', dict(left=[3, 7], right=[2, 2, 7, 5])),
      ('broadcast_right', dict(left=[2, 2, 3, 7], right=[7, 5])),
      ('broadcast_middle', dict(left=[2, 1, 3, 4], right=[1, 3, 4, 5])),
      ('right_one', dict(left=[2, 3, 2, 4], right=[2, 1, 4, 5])),
      ('right_one_adj_x', dict(left=[2, 3, 4, 2], right=[2, 1, 4, 5], adj_x=True)),
      ('rank5', dict(left=[1, 2, 1, 2, 3], right=[2, 1, 2, 3, 2])),
      ('constant', dict(left=[2, 3, 7], right=[2, 7, 9], constant=True)),
      ('constant_2d', dict(left=[2, 3, 7], right=[7, 9], constant=True)),
      ('constant_adj_y', dict(left=[2, 3, 7], right=[9, 7], adj_y=True, constant=True)),
      ('one', dict(left=[1, 1], right=[1, 1])),
      ('row', dict(left=[1, 1, 20], right=[1, 20, 11])),
  ]
  rows = [batch_matmul(name, kind, **more) for kind in ('f32', 'i8', 'i16') for name, more in shapes]
  some = ('batch', 'adj_x', 'adj_y', 'broadcast_right', 'broadcast_left', 'constant', 'constant_2d')
  rows += [batch_matmul(name, kind, **more) for kind in ('i8_i32', 'i16_w8') for name, more in shapes if name in some]
  # Hybrid: LiteRT's XNNPACK takes a right side that is computed and answers zeros, and its reference kernel mixes up
  # the scales of rows when there are several batch dimensions.
  rows += [batch_matmul(name, kind, **{**more, 'constant': True}) for kind in ('hybrid', 'hybrid_tensor')
           for name, more in shapes
           if name in ('2d', 'batch', 'adj_x', 'adj_y', 'adj_xy', 'constant_2d', 'constant_adj_y', 'row')]
  rows += [batch_matmul('asymmetric', kind, [2, 3, 7], [7, 9], constant=True, asymmetric=True)
           for kind in ('hybrid', 'hybrid_tensor')]
  return rows


def conv_3d(name, in_shape, channels, window=(2, 2, 2), stride=(1, 1, 1), dilation=(1, 1, 1), padding='same',
            activation='none', bias=True):
  b, rng = ModelBuilder(), random(name)
  sizes = [out_size(s, k, t, d, padding) for s, k, t, d in zip(in_shape[1:4], window, stride, dilation)]
  x = b.input(in_shape, 'float32')
  shape = [*window, in_shape[4], channels]
  inputs = [x, b.tensor(shape, 'float32', None, rng.normal(0, 1, shape))]
  inputs += [b.tensor([channels], 'float32', None, rng.normal(0, 1, channels))] if bias else []
  output = b.output([in_shape[0], *sizes, channels], 'float32')
  b.operator('CONV_3D', inputs, [output], 1, 'Conv3DOptions', **conv_3d_options(stride, dilation, padding, activation))
  return f'f32_{name}', b, None


def conv_3d_options(stride, dilation, padding, activation):
  return dict(padding=PADDINGS[padding], fusedActivationFunction=ACTIVATIONS[activation], strideD=stride[0],
              strideH=stride[1], strideW=stride[2], dilationDFactor=dilation[0], dilationHFactor=dilation[1],
              dilationWFactor=dilation[2])


def conv_3d_cases():
  return [
      conv_3d('1x1x1', [1, 2, 3, 2, 4], 5, (1, 1, 1)),
      conv_3d('same', [2, 3, 4, 3, 2], 3),
      conv_3d('valid', [1, 3, 4, 3, 2], 3, padding='valid'),
      conv_3d('stride', [1, 4, 5, 5, 2], 3, (3, 2, 3), (2, 1, 3)),
      conv_3d('dilation', [1, 5, 5, 6, 1], 2, (2, 2, 3), dilation=(1, 2, 2)),
      conv_3d('dilation_valid', [1, 5, 5, 6, 1], 2, (2, 2, 3), dilation=(3, 2, 2), padding='valid'),
      conv_3d('no_bias', [1, 2, 3, 3, 3], 2, bias=False),
      conv_3d('relu6', [1, 3, 3, 3, 2], 3, activation='relu6'),
  ]


def conv_3d_transpose(name, in_shape, channels, window=(2, 2, 2), stride=(1, 1, 1), dilation=(1, 1, 1), padding='same',
                      activation='none', bias=True, constant=True):
  b, rng = ModelBuilder(), random(name)
  size = [s * t if padding == 'same' else (s - 1) * t + (k - 1) * d + 1
          for s, t, k, d in zip(in_shape[1:4], stride, window, dilation)]
  out_shape = [in_shape[0], *size, channels]
  wanted = b.constant(out_shape) if constant else b.input([5], 'int32')
  shape = [*window, channels, in_shape[4]]
  inputs = [wanted, b.tensor(shape, 'float32', None, rng.normal(0, 1, shape)), b.input(in_shape, 'float32')]
  inputs += [b.tensor([channels], 'float32', None, rng.normal(0, 1, channels))] if bias else []
  output = b.output(out_shape if constant else [1, 1, 1, 1, 1], 'float32')
  b.operator('CONV_3D_TRANSPOSE', inputs, [output], 1, 'Conv3DOptions',
             **conv_3d_options(stride, dilation, padding, activation))
  return f'f32_{name}', b, None if constant else [np.array(out_shape), None]


def conv_3d_transpose_cases():
  return [
      conv_3d_transpose('1x1x1', [1, 2, 3, 2, 4], 5, (1, 1, 1)),
      conv_3d_transpose('same', [2, 2, 3, 2, 2], 3),
      conv_3d_transpose('valid', [1, 2, 3, 2, 2], 3, padding='valid'),
      conv_3d_transpose('stride', [1, 2, 2, 3, 2], 3, (3, 2, 3), (2, 1, 3)),
      conv_3d_transpose('stride_valid', [1, 2, 2, 3, 2], 3, (3, 2, 3), (2, 1, 3), padding='valid'),
      conv_3d_transpose('dilation', [1, 3, 3, 3, 1], 2, (2, 2, 3), dilation=(1, 2, 2)),
      conv_3d_transpose('no_bias', [1, 2, 2, 2, 3], 2, bias=False),
      conv_3d_transpose('relu', [1, 2, 2, 2, 2], 3, activation='relu'),
      conv_3d_transpose('run_time_shape', [1, 2, 2, 2, 2], 3, stride=(2, 2, 2), constant=False),
  ]


def transpose_bias(name, in_shape, channels, window, stride, padding='same', size=None):
  """MediaPipe's custom operator, which LiteRT runs with XNNPACK alone; `size`: height and width of the output."""
  b, rng = ModelBuilder(), random(name)
  if size is None:
    size = [(s - 1) * t + k - (max(0, k - (s - 1) % t - 1) if padding == 'same' else 0)
            for s, t, k in zip(in_shape[1:3], stride, window)]
  shape = [channels, *window, in_shape[3]]
  x = b.input(in_shape, 'float32')
  inputs = [x, b.tensor(shape, 'float32', None, rng.normal(0, 1, shape)),
            b.tensor([channels], 'float32', None, rng.normal(0, 1, channels))]
  output = b.output([in_shape[0], *size, channels], 'float32')
  options = struct.pack('<3i', 1 if padding == 'same' else 2, stride[1], stride[0])
  b.operator('Convolution2DTransposeBias', inputs, [output], 1, custom_options=options)
  return f'f32_{name}', b, None


def transpose_bias_cases():
  return [
      transpose_bias('2x2_stride2', [1, 3, 4, 5], 3, (2, 2), (2, 2)),
      transpose_bias('3x3_stride2', [1, 3, 4, 2], 3, (3, 3), (2, 2)),
      transpose_bias('3x3_stride2_declared', [1, 3, 4, 2], 3, (3, 3), (2, 2), size=(6, 8)),
      transpose_bias('3x3_stride2_valid', [2, 3, 4, 2], 3, (3, 3), (2, 2), 'valid'),
      transpose_bias('5x3_stride_3_1', [1, 2, 4, 2], 2, (5, 3), (3, 1)),
  ]


def cases():
  return {
      'batch_matmul': batch_matmul_cases(),
      'conv_3d': conv_3d_cases(),
      'conv_3d_transpose': conv_3d_transpose_cases(),
      'convolution_2d_transpose_bias': transpose_bias_cases(),
  }
