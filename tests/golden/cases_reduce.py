"""Pooling and MEAN."""

import numpy as np

from cases_conv import ACTIVATIONS, PADDINGS, out_size
from model_builder import ModelBuilder, Quantization

KINDS = {'f32': 'float32', 'i8': 'int8', 'u8': 'uint8', 'i16': 'int16'}


def quantization(kind, scale=0.03, zero=-4):
  if kind == 'f32':
    return None
  return Quantization(scale / 256, 0) if kind == 'i16' else Quantization(scale, zero + (128 if kind == 'u8' else 0))


def pool(operator, name, kind, shape, size=2, stride=2, padding='valid', activation='none'):
  size, stride = (v if isinstance(v, tuple) else (v, v) for v in (size, stride))
  n, h, w, c = shape
  oh, ow = (out_size(s, k, t, 1, padding) for s, k, t in zip((h, w), size, stride))
  builder, q = ModelBuilder(), quantization(kind)
  x, y = builder.input(shape, KINDS[kind], q), builder.output([n, oh, ow, c], KINDS[kind], q)
  version = {'f32': 1, 'u8': 1, 'i8': 2, 'i16': 3}[kind]
  builder.operator(operator, [x], [y], version, 'Pool2DOptions', padding=PADDINGS[padding], filterHeight=size[0],
                   filterWidth=size[1], strideH=stride[0], strideW=stride[1],
                   fusedActivationFunction=ACTIVATIONS[activation])
  return f'{kind}_{name}', builder, None


def pool_cases(operator):
  both = [
      ('2x2', dict(shape=[1, 4, 6, 5])), ('3x3_stride2_same', dict(shape=[1, 5, 6, 4], size=3, padding='same')),
      ('3x3_stride1_same', dict(shape=[1, 4, 4, 3], size=3, stride=1, padding='same')),
      ('3x3_stride2_valid', dict(shape=[1, 7, 6, 3], size=3)), ('global', dict(shape=[1, 5, 5, 17], size=5, stride=1)),
      ('global_7x7', dict(shape=[1, 7, 7, 9], size=7, stride=7)), ('2x3_stride_1_2', dict(shape=[1, 5, 6, 2], size=(2, 3), stride=(1, 2))),
      ('1x1', dict(shape=[1, 3, 3, 4], size=1, stride=1)), ('1x1_stride2', dict(shape=[1, 4, 5, 3], size=1)),
      ('batch2', dict(shape=[2, 4, 4, 3])), ('channels_1', dict(shape=[1, 6, 6, 1])),
      ('channels_33', dict(shape=[1, 2, 4, 33])), ('larger_than_input', dict(shape=[1, 2, 3, 4], size=5, padding='same')),
      ('relu', dict(shape=[1, 4, 4, 4], activation='relu')), ('relu6', dict(shape=[1, 4, 4, 4], activation='relu6')),
      ('relu_n1_to_1', dict(shape=[1, 4, 4, 4], activation='relu_n1_to_1')),
  ]
  if operator == 'MAX_POOL_2D':
    both = both[:-1]  # the largest of four is nearly always above 1
  rows = [pool(operator, name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  return rows + [pool(operator, name, kind, **more) for kind in ('u8', 'i16') for name, more in both
                 if name in ('2x2', '3x3_stride2_same', 'global', 'relu6')]


def mean(name, kind, shape, axes, keep=False, out_q=(0.03, -4)):
  builder = ModelBuilder()
  normal = sorted(a % len(shape) for a in np.atleast_1d(axes))
  out = [1 if i in normal else n for i, n in enumerate(shape) if keep or i not in normal]
  x = builder.input(shape, KINDS[kind], quantization(kind))
  y = builder.output(out, KINDS[kind], quantization(kind, *out_q))
  version = {'f32': 1, 'u8': 1, 'i8': 2, 'i16': 3}[kind]
  builder.operator('MEAN', [x, builder.constant(axes)], [y], version, 'ReducerOptions', keepDims=keep)
  return f'{kind}_{name}', builder, None


def mean_cases():
  both = [
      ('spatial', dict(shape=[1, 5, 5, 17], axes=[1, 2])), ('spatial_keep', dict(shape=[2, 4, 3, 8], axes=[1, 2], keep=True)),
      ('spatial_even', dict(shape=[1, 4, 4, 8], axes=[2, 1], keep=True)),
      ('last', dict(shape=[3, 4, 10], axes=[2])), ('negative_axis', dict(shape=[3, 4, 10], axes=[-1], keep=True)),
      ('first', dict(shape=[6, 5], axes=[0])), ('middle', dict(shape=[2, 7, 5], axes=[1])),
      ('outer', dict(shape=[4, 3, 5], axes=[0, 2])), ('channels', dict(shape=[1, 3, 3, 6], axes=[3])),
      ('scalar_axis', dict(shape=[3, 8], axes=1)),
  ]
  rows = [mean(name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows.append(mean('all', 'f32', [2, 3, 4], [0, 1, 2]))
  rows += [mean(f'rescaled_{name}', 'i8', **more, out_q=(0.011, 13)) for name, more in both
           if name in ('spatial', 'spatial_keep', 'last', 'first', 'middle')]
  return rows + [mean(name, kind, **more) for kind in ('u8', 'i16') for name, more in both
                 if name in ('spatial', 'last')]


def cases():
  pools = {operator.lower(): pool_cases(operator) for operator in ('AVERAGE_POOL_2D', 'MAX_POOL_2D')}
  return pools | {'mean': mean_cases()}
