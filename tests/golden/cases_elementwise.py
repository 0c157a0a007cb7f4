"""Operators that work element by element: arithmetic of two tensors, and functions of one."""

import numpy as np

from cases_conv import ACTIVATIONS, random
from model_builder import ModelBuilder, Quantization

KINDS = {'f32': 'float32', 'i8': 'int8', 'u8': 'uint8', 'i16': 'int16', 'i32': 'int32', 'i64': 'int64'}
# (scale, zero point) of the operands and of the output.
BINARY_SCALES = {
    'plain': ((0.02, -3), (0.031, 7), (0.043, 11)),
    'alike': ((0.02, 0), (0.02, 0), (0.02, 0)),
    'ties': ((0.25, 0), (0.25, 1), (0.5, 0)),
    'apart': ((0.5, -100), (0.0037, 90), (0.6, -90)),
    'apart_swapped': ((0.0037, 90), (0.5, -100), (0.6, -90)),
    'saturating': ((0.1, 20), (0.12, -30), (0.011, 0)),
    'small_steps': ((1e-6, 5), (3e-6, -5), (2e-6, 1)),
    'zero_points_at_ends': ((0.02, -128), (0.03, 127), (0.05, -128)),
}


def shifted(quantization, kind):
  scale, zero = quantization
  if kind == 'i16':
    return Quantization(scale / 256, 0)
  return Quantization(scale, zero + (128 if kind == 'u8' else 0))


def broadcast(a, b):
  return list(np.broadcast_shapes(tuple(a), tuple(b)))


def binary(operator, name, kind, a, b, scales='plain', activation='none', constant=None, version=None):
  dtype, options = KINDS[kind], {
      'ADD': 'AddOptions', 'SUB': 'SubOptions', 'MUL': 'MulOptions',
      'MAXIMUM': 'MaximumMinimumOptions', 'MINIMUM': 'MaximumMinimumOptions'}[operator]
  builder = ModelBuilder()
  quantizations = [None] * 3
  if kind in ('i8', 'u8', 'i16'):
    quantizations = [shifted(q, kind) for q in BINARY_SCALES[scales]]
    if operator == 'MUL':  # the product has the product of the steps
      first, second = quantizations[0].scale[0], quantizations[1].scale[0]
      span = 15000 if kind == 'i16' else 60
      gain = {'saturating': 4, 'ties': 1}.get(scales, 1)
      step = first * second * (19000**2 if kind == 'i16' else 74**2) / span / gain
      step = 2.0 ** np.round(np.log2(step)) if scales == 'ties' else step
      zero = 127 if scales == 'zero_points_at_ends' else quantizations[2].zero_point[0]
      quantizations[2] = Quantization(step, zero)
  rng = random(name)
  tensors = []
  for i, shape in enumerate((a, b)):
    if constant == i:
      if dtype == 'float32':
        data = rng.uniform(0.5, 2, shape)
      else:
        low, high = (-100, 100) if dtype != 'uint8' else (20, 240)
        data = rng.integers(low, high, shape)
      tensors.append(builder.tensor(shape, dtype, quantizations[i], data))
    else:
      tensors.append(builder.input(shape, dtype, quantizations[i]))
  fields = {} if options == 'MaximumMinimumOptions' else dict(fusedActivationFunction=ACTIVATIONS[activation])
  default = {'f32': 1, 'u8': 1, 'i32': 1, 'i64': 1}.get(kind, 2)
  builder.operator(operator, tensors, [builder.output(broadcast(a, b), dtype, quantizations[2])],
                   version or default, options, **fields)
  return f'{kind}_{name}', builder, None


SHAPES = {
    'same': ([1, 3, 4, 5], [1, 3, 4, 5]),
    'length_1': ([1], [1]),
    'length_67': ([67], [67]),
    'scalar': ([2, 3, 4], []),
    'scalar_first': ([], [2, 3, 4]),
    'last_dim': ([1, 2, 3, 8], [8]),
    'per_pixel': ([1, 3, 3, 4], [1, 3, 3, 1]),
    'per_channel_4d': ([1, 3, 3, 4], [1, 1, 1, 4]),
    'both_ways': ([3, 1, 5], [1, 4, 1]),
    'batch': ([2, 3, 2, 3], [1, 3, 2, 3]),
    'rank_5': ([2, 1, 3, 1, 2], [1, 2, 3, 2, 1]),
}


def binary_cases(operator):
  if operator in ('MAXIMUM', 'MINIMUM'):
    rows = [binary(operator, name, kind, *SHAPES[name], scales='alike')
            for kind in ('f32', 'i8') for name in ('same', 'length_67', 'scalar', 'last_dim', 'both_ways')]
    rows += [binary(operator, 'same', kind, *SHAPES['same'], scales='alike') for kind in ('u8', 'i16', 'i32')]
    return rows + [binary(operator, 'constant_scalar', kind, [1, 3, 3, 4], [], scales='alike', constant=1)
                   for kind in ('f32', 'i8')]
  rows = [binary(operator, name, kind, a, b) for name, (a, b) in SHAPES.items() for kind in ('f32', 'i8')]
  rows += [binary(operator, scales, 'i8', [1, 8, 64], [1, 8, 64], scales) for scales in BINARY_SCALES
           if scales != 'plain']
  for kind in ('f32', 'i8'):
    rows += [binary(operator, activation, kind, [2, 40], [2, 40], activation=activation)
             for activation in ('relu', 'relu6', 'relu_n1_to_1')]
    rows += [binary(operator, 'constant_second', kind, [1, 3, 3, 4], [4], constant=1),
             binary(operator, 'constant_scalar', kind, [1, 3, 3, 4], [], constant=1),
             binary(operator, 'constant_first', kind, [1, 3, 3, 4], [1, 3, 3, 4], constant=0)]
  rows += [binary(operator, name, 'u8', *SHAPES[name]) for name in ('same', 'last_dim')]
  rows += [binary(operator, 'relu6', 'u8', [2, 40], [2, 40], activation='relu6')]
  rows += [binary(operator, name, 'i32', *SHAPES[name]) for name in ('same', 'last_dim')]
  return rows + ([binary(operator, 'same', 'i16', *SHAPES['same'])] if operator != 'SUB' else [])


ALL_INT8 = np.arange(-128, 128)


def unary(operator, name, kind, in_q=None, out_q=None, shape=None, version=1, options=None, data=None, **fields):
  """Integers of 8 bits meet every value once where no shape is given."""
  dtype, builder = KINDS[kind], ModelBuilder()
  if data is None and shape is None:
    data = {'i8': ALL_INT8, 'u8': ALL_INT8 + 128, 'i16': np.linspace(-32768, 32767, 511).astype(np.int16),
            'f32': np.concatenate([np.linspace(-10, 10, 65), [0.0, -0.0, 3, -3, 6, 100, -100, 1e-6, -1e-6]])}[kind]
  shape = [1, 1, len(data)] if shape is None else shape
  quantized = kind != 'f32'
  x = builder.input(shape, dtype, Quantization(*in_q) if quantized else None)
  y = builder.output(shape, dtype, Quantization(*out_q) if quantized else None)
  builder.operator(operator, [x], [y], version, options, **fields)
  return f'{kind}_{name}', builder, None if data is None else [data]


def relu_cases(operator):
  rows = [unary(operator, 'values', 'f32'), unary(operator, 'length_1', 'f32', shape=[1]),
          unary(operator, 'length_67', 'f32', shape=[67])]
  for name, in_q, out_q in [('same_step', (0.05, -10), (0.05, -10)), ('rescaled', (0.06, 3), (0.031, -128)),
                            ('wider', (0.02, -50), (0.09, 10)), ('ties', (0.25, 0), (0.5, 0))]:
    rows.append(unary(operator, name, 'i8', in_q, out_q, version=2))
  rows.append(unary(operator, 'rescaled', 'u8', (0.06, 131), (0.031, 0)))
  rows.append(unary(operator, 'rescaled', 'i16', (0.0006, 0), (0.00031, 0), version=3))
  return rows


def table_cases(operator):
  """Functions whose output quantization the format fixes."""
  i8, i16 = {'LOGISTIC': ((1 / 256, -128), (1 / 32768, 0)), 'TANH': ((1 / 128, 0), (1 / 32768, 0))}[operator]
  rows = [unary(operator, 'values', 'f32'), unary(operator, 'length_67', 'f32', shape=[67])]
  for name, in_q in [('plain', (0.05, 4)), ('narrow', (0.008, -20)), ('wide', (0.4, 100)), ('one_step', (2.5, 0)),
                     ('power_of_two', (0.0625, 0))]:
    rows.append(unary(operator, name, 'i8', in_q, i8, version=2))
  rows.append(unary(operator, 'plain', 'u8', (0.05, 132), (i8[0], i8[1] + 128)))
  rows.append(unary(operator, 'power_of_two', 'i16', (2.0 ** -12, 0), i16, version=3))
  rows.append(unary(operator, 'general', 'i16', (0.0003, 0), i16, version=3))
  return rows


def hard_swish_cases():
  rows = [unary('HARD_SWISH', 'values', 'f32'), unary('HARD_SWISH', 'length_67', 'f32', shape=[67])]
  for name, in_q, out_q in [('plain', (0.06, 4), (0.04, -118)), ('same_step', (0.05, 0), (0.05, 0)),
                            ('narrow', (0.01, -20), (0.007, -60)), ('wide', (0.3, 90), (0.2, -120)),
                            ('fine_output', (0.05, 10), (0.01, -100))]:
    rows.append(unary('HARD_SWISH', name, 'i8', in_q, out_q))
  rows.append(unary('HARD_SWISH', 'plain', 'u8', (0.06, 132), (0.04, 10)))
  return rows


def leaky_relu_cases():
  rows = []
  for alpha in (0.1, 0.3, 1.5, -0.2):
    name = f'alpha_{alpha}'.replace('.', '_').replace('-', 'minus_')
    options = dict(options='LeakyReluOptions', alpha=alpha)
    rows += [unary('LEAKY_RELU', name, 'f32', **options),
             unary('LEAKY_RELU', name, 'i8', (0.05, -10), (0.03, 12), version=2, **options)]
  rows += [
      unary('LEAKY_RELU', 'same_step', 'i8', (0.05, 0), (0.05, 0), version=2, options='LeakyReluOptions', alpha=0.25),
      unary('LEAKY_RELU', 'plain', 'u8', (0.05, 118), (0.03, 140), options='LeakyReluOptions', alpha=0.1),
      unary('LEAKY_RELU', 'plain', 'i16', (0.0005, 0), (0.0003, 0), version=2, options='LeakyReluOptions', alpha=0.1),
  ]
  return rows


def prelu(name, kind, shape, alpha_shape):
  dtype, builder = KINDS[kind], ModelBuilder()
  quantized = kind != 'f32'
  shift = 128 if kind == 'u8' else 0
  x = builder.input(shape, dtype, Quantization(0.04, shift - 5) if quantized else None)
  data = random(name).integers(shift - 127, shift + 127, alpha_shape) if quantized else random(name).uniform(-0.5, 1.2, alpha_shape)
  alpha = builder.tensor(alpha_shape, dtype, Quantization(0.006, shift + 20) if quantized else None, data)
  y = builder.output(shape, dtype, Quantization(0.035, shift + 9) if quantized else None)
  builder.operator('PRELU', [x, alpha], [y], 1)
  return f'{kind}_{name}', builder, None


def prelu_cases():
  return [prelu(name, kind, shape, alpha) for kind in ('f32', 'i8') for name, shape, alpha in [
      ('channels', [1, 4, 5, 6], [1, 1, 6]), ('channels_17', [1, 3, 3, 17], [1, 1, 17]),
      ('one', [1, 4, 5, 3], [1, 1, 1]), ('each', [1, 3, 4, 2], [3, 4, 2]), ('batch2', [2, 3, 3, 4], [1, 1, 4])]
  ] + [prelu('channels', 'u8', [1, 4, 5, 6], [1, 1, 6])]


def softmax(name, kind, shape, beta=1.0, in_scale=0.1, in_zero=-5):
  dtype, builder = KINDS[kind], ModelBuilder()
  in_q, out_q = {'f32': (None, None), 'i8': (Quantization(in_scale, in_zero), Quantization(1 / 256, -128)),
                 'u8': (Quantization(in_scale, in_zero + 128), Quantization(1 / 256, 0)),
                 'i16': (Quantization(in_scale / 256, 0), Quantization(1 / 32768, 0))}[kind]
  x, y = builder.input(shape, dtype, in_q), builder.output(shape, dtype, out_q)
  builder.operator('SOFTMAX', [x], [y], {'f32': 1, 'u8': 1, 'i8': 2, 'i16': 3}[kind], 'SoftmaxOptions', beta=beta)
  return f'{kind}_{name}', builder, None


def softmax_cases():
  both = [('2', dict(shape=[1, 2])), ('10', dict(shape=[3, 10])), ('67', dict(shape=[2, 67])),
          ('1', dict(shape=[3, 1])), ('300', dict(shape=[1, 300])), ('4d', dict(shape=[1, 2, 3, 5])),
          ('beta_half', dict(shape=[2, 12], beta=0.5)), ('beta_3', dict(shape=[2, 12], beta=3.0))]
  rows = [softmax(name, kind, **more) for kind in ('f32', 'i8') for name, more in both]
  rows += [softmax('fine', 'i8', [4, 40], in_scale=0.007), softmax('coarse', 'i8', [4, 40], in_scale=0.6, in_zero=90),
           softmax('very_coarse', 'i8', [4, 10], in_scale=4.0), softmax('ten_1000', 'i8', [1, 1000], in_scale=0.05)]
  rows += [softmax('10', 'u8', [3, 10]), softmax('beta_half', 'u8', [2, 12], beta=0.5)]
  rows += [softmax('10', 'i16', [3, 10]), softmax('67', 'i16', [2, 67])]
  return rows



def cases():
  out = {operator.lower(): binary_cases(operator)
         for operator in ('ADD', 'SUB', 'MUL', 'MAXIMUM', 'MINIMUM')}
  out |= {operator.lower(): relu_cases(operator) for operator in ('RELU', 'RELU6')}
  out |= {operator.lower(): table_cases(operator) for operator in ('LOGISTIC', 'TANH')}
  out['softmax'] = softmax_cases()
  out['hard_swish'] = hard_swish_cases()
  out['leaky_relu'] = leaky_relu_cases()
  out['prelu'] = prelu_cases()
  return out
