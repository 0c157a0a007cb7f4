"""Pooling, MEAN, SUM and the other reductions."""

from ai_edge_litert import schema_py_generated as schema
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


def reduce(operator, name, kind, shape, axes, keep=False, in_q=(0.03, -4), out_q=(0.03, -4)):
  builder = ModelBuilder()
  normal = sorted(a % len(shape) for a in np.atleast_1d(axes))
  out = [1 if i in normal else n for i, n in enumerate(shape) if keep or i not in normal]
  x = builder.input(shape, KINDS[kind], quantization(kind, *in_q))
  y = builder.output(out, KINDS[kind], quantization(kind, *out_q))
  version = {'f32': 1, 'u8': 1, 'i8': 2, 'i16': 3}[kind]
  builder.operator(operator, [x, builder.constant(axes)], [y], version, 'ReducerOptions', keepDims=keep)
  return f'{kind}_{name}', builder, None


def reduce_cases(operator):
  both = [
      ('spatial', dict(shape=[1, 5, 5, 17], axes=[1, 2])), ('spatial_keep', dict(shape=[2, 4, 3, 8], axes=[1, 2], keep=True)),
      ('spatial_even', dict(shape=[1, 4, 4, 8], axes=[2, 1], keep=True)),
      ('last', dict(shape=[3, 4, 10], axes=[2])), ('negative_axis', dict(shape=[3, 4, 10], axes=[-1], keep=True)),
      ('first', dict(shape=[6, 5], axes=[0])), ('middle', dict(shape=[2, 7, 5], axes=[1])),
      ('outer', dict(shape=[4, 3, 5], axes=[0, 2])), ('channels', dict(shape=[1, 3, 3, 6], axes=[3])),
      ('scalar_axis', dict(shape=[3, 8], axes=1)),
  ]
  rows = [reduce(operator, name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows.append(reduce(operator, 'all', 'f32', [2, 3, 4], [0, 1, 2]))
  if operator in ('MEAN', 'SUM'):
    wide = 0.2 if operator == 'SUM' else 0.011
    rows += [reduce(operator, f'rescaled_{name}', 'i8', **more, out_q=(wide, 13)) for name, more in both
             if name in ('spatial', 'spatial_keep', 'last', 'first', 'middle')]
    kinds = ('u8', 'i16') if operator == 'MEAN' else ('u8',)
    rows += [reduce(operator, name, kind, **more) for kind in kinds for name, more in both
             if name in ('spatial', 'last')]
  return rows


def arg_max(name, kind, shape, axis):
  builder = ModelBuilder()
  out = [n for i, n in enumerate(shape) if i != axis % len(shape)]
  x = builder.input(shape, KINDS[kind], quantization(kind))
  builder.operator('ARG_MAX', [x, builder.constant(axis)], [builder.output(out, 'int32')], 1 if kind in ('f32', 'u8') else 2,
                   'ArgMaxOptions', outputType=schema.TensorType.INT32)
  return f'{kind}_{name}', builder, None


def cases():
  out = {operator.lower(): pool_cases(operator) for operator in ('AVERAGE_POOL_2D', 'MAX_POOL_2D')}
  out |= {operator.lower(): reduce_cases(operator) for operator in ('MEAN', 'SUM', 'REDUCE_MAX')}
  out['arg_max'] = [arg_max(name, kind, shape, axis) for kind in ('f32', 'i8')
                    for name, shape, axis in (('last', [3, 10], -1), ('first', [4, 5], 0), ('middle', [2, 5, 3], 1))]
  return out
