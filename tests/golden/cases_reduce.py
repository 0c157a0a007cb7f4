"""Pooling, MEAN, SUM and the other reductions."""

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


def reduce(operator, name, kind, shape, axes, keep=False, in_q=(0.03, -4), out_q=(0.03, -4), runtime=False, x=None,
           **more):
  """`kind` may be a type without quantization; `axes` are constant unless `runtime`."""
  builder = ModelBuilder(**more)
  axes = np.asarray(axes, np.int32)
  normal = [a % len(shape) for a in axes.ravel()] if shape else []
  out = [1 if i in normal else n for i, n in enumerate(shape) if keep or i not in normal]
  quantized = kind in KINDS
  dtype = KINDS.get(kind, kind)
  i = builder.input(shape, dtype, quantization(kind, *in_q) if quantized else None)
  a = builder.input(axes.shape, 'int32') if runtime else builder.constant(axes)
  o = builder.output(out, dtype, quantization(kind, *out_q) if quantized else None)
  version = {'i8': 2, 'i16': 2 if operator in ('SUM', 'REDUCE_PROD') else 3}.get(kind, 1)
  builder.operator(operator, [i, a], [o], version, 'ReducerOptions', keepDims=keep)
  return f'{kind}_{name}', builder, [x, axes] if runtime else [x]


# LiteRT's reference kernel of SUM takes int8 and int16 for uint8: what it answers is not theirs.
SUM_READS_UINT8 = ('i8', 'i16')


def sum_or_mean_cases(operator):
  both = [
      ('spatial', dict(shape=[1, 5, 5, 17], axes=[1, 2])), ('spatial_keep', dict(shape=[2, 4, 3, 8], axes=[1, 2], keep=True)),
      ('spatial_even', dict(shape=[1, 4, 4, 8], axes=[2, 1], keep=True)),
      ('last', dict(shape=[3, 4, 10], axes=[2])), ('negative_axis', dict(shape=[3, 4, 10], axes=[-1], keep=True)),
      ('first', dict(shape=[6, 5], axes=[0])), ('middle', dict(shape=[2, 7, 5], axes=[1])),
      ('outer', dict(shape=[4, 3, 5], axes=[0, 2])), ('channels', dict(shape=[1, 3, 3, 6], axes=[3])),
      ('scalar_axis', dict(shape=[3, 8], axes=1)),
  ]
  if operator == 'SUM':
    both = [(name, more) for name, more in both if name not in ('spatial_even', 'negative_axis', 'channels', 'first')]
  small = [(name, more) for name, more in both if name in ('spatial', 'last', 'outer')]
  other = [('runtime_last', dict(shape=[3, 4, 5], axes=[2], runtime=True)),
           ('runtime_spatial', dict(shape=[1, 3, 3, 9], axes=[1, 2], keep=True, runtime=True)),
           ('runtime_twice', dict(shape=[2, 3, 4], axes=[-1, 0, 2], runtime=True)),
           ('no_axes', dict(shape=[3, 4], axes=np.zeros(0)))]

  def make(name, kind, **more):
    if operator == 'SUM' and kind in SUM_READS_UINT8:
      more['reference'] = False
    return reduce(operator, name, kind, **more)

  rows = [make(name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows.append(make('all', 'f32', shape=[2, 3, 4], axes=[0, 1, 2]))
  wide = 0.2 if operator == 'SUM' else 0.011
  rows += [make(f'rescaled_{name}', kind, **more, out_q=(wide, 13)) for kind in ('i8', 'u8', 'i16') for name, more in both
           if name in ('spatial_keep', 'last', 'middle')]
  rows += [make(f'rescaled_{name}', kind, **more, out_q=(wide, 13)) for kind in ('f32', 'i8', 'u8', 'i16') for name, more in other]
  rows += [make(name, kind, **more) for kind in ('u8', 'i16') for name, more in small]
  if operator == 'MEAN':
    rows += [make(f'extreme_{z}', 'i8', shape=[1, 4, 4, 8], axes=[1, 2], in_q=(0.9, z), out_q=(0.7, z)) for z in (-128, 127)]
    rows += [make(f'extreme_{z}', 'i8', shape=[2, 4, 3], axes=[1], in_q=(0.002, z), out_q=(0.0011, z)) for z in (-127, 126)]
  rows += [make(name, kind, **more) for kind in ('int32', 'int64') for name, more in small + other
           if name in ('last', 'outer', 'runtime_twice', 'no_axes')]
  rows.append(make('scalar', 'f32', shape=[], axes=[0]))
  rows.append(make('empty', 'f32', shape=[0, 3], axes=[0], allow_non_finite=True))
  if operator == 'SUM':
    rows.append(make('wraps', 'int32', shape=[4], axes=[0], x=[2**31 - 1, 5, -2, 2**31 - 1]))
  return rows


def plain_cases(operator):
  """REDUCE_MAX, REDUCE_MIN and REDUCE_PROD: on any type, quantized or not."""
  shapes = [('spatial', dict(shape=[1, 3, 5, 5], axes=[1, 2])), ('last_keep', dict(shape=[3, 4, 6], axes=[-1], keep=True)),
            ('first', dict(shape=[4, 5], axes=[0])), ('outer', dict(shape=[4, 3, 2], axes=[0, 2])),
            ('all', dict(shape=[2, 3, 2], axes=[0, 1, 2])), ('no_axes', dict(shape=[3, 4], axes=np.zeros(0))),
            ('runtime', dict(shape=[2, 3, 4], axes=[1, -2], runtime=True)), ('rank6', dict(shape=[2, 1, 2, 1, 2, 3], axes=[0, 2, 4]))]
  kinds = ('f32', 'i8', 'i16', 'u8', 'int32', 'int64')
  if operator == 'REDUCE_MIN':
    shapes = [(name, s) for name, s in shapes if name in ('last_keep', 'outer', 'runtime')]
  if operator == 'REDUCE_PROD':
    # Scales near a step of 1 / 100 keep the products of a few values in range.
    more = dict(in_q=(0.012, 3), out_q=(0.009, -5))
    rows = [reduce(operator, f'{name}_scaled', kind, **s, **more, allow_uniform=True)
            for kind in ('i8', 'i16') for name, s in shapes if name != 'spatial']
    rows += [reduce(operator, name, kind, **s) for kind in ('f32', 'int8', 'uint8', 'int16', 'int32', 'int64') for name, s in shapes
             if name not in ('spatial', 'no_axes') and (kind == 'f32' or name in ('outer', 'runtime'))]
  else:
    rows = [reduce(operator, name, kind, **s) for kind in kinds for name, s in shapes
            if kind in ('f32', 'i8') or name in ('last_keep', 'outer', 'runtime')]
  rows.append(reduce(operator, 'empty', 'f32', [0, 3], [0], allow_non_finite=True))
  rows.append(reduce(operator, 'scalar', 'f32', [], [0]))
  return rows


def logical_cases(operator):
  rare = np.random.default_rng(7).random([3, 4, 5]) < (0.2 if operator == 'REDUCE_ANY' else 0.8)
  rows = [reduce(operator, name, 'bool', [3, 4, 5], axes, x=rare, **more)
          for name, axes, more in (('last', [2], {}), ('outer', [0, 2], dict(keep=True)), ('all', [0, 1, 2], {}),
                                   ('middle_runtime', [1], dict(runtime=True)), ('no_axes', np.zeros(0), {}))]
  return rows + [reduce(operator, 'empty', 'bool', [2, 0], [1])]


def cases():
  out = {operator.lower(): pool_cases(operator) for operator in ('AVERAGE_POOL_2D', 'MAX_POOL_2D')}
  out |= {operator.lower(): sum_or_mean_cases(operator) for operator in ('MEAN', 'SUM')}
  out |= {operator.lower(): plain_cases(operator) for operator in ('REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_PROD')}
  return out | {operator.lower(): logical_cases(operator) for operator in ('REDUCE_ANY', 'REDUCE_ALL')}
