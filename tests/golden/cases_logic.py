"""Comparisons, logical operators and choices between two tensors."""

import numpy as np

from cases_conv import random
from model_builder import ModelBuilder, Quantization

KINDS = {'f32': 'float32', 'i8': 'int8', 'u8': 'uint8', 'i16': 'int16', 'i32': 'int32', 'i64': 'int64', 'bool': 'bool',
         'string': 'string', 'u32': 'uint32', 'f16': 'float16'}
SHAPES = {
    'same': ([2, 3, 4], [2, 3, 4]),
    'scalar': ([2, 3], []),
    'both_ways': ([3, 1, 5], [1, 4, 1]),
    'rank_5': ([2, 1, 3, 1, 2], [1, 2, 3, 2, 1]),
    'empty': ([0, 3], [1, 3]),
}
# (scale, zero point) of both operands, as int8.
SCALES = {'plain': ((0.02, -3), (0.031, 7)), 'alike': ((0.05, 4), (0.05, 4)), 'apart': ((0.9, -100), (0.0037, 90)),
          'fine': ((0.002, 5), (0.001, -10))}


def values(kind, name, shape):
  """Numbers of which many pairs are equal."""
  rng = random(name)
  if kind == 'string':
    return rng.choice(np.array([b'', b'a', b'ab', b'b', 'é'.encode()], object), shape)
  if kind == 'bool':
    return rng.integers(0, 2, shape).astype(bool)
  if kind in ('i8', 'u8', 'i16'):
    info = np.iinfo(KINDS[kind])
    return rng.integers(info.min, info.max + 1, shape)
  numbers = rng.integers(-2, 3, shape) if kind != 'u32' else rng.integers(0, 4, shape)
  if kind in ('i64', 'i32'):
    info = np.iinfo(KINDS[kind])
    numbers = np.where(rng.integers(0, 4, shape) == 0, np.where(numbers > 0, info.max, info.min), numbers)
  return numbers * 0.5 if kind in ('f32', 'f16') else numbers


ORDERS = ('LESS', 'LESS_EQUAL', 'GREATER', 'GREATER_EQUAL')
EQUALITIES = ('EQUAL', 'NOT_EQUAL')


def options_of(operator):
  return ''.join(word.capitalize() for word in operator.split('_')) + 'Options'


def comparison(name, kind, shapes='same', scales='plain', quantized=None, data=None, operators=None):
  """One model with every comparison of the same two tensors."""
  builder, dtype = ModelBuilder(), KINDS[kind]
  a, b = SHAPES[shapes]
  if data is not None:
    a = b = list(np.shape(data[0]))
    builder.allow_non_finite = True
  quantizations = [None, None]
  if quantized if quantized is not None else kind in ('i8', 'u8', 'i16'):
    shift = {'u8': 128}.get(kind, 0)
    quantizations = [Quantization(scale / 256, 0) if kind == 'i16' else Quantization(scale, zero + shift)
                     for scale, zero in SCALES[scales]]
  x, y = (builder.input(shape, dtype, q) for shape, q in zip((a, b), quantizations))
  version = {'i8': 2, 'i16': 2, 'string': 3}.get(kind, 1)
  for operator in operators or (EQUALITIES if kind in ('bool', 'string') else ORDERS + EQUALITIES):
    out = builder.output([int(n) for n in np.broadcast_shapes(tuple(a), tuple(b))], 'bool')
    builder.operator(operator, [x, y], [out], version, options_of(operator))
  return f'{kind}_{name}', builder, data or [values(kind, name + 'a', a), values(kind, name + 'b', b)]


def comparison_cases():
  rows = [comparison(name, 'f32', name) for name in SHAPES]
  rows += [comparison(name, 'i8', name) for name in ('same', 'scalar', 'both_ways')]
  rows += [comparison(scales, kind, scales=scales) for scales in ('alike', 'apart', 'fine') for kind in ('i8', 'u8')]
  rows += [comparison(name, kind, name) for kind in ('u8', 'i32', 'i64', 'i16', 'bool', 'string')
           for name in ('same', 'both_ways')]
  rows += [comparison('empty', 'string', 'empty'), comparison('alike', 'i16', scales='alike'),
           # LiteRT leaves the output of an int16 NOT_EQUAL without quantization as it was.
           comparison('plain', 'i16', quantized=False, operators=ORDERS + ('EQUAL',))]
  nan, inf = np.float32('nan'), np.float32('inf')
  rows.append(comparison('special', 'f32', data=[
      np.array([nan, nan, 1, inf, -inf, 0.0, inf], np.float32), np.array([nan, 1, nan, inf, inf, -0.0, 3], np.float32)]))
  return rows


def cases():
  return {'comparisons': comparison_cases()}
