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
  rows += [comparison(name, kind, name) for kind in ('u8', 'i32', 'i64', 'i16', 'f16', 'bool', 'string')
           for name in ('same', 'both_ways')]
  rows += [comparison('empty', 'string', 'empty'), comparison('alike', 'i16', scales='alike'),
           # LiteRT leaves the output of an int16 NOT_EQUAL without quantization as it was.
           comparison('plain', 'i16', quantized=False, operators=ORDERS + ('EQUAL',))]
  nan, inf = np.float32('nan'), np.float32('inf')
  rows.append(comparison('special', 'f32', data=[
      np.array([nan, nan, 1, inf, -inf, 0.0, inf], np.float32), np.array([nan, 1, nan, inf, inf, -0.0, 3], np.float32)]))
  return rows


def logical_cases():
  rows = []
  for name in SHAPES:
    a, b = SHAPES[name]
    builder = ModelBuilder()
    x, y = builder.input(a, 'bool'), builder.input(b, 'bool')
    for operator in ('LOGICAL_AND', 'LOGICAL_OR'):
      out = builder.output([int(n) for n in np.broadcast_shapes(tuple(a), tuple(b))], 'bool')
      builder.operator(operator, [x, y], [out], 1, options_of(operator))
    builder.operator('LOGICAL_NOT', [x], [builder.output(a, 'bool')], 1, 'LogicalNotOptions')
    rows.append((name, builder, None))
  return rows


def select(name, operator, kind, condition, x, y, version=1):
  builder, dtype = ModelBuilder(), KINDS[kind]
  q = Quantization(0.1, 3) if kind == 'i8' else Quantization(0.1) if kind == 'i16' else None
  inputs = [builder.input(condition, 'bool'), builder.input(x, dtype, q), builder.input(y, dtype, q)]
  out = [int(n) for n in np.broadcast_shapes(tuple(condition), tuple(x), tuple(y))] if operator == 'SELECT_V2' else x
  builder.operator(operator, inputs, [builder.output(out, dtype, q)], version,
                   'SelectOptions' if operator == 'SELECT' else 'SelectV2Options')
  data = [random(name + str(i)).integers(0, 2 if i == 0 else 100, shape) for i, shape in enumerate((condition, x, y))]
  return f'{kind}_{operator.lower()}_{name}', builder, data


def select_cases():
  rows = [select('same', operator, kind, [2, 3], [2, 3], [2, 3])
          for operator, kinds in [('SELECT', ('f32', 'i64', 'i8')), ('SELECT_V2', ('i8', 'u8', 'i16', 'i32', 'bool', 'f16'))] for kind in kinds]
  rows += [select('scalar_condition', 'SELECT', 'f32', [], [2, 3], [2, 3]), select('rows', 'SELECT', 'i32', [3], [3, 2, 2], [3, 2, 2]),
           select('vector', 'SELECT', 'i16', [4], [4], [4]), select('one_element', 'SELECT', 'f32', [1], [], [1]),
           select('u32', 'SELECT_V2', 'u32', [3], [3], [3], 2)]
  for name, *shapes in [('scalar_condition', [], [2, 3], [2, 3]), ('scalars', [2, 3], [], []), ('masks', [1, 4, 1], [2, 1, 3], [1]),
                        ('last_dim', [3], [2, 3], [2, 1]), ('first_dim', [2, 1], [2, 3], []), ('rank_5', [2, 1, 3, 1, 2], [1, 2, 3, 2, 1], [2]),
                        ('rank_6', [2, 1, 1, 1, 1, 2], [1, 2, 3, 1, 2, 1], [1, 1, 1, 2, 1, 2]), ('empty', [0, 3], [1, 3], [3]),
                        ('one_element', [1, 1], [1], [])]:
    rows.append(select(name, 'SELECT_V2', 'f32', *shapes))
  return rows


CAST_TYPES = {'float32': 1, 'float64': 5, 'float16': 5, 'int8': 3, 'uint8': 1, 'int16': 1, 'uint16': 4, 'int32': 1, 'uint32': 2,
              'int64': 1, 'bool': 1, 'complex64': 1}


def cast_cases():
  """From every type to all of them, in one model; numbers that do not fit everywhere among them."""
  rows = []
  for source in CAST_TYPES:
    kind = np.dtype(source).kind
    data = {'f': [0, -0.0, 0.5, 1.9, -1.9, 127.5, 128, -129, 255, 256, 32768, -40000, 65504, 1e6],
            'i': [0, 1, -1, 127, -128, 5, -7, 100], 'u': [0, 1, 127, 128, 200, 255], 'b': [0, 1, 1],
            'c': [0, 1.5 + 2j, -3.5 - 1j, 200, 3j]}[kind]
    data = list(data)
    if kind in 'fiu':
      bits = np.dtype(source).itemsize * 8
      data += {'f': [1e10, -1e10, np.inf, -np.inf, np.nan] if bits > 16 else [np.inf, np.nan],
               'i': [2**(bits - 1) - 1, -2**(bits - 1), 2**(bits - 2) + 1, 300 % 2**(bits - 1)],
               'u': [2**bits - 1, 2**(bits - 1)]}[kind]
    with np.errstate(over='ignore'):
      data = np.array(data).astype(source)
    builder = ModelBuilder(allow_non_finite=True, allow_uniform=True)
    x = builder.input(list(data.shape), source)
    for target, version in CAST_TYPES.items():
      builder.operator('CAST', [x], [builder.output(list(data.shape), target)], max(version, CAST_TYPES[source]), 'CastOptions')
    rows.append((f'from_{source}', builder, [data]))
  builder = ModelBuilder()  # longer than a block of the conversion, and an odd number of halves of bytes
  x = builder.input([2, 301], 'float32')
  builder.operator('CAST', [x], [builder.output([2, 301], 'int16')], 1, 'CastOptions')
  rows.append(('long', builder, [np.linspace(-40000, 40000, 602).reshape(2, 301)]))
  builder = ModelBuilder()
  x = builder.tensor([3, 5], 'int4', data=np.arange(-8, 7).reshape(3, 5))
  builder.operator('CAST', [x], [builder.output([3, 5], 'float32')], 6, 'CastOptions')
  rows.append(('from_int4', builder, []))
  return rows


def cases():
  return {'comparisons': comparison_cases(), 'logical': logical_cases(), 'select': select_cases(), 'cast': cast_cases()}
