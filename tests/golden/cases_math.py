"""Functions of one number and arithmetic of two: many operators of the same inputs in one model where they are alike."""

import numpy as np

from cases_conv import random
from cases_elementwise import ALL_INT8, SHAPES, binary, broadcast
from cases_logic import options_of
from model_builder import ModelBuilder, Quantization, schema

TYPES = {'f32': 'float32', 'f64': 'float64', 'f16': 'float16', 'i8': 'int8', 'u8': 'uint8', 'i16': 'int16', 'u16': 'uint16',
         'i32': 'int32', 'u32': 'uint32', 'i64': 'int64', 'u64': 'uint64', 'bool': 'bool', 'c64': 'complex64'}
VALUES = np.concatenate([np.linspace(-4, 4, 61), [0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 3e-5, -3e-5, 9, -9]])
POSITIVE = np.concatenate([np.linspace(0.01, 9, 41), [1e-4, 100, 1e4, 1, 2]])
BIG = np.array([8388607.5, -8388609, 1e9, -1e9, 123456.78, 20.0, -20.0, 80, -80, 0])
# Of operators whose tables are larger in newer schemas than the options' names here.
OPTIONS = {'LOG': None, 'SQRT': None, 'RSQRT': None, 'SIN': None, 'FLOOR': None, 'CEIL': None, 'ROUND': None, 'ELU': None,
           'RELU_N1_TO_1': None, 'RELU_0_TO_1': None, 'REAL': None, 'IMAG': None, 'COMPLEX_ABS': None, 'ATAN2': None, 'SIGN': None, 'TANH': None, 'LOGISTIC': None,
           **dict.fromkeys(['MAXIMUM', 'MINIMUM'], 'MaximumMinimumOptions')}


def add(builder, operator, inputs, shape, dtype, quantization=None, version=1, **fields):
  options = OPTIONS.get(operator, options_of(operator))
  if options is not None and not (hasattr(schema.BuiltinOptions, options) or hasattr(schema.BuiltinOptions2, options)):
    options = None
  builder.operator(operator, inputs, [builder.output(shape, dtype, quantization)], version, options, **fields)


def unary(name, operators, kind, data, in_q=None, out_q=None, version=1, non_finite=False):
  """Every operator of the list on the same data; with fields as (operator, fields)."""
  builder, shape = ModelBuilder(allow_non_finite=non_finite, allow_uniform=True), list(np.shape(data))
  x = builder.input(shape, TYPES[kind], in_q and Quantization(*in_q))
  for operator in operators:
    operator, fields = operator if isinstance(operator, tuple) else (operator, {})
    add(builder, operator, [x], shape, TYPES[kind], out_q and Quantization(*out_q), version, **fields)
  return f'{kind}_{name}', builder, [np.asarray(data)]


GELUS = [('GELU', dict(approximate=False)), ('GELU', dict(approximate=True))]


def unary_cases():
  whole = ['FLOOR', 'CEIL', 'ROUND', 'SIGN', 'ABS', 'NEG', 'RELU_N1_TO_1', 'RELU_0_TO_1']
  smooth = ['SQUARE', 'EXP', 'SIN', 'COS', 'ELU', *GELUS]
  special = [np.nan, np.inf, -np.inf, -0.0, 0, 1e38, -1e38]
  rows = [unary('whole', whole, 'f32', VALUES), unary('whole_big', whole, 'f32', BIG),
          unary('smooth', smooth, 'f32', VALUES),
          unary('positive', ['LOG', 'SQRT', 'RSQRT'], 'f32', POSITIVE),
          unary('special', ['FLOOR', 'CEIL', 'ABS', 'NEG', 'SQUARE', 'SIGN'], 'f32', special, non_finite=True),
          # XNNPACK's own answers to NaN, -0 and the largest numbers are not those of the functions.
          unary('special_smooth', ['EXP', 'ELU'], 'f32', [np.inf, -np.inf, 0, 80], non_finite=True),
          unary('scalar', ['ABS', 'EXP'], 'f32', np.float32(-1.5)),
          unary('empty', ['NEG', 'SIN'], 'f32', np.zeros((2, 0, 3)))]
  integers = [0, 1, -1, 5, -5, 2**31 - 1, -2**31 + 1]
  rows += [unary('integers', ['ABS', 'NEG', 'SIGN'], 'i32', integers), unary('doubles', ['SIGN'], 'f64', [0.0, -2.5, 1e300]),
           unary('integers', ['NEG'], 'i64', [0, 7, -7, 2**63 - 1])]
  return rows


def table_cases():
  """8 and 16 bits, where a function is a table."""
  i16 = np.concatenate([np.linspace(-32768, 32767, 251), [-1, 0, 1, 127, 128, 129]]).astype(np.int16)
  positive8, positive16 = np.arange(-20, 128), np.linspace(0, 32767, 151).astype(np.int16)
  rows = [unary('gelu', GELUS, 'i8', ALL_INT8, (0.05, 4), (0.03, -100), 2),
          unary('gelu_wide', GELUS, 'i8', ALL_INT8, (0.2, -60), (0.1, -120), 2),
          unary('gelu', GELUS, 'u8', ALL_INT8 + 128, (0.05, 132), (0.03, 20), 2),
          unary('elu', ['ELU'], 'i8', ALL_INT8, (0.04, -10), (0.03, -90)),
          unary('elu_saturating', ['ELU'], 'i8', ALL_INT8, (0.04, -10), (0.01, -20)),
          unary('exp', ['EXP'], 'i8', ALL_INT8, (0.02, 30), (0.1, -128), 2),
          unary('exp_saturating', ['EXP'], 'i8', ALL_INT8, (0.05, 3), (0.05, -100), 2),
          unary('log', ['LOG'], 'i8', ALL_INT8, (0.05, -60), (0.04, 20), 2),
          unary('abs', ['ABS'], 'i8', ALL_INT8, (0.05, -30), (0.05, -100), 2),
          unary('abs_rescaled', ['ABS'], 'i8', ALL_INT8, (0.05, 10), (0.03, -128), 2),
          unary('gelu', GELUS, 'i16', i16, (0.0002, 0), (0.0001, 0)),
          unary('sqrt', ['SQRT'], 'i8', positive8, (0.1, -20), (0.03, -100)),
          unary('sqrt', ['SQRT'], 'i16', positive16, (0.001, 0), (0.0003, 0)),
          unary('neg', ['NEG'], 'i8', ALL_INT8[1:], (0.05, 0), (0.05, 0), 1),
          unary('rsqrt', ['RSQRT'], 'i8', positive8, (0.05, -20), (0.03, -128), 2),
          unary('rsqrt_fine', ['RSQRT'], 'i8', positive8, (0.7, -20), (0.004, -100), 2),
          unary('relu_n1_to_1', ['RELU_N1_TO_1'], 'i8', ALL_INT8, (0.02, 5), (0.013, -9)),
          unary('relu_n1_to_1', ['RELU_N1_TO_1'], 'u8', ALL_INT8 + 128, (0.02, 133), (0.013, 119)),
          unary('relu_0_to_1', ['RELU_0_TO_1'], 'i8', ALL_INT8, (0.02, 5), (0.006, -120)),
          unary('exp', ['EXP'], 'i16', i16, (0.0001, 0), (0.001, 0), 2),
          unary('exp_saturating', ['EXP'], 'i16', i16, (0.0002, 0), (0.002, 0), 2),
          unary('log', ['LOG'], 'i16', i16, (0.0003, 0), (0.0002, 0), 2),
          unary('abs', ['ABS'], 'i16', i16, (0.0003, 0), (0.0003, 0), 2),
          unary('abs_rescaled', ['ABS'], 'i16', i16, (0.0003, 0), (0.0001, 0), 2),
          unary('rsqrt', ['RSQRT'], 'i16', positive16, (0.0003, 0), (0.002, 0), 3)]
  return rows


def pair(name, operators, kind, a, b, quantizations=(None,) * 3, version=1, non_finite=False, **fields):
  """Every operator of the list on the same two tensors, broadcast."""
  a, b = np.asarray(a), np.asarray(b)
  builder = ModelBuilder(allow_non_finite=non_finite, allow_uniform=True)
  dtype, quantizations = TYPES[kind], [q and Quantization(*q) for q in quantizations]
  inputs = [builder.input(list(x.shape), dtype, q) for x, q in zip((a, b), quantizations)]
  for operator in operators:
    add(builder, operator, inputs, broadcast(a.shape, b.shape), dtype, quantizations[2], version, **fields)
  return f'{kind}_{name}', builder, [a, b]


def numbers(name, shape, low, high, zeros=False):
  x = random(name).integers(low, high + 1, shape)
  return x if zeros else np.where(x == 0, 3, x)


def division_cases():
  rows = []
  for name in ('same', 'scalar', 'scalar_first', 'last_dim', 'both_ways', 'rank_5'):
    a, b = SHAPES[name]
    rows.append(pair(name, ['DIV', 'FLOOR_DIV', 'FLOOR_MOD'], 'f32', numbers(name, a, -40, 40) / 4, numbers(name + 'b', b, -9, 9) / 2))
  rows += [pair(name, ['DIV', 'FLOOR_DIV', 'FLOOR_MOD'], 'i32', numbers(name, SHAPES[name][0], -99, 99), numbers(name + 'b', SHAPES[name][1], -9, 9))
           for name in ('same', 'last_dim')]
  rows += [pair(name, ['FLOOR_DIV', 'FLOOR_MOD'], kind, numbers(name, SHAPES[name][0], -99, 99), numbers(name + 'b', SHAPES[name][1], -9, 9), version=2)
           for name in ('same', 'scalar') for kind in ('i8', 'i16')]
  rows.append(pair('same', ['FLOOR_MOD'], 'i64', numbers('a', [20], -2**40, 2**40), numbers('b', [20], -9999, 9999)))
  rows.append(pair('relu', ['DIV'], 'f32', numbers('a', [20], -9, 9), numbers('b', [20], -9, 9), fusedActivationFunction=1))
  rows.append(pair('relu6', ['DIV'], 'i32', numbers('a', [20], -99, 99), numbers('b', [20], -9, 9), fusedActivationFunction=3))
  q = {'plain': ((0.05, 3), (0.04, -7), (0.03, 5)), 'wide': ((0.5, -100), (0.01, 100), (0.5, 0)), 'narrow': ((0.01, 10), (0.3, 4), (0.0005, -20))}
  for name, scales in q.items():
    a, b = numbers(name, [2, 60], -128, 127, True), numbers(name + 'b', [2, 60], -128, 127, True)
    b = np.where(b == scales[1][1], scales[1][1] + 1, b)
    rows.append(pair('quantized_' + name, ['DIV'], 'i8', a, b, scales, 2))
    rows.append(pair('quantized_' + name, ['DIV'], 'i16', a * 250, np.where(b == 0, 1, b) * 250, [(s / 250, 0) for s, _ in scales], 2))
    rows.append(pair('quantized_' + name, ['DIV'], 'u8', a + 128, b + 128, [(s, z + 128) for s, z in scales], 2))
  rows.append(pair('quantized_relu6', ['DIV'], 'u8', numbers('a', [2, 60], 0, 255, True), numbers('b', [60], 140, 255, True),
                   [(0.05, 100), (0.04, 128), (0.03, 20)], 2, fusedActivationFunction=3))
  return rows


def power_cases():
  a, b = random('a').uniform(0.1, 3, [3, 4]), random('b').uniform(-2, 2, [3, 4])
  rows = [pair('same', ['POW'], 'f32', a, b), pair('broadcast', ['POW'], 'f32', a, b[:1]),
          pair('square', ['POW'], 'f32', a - 1.5, np.float32(2)), pair('cube', ['POW'], 'f32', a - 1.5, np.float32([3])),
          pair('half', ['POW'], 'f32', a, np.float32(0.5)), pair('inverse', ['POW'], 'f32', a, np.float32(-1)),
          pair('special', ['POW'], 'f32', [0.0, -0.0, -2, -2, 2, 0, np.inf], [0.0, -1, 3, 0.5, 200, 2, -1], non_finite=True),
          pair('same', ['POW'], 'i32', [0, 0, 2, -3, 7, 1, -1, 46340], [0, 5, 30, 3, 11, 1000, 7, 2]),
          pair('scalar', ['POW'], 'i32', [0, 1, -5, 30], np.int32(3)), pair('zero', ['POW'], 'i32', [0, 1, -5, 30], np.int32(0))]
  angle = np.array([0.0, -0.0, 1, -1, 2, -3, 0.5, 1e-7, 1e30])
  rows.append(pair('angles', ['ATAN2'], 'f32', angle[:, None] + 0 * angle, angle + 0 * angle[:, None]))
  rows.append(pair('angles', ['ATAN2'], 'f64', angle, angle[::-1]))
  return rows


def bit_cases():
  rows = []
  for kind in ('i8', 'u8', 'i16', 'u16', 'i32', 'u32'):
    info = np.iinfo(TYPES[kind])
    a = random(kind).integers(info.min, info.max + 1, [3, 8], dtype=TYPES[kind])
    b = random(kind + 'b').integers(info.min, info.max + 1, [8], dtype=TYPES[kind])
    rows.append(pair('xor', ['BITWISE_XOR'], kind, a, b))
    shifts = np.array([0, 1, 2, 7, 8, 15, 31, 100])
    rows.append(pair('shift', ['RIGHT_SHIFT'], kind, a, shifts if info.min == 0 else np.where(shifts == 2, -3, shifts)))
  return rows


def complex_cases():
  z = random('z').normal(size=[2, 3]) + 1j * random('w').normal(size=[2, 3])
  rows = []
  for kind, real in (('c64', 'float32'),):
    builder = ModelBuilder()
    x = builder.input([2, 3], TYPES[kind])
    for operator in ('REAL', 'IMAG', 'COMPLEX_ABS'):
      add(builder, operator, [x], [2, 3], real)
    rows.append((f'{kind}_parts', builder, [z.astype(TYPES[kind])]))
  return rows


def add_n_cases():
  rows = []
  for name, kind, count, shape in [('two', 'f32', 2, [3, 4]), ('five', 'f32', 5, [7]), ('three', 'i32', 3, [2, 3]), ('scalars', 'f32', 3, [])]:
    builder = ModelBuilder()
    inputs = [builder.input(shape, TYPES[kind]) for _ in range(count)]
    add(builder, 'ADD_N', inputs, shape, TYPES[kind])
    rows.append((f'{kind}_{name}', builder, None))
  return rows


def squared_difference_cases():
  rows = []
  for name in ('same', 'length_67', 'scalar', 'scalar_first', 'last_dim', 'both_ways', 'rank_5'):
    a, b = SHAPES[name]
    rows.append(pair(name, ['SQUARED_DIFFERENCE'], 'f32', numbers(name, a, -9, 9) / 4, numbers(name + 'b', b, -9, 9) / 4))
    rows.append(pair(name, ['SQUARED_DIFFERENCE'], 'i8', numbers(name, a, -128, 127, True), numbers(name + 'b', b, -128, 127, True),
                     [(0.02, -3), (0.031, 7), (0.09, -128)], 2))
  rows.append(pair('last_dim', ['SQUARED_DIFFERENCE'], 'i32', numbers('a', [2, 3], -99, 99), numbers('b', [3], -99, 99)))
  for name, q in [('apart', ((0.5, -100), (0.0037, 90), (9.0, -90))), ('saturating', ((0.1, 20), (0.12, -30), (0.011, 0))),
                  ('small', ((1e-6, 5), (3e-6, -5), (1e-9, 1)))]:
    rows.append(pair(name, ['SQUARED_DIFFERENCE'], 'i8', numbers(name, [4, 32], -128, 127, True), numbers(name + 'b', [4, 32], -128, 127, True), q, 2))
  return rows


STABLEHLO = ['STABLEHLO_ADD', 'STABLEHLO_MULTIPLY', 'STABLEHLO_MAXIMUM', 'STABLEHLO_MINIMUM']


def stablehlo_cases():
  rows = []
  for kind in ('f32', 'f64', 'f16', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'bool'):
    low = 0 if kind in ('u8', 'u16', 'u32', 'u64', 'bool') else -99
    high = 1 if kind == 'bool' else 99
    a, b = (numbers(kind + x, [2, 9], low, high, True).astype(TYPES[kind]) for x in 'ab')
    rows.append(pair('all', STABLEHLO + (['STABLEHLO_AND'] if kind[0] in 'iub' else []), kind, a, b))
  for kind in ('i8', 'i16', 'i32'):
    rows.append(pair('shift', ['STABLEHLO_SHIFT_LEFT'], kind, numbers(kind, [8], -99, 99, True), np.arange(8)))
  return rows


def int16_cases():
  """Arithmetic of int16 activations and of types that are rare."""
  rows, steps = [], dict(plain=(0.0003, 0.0005, 0.0007), apart=(0.01, 0.0001, 0.0099), saturating=(0.001, 0.001, 0.0002),
                         powers=(2.0 ** -11, 2.0 ** -13, 2.0 ** -11), powers_alike=(2.0 ** -12,) * 3, powers_else=(2.0 ** -10, 2.0 ** -13, 2.0 ** -12))
  wide = lambda name, shape: np.concatenate([[-32768, 32767, -32768], random(name).integers(-32768, 32768, int(np.prod(shape)) - 3)]).reshape(shape)
  for name, scales in steps.items():
    q = [(scale, 0) for scale in scales]
    for operator in ('ADD', 'SUB'):
      for pot in (True, False):
        if pot and name == 'powers_else':
          continue
        rows.append(pair(f'{operator.lower()}_{name}_{int(pot)}', [operator], 'i16', wide(name, [3, 20]), wide(name + 'b', [3, 20]), q, 3,
                         potScaleInt16=pot))
    rows.append(pair('mul_' + name, ['MUL'], 'i16', wide(name, [3, 20]), wide(name + 'b', [3, 20]), q[:2] + [(scales[0] * scales[1] * 30000, 0)], 2))
  q = [(0.0003, 0), (0.0005, 0), (0.0007, 0)]
  for activation in (1, 2, 3):
    rows += [pair(f'{operator.lower()}_activation_{activation}', [operator], 'i16', wide('a', [40]), wide('b', [40]), q, 2,
                  fusedActivationFunction=activation) for operator in ('ADD', 'SUB', 'MUL')]
  rows += [pair(f'{operator.lower()}_both_ways', [operator], 'i16', wide('a', [3, 1, 5]), wide('b', [1, 4, 1]), q, 2)
           for operator in ('ADD', 'SUB', 'MUL')]
  small = numbers('s', [3, 4], -99, 99)
  rows += [pair('plain', ['ADD', 'MUL', 'MAXIMUM', 'MINIMUM'], 'i16', small, small[:1]),
           pair('plain', ['MUL'], 'u32', np.abs(small), np.abs(small[:1])),
           pair('plain', ['ADD', 'SUB', 'MUL', 'MAXIMUM', 'MINIMUM'], 'i64', small * 2**33, small[:1]),
           pair('relu6', ['ADD', 'SUB', 'MUL'], 'i64', small, small[:1], fusedActivationFunction=3),
           pair('product', ['MUL'], 'c64', small + 2j * small, small[:1] - 1j),
           pair('rank_6', ['ADD', 'MUL'], 'f32', numbers('r', [2, 1, 1, 3, 1, 2], -9, 9) / 4, numbers('q', [1, 2, 1, 1, 3, 1], -9, 9) / 4)]
  builder = ModelBuilder()
  x = builder.input([1, 3, 4, 5], 'int16', Quantization(0.0004))
  slope = builder.tensor([1, 1, 5], 'int8', Quantization(0.01, 3), numbers('slope', [1, 1, 5], -128, 127))
  builder.operator('PRELU', [x, slope], [builder.output([1, 3, 4, 5], 'int16', Quantization(0.0005))], 1)
  return rows + [('i16_prelu', builder, None)]


HALVES = np.concatenate([np.linspace(-4, 4, 61), [0.0, -0.0, 0.5, 1.5, 2.5, -0.5, 1e-5, 60000, -60000]]).astype(np.float16)


def half_arithmetic_cases():
  """float16 where the result is computed in float32 and rounded once."""
  x = HALVES
  return [unary('whole', ['NEG', 'FLOOR', 'CEIL', 'ROUND'], 'f16', x),
          pair('binary', ['ADD', 'MUL', 'MAXIMUM', 'MINIMUM'], 'f16', x[:20], x[20:40]),
          pair('relu6', ['ADD', 'MUL'], 'f16', x[:60].reshape(3, 20), x[20:40], fusedActivationFunction=3)]


def half_math_cases():
  x = HALVES[:61]
  return [unary('smooth', ['TANH', 'LOGISTIC', 'SIN', 'COS'], 'f16', x), unary('gelu', GELUS, 'f16', x),
          pair('angles', ['ATAN2'], 'f16', x, x[::-1])]


def row_cases(operator, i8, u8):
  """Functions of the vectors of the last dimension; `i8` and `u8` are the output's quantization."""
  rows = []
  for name, shape in [('10', [3, 10]), ('67', [2, 67]), ('1', [3, 1]), ('4d', [1, 2, 3, 5]), ('300', [1, 300])]:
    data = {'f32': random(name).uniform(-5, 5, shape), 'i8': numbers(name, shape, -128, 127, True), 'u8': numbers(name, shape, 0, 255, True)}
    options = dict(L2_NORMALIZATION='L2NormOptions', LOG_SOFTMAX='LogSoftmaxOptions')[operator]
    for kind, quantizations in [('f32', [(None, None)]), ('i8', [((0.1, -5), i8), ((0.6, 90), i8), ((0.007, 0), i8)]), ('u8', [((0.1, 123), u8)])]:
      for i, (in_q, out_q) in enumerate(quantizations):
        builder = ModelBuilder(allow_uniform=True)
        x = builder.input(shape, TYPES[kind], in_q and Quantization(*in_q))
        builder.operator(operator, [x], [builder.output(shape, TYPES[kind], out_q and Quantization(*out_q))], 2 if kind == 'i8' else 1, options)
        rows.append((f'{kind}_{name}_{i}', builder, [data[kind]]))
  return rows


def local_response_cases():
  rows = []
  for name, shape, radius, bias, alpha, beta in [('plain', [1, 2, 2, 9], 2, 1.0, 0.5, 0.75), ('radius_0', [1, 1, 2, 5], 0, 1.0, 1.0, 1.0),
                                                 ('wide', [2, 1, 1, 6], 20, 2.0, 0.1, 0.5), ('beta_2', [1, 1, 1, 12], 5, 0.5, 1e-2, 2.0)]:
    builder = ModelBuilder()
    x = builder.input(shape, 'float32')
    builder.operator('LOCAL_RESPONSE_NORMALIZATION', [x], [builder.output(shape, 'float32')], 1, 'LocalResponseNormalizationOptions',
                     radius=radius, bias=bias, alpha=alpha, beta=beta)
    rows.append((f'f32_{name}', builder, None))
  return rows


def dequantize_packed_cases():
  rows = []
  for name, quantization in [('tensor', Quantization(0.3)), ('zero_point', Quantization(0.3, 2)), ('channels', Quantization([0.1, 0.2, 0.3], 0, 0))]:
    builder = ModelBuilder()
    x = builder.tensor([3, 5], 'int4', quantization, np.arange(-8, 7).reshape(3, 5))
    builder.operator('DEQUANTIZE', [x], [builder.output([3, 5], 'float32')], 6)
    rows.append((f'int4_{name}', builder, []))
  for name, kind in [('int8', 'i8'), ('uint8', 'u8'), ('int16', 'i16')]:
    builder = ModelBuilder()
    x = builder.input([2, 3, 4], 'float32')
    q = Quantization([0.01, 0.02, 0.005], [0, 0, 0] if kind == 'i16' else [0, 7, 100], 1)
    builder.operator('QUANTIZE', [x], [builder.output([2, 3, 4], TYPES[kind], q)], 3)
    rows.append((f'quantize_channels_{name}', builder, None))
  for name, source, target, a, b in [('int32_int8', 'i32', 'i8', (0.001, 0), (0.05, 7)), ('int32_int16', 'i32', 'i16', (0.001, 0), (0.0005, 0)),
                                     ('int16_int32', 'i16', 'i32', (0.001, 0), (0.0003, 0)), ('uint8_int16', 'u8', 'i16', (0.02, 130), (0.0001, 0)),
                                     ('int16_int8', 'i16', 'i8', (0.0002, 0), (0.05, 7)), ('int16_int16', 'i16', 'i16', (0.0002, 0), (0.00013, 0))]:
    builder = ModelBuilder()
    x = builder.input([40], TYPES[source], Quantization(*a))
    builder.operator('QUANTIZE', [x], [builder.output([40], TYPES[target], Quantization(*b))], 3)
    rows.append((f'quantize_{name}', builder, [numbers(name, [40], 0 if source == 'u8' else -3000, 255 if source == 'u8' else 3000)]))
  return rows


def cases():
  return {'unary_math': unary_cases(), 'table_math': table_cases(), 'division': division_cases(), 'power': power_cases(),
          'bits': bit_cases(), 'complex': complex_cases(), 'add_n': add_n_cases(),
          'squared_difference': squared_difference_cases(), 'stablehlo_elementwise': stablehlo_cases(), 'int16_arithmetic': int16_cases(),
          'l2_normalization': row_cases('L2_NORMALIZATION', (1 / 128, 0), (1 / 128, 128)),
          'log_softmax': row_cases('LOG_SOFTMAX', (1 / 16, 127), (1 / 16, 255)),
          'local_response_normalization': local_response_cases(), 'packed': dequantize_packed_cases(), 'half_math': half_math_cases(),
          'half_arithmetic': half_arithmetic_cases()}
