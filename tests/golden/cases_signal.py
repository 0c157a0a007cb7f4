"""Transforms and random numbers: RFFT2D, RANDOM_*, MULTINOMIAL, STABLEHLO_RNG_BIT_GENERATOR."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from model_builder import ModelBuilder


def rfft2d(name, shape, lengths, runtime=False):
  builder = ModelBuilder()
  x = builder.input(shape, 'float32')
  lengths = np.asarray(lengths, np.int32)
  n = builder.input([2], 'int32') if runtime else builder.constant(lengths)
  out = shape[:-2] + [int(lengths[0]), int(lengths[1]) // 2 + 1]
  builder.operator('RFFT2D', [x, n], [builder.output(out, 'complex64')], 1, 'Rfft2dOptions')
  return name, builder, [None, lengths] if runtime else None


def rfft2d_cases():
  return [rfft2d(name, *more) for name, *more in (
      ('4x4', [4, 4], [4, 4]), ('8x16', [8, 16], [8, 16]), ('16x8_batch', [2, 16, 8], [16, 8]), ('row', [1, 64], [1, 64]),
      ('2x2', [3, 2, 2], [2, 2]), ('column', [8, 2], [8, 2]), ('filled', [3, 5], [4, 8]), ('cut', [6, 9], [4, 8]),
      ('rank4', [2, 1, 2, 8], [2, 8]), ('runtime', [4, 7], [4, 8], True), ('wide', [1, 512], [1, 512]))]


def random(operator, name, shape, seed, seed2, runs=1, runtime=False):
  builder = ModelBuilder(runs=runs)
  s = builder.input([len(shape)], 'int32') if runtime else builder.constant(shape)
  builder.operator(operator, [s], [builder.output(shape, 'float32')], 1, 'RandomOptions', seed=seed, seed2=seed2)
  return name, builder, [shape] if runtime else None


def random_cases(operator):
  # An odd number of normal values is one too many for the room that LiteRT gives them.
  even = operator == 'RANDOM_STANDARD_NORMAL'
  return [random(operator, 'one_seed', [10], 1234, 0), random(operator, 'second_seed', [4, 6], 0, 99),
          random(operator, 'wide_seeds', [2, 3, 4], -5, 2**40 + 17), random(operator, 'third_run', [6 if even else 7], 7, 8, runs=3),
          random(operator, 'runtime', [3, 2], 11, 12, runs=2, runtime=True)]


def multinomial(name, logits, samples, seed, seed2, out='int64', runs=1, runtime=False):
  builder = ModelBuilder(runs=runs, allow_non_finite=True)
  logits = np.asarray(logits, np.float32)
  x = builder.input(logits.shape, 'float32')
  n = builder.input([], 'int32') if runtime else builder.constant(samples)
  builder.operator('MULTINOMIAL', [x, n], [builder.output([len(logits), samples], out)], 1, 'RandomOptions', seed=seed, seed2=seed2)
  return name, builder, [logits, samples] if runtime else [logits]


def multinomial_cases():
  flat = np.zeros([2, 5])
  return [multinomial('flat', flat, 20, 1, 2), multinomial('skewed', [[0, 1, 2, 3], [3, 0, 0, 0], [-50, 2, 90, 89]], 9, 5, 0),
          multinomial('int32', flat, 7, 3, 4, 'int32'), multinomial('third_run', flat, 11, 6, 7, runs=3),
          multinomial('infinite', [[-np.inf, 1, 1], [np.inf, 0, 0], [np.nan, 0, 5]], 8, 1, 9),
          multinomial('runtime', flat, 6, 2, 2, runtime=True)]


def bits(name, algorithm, state, dtype, shape):
  builder = ModelBuilder()
  state = np.asarray(state, np.uint64)
  s = builder.input(state.shape, 'uint64')
  builder.operator('STABLEHLO_RNG_BIT_GENERATOR', [s], [builder.output(state.shape, 'uint64'), builder.output(shape, dtype)], 1,
                   'StablehloRngBitGeneratorOptions', algorithm=getattr(schema.RngAlgorithm, algorithm))
  return name, builder, [state]


def bits_cases():
  big = 2**64 - 1
  return [bits('philox', 'PHILOX', [1, 2, 3], 'int32', [3, 5]), bits('philox_short_state', 'PHILOX', [17, 42], 'uint32', [8]),
          bits('philox_64', 'PHILOX', [5, big, 9], 'uint64', [7]), bits('default', 'DEFAULT', [8, 9, 1], 'int64', [2, 3]),
          bits('philox_carry', 'PHILOX', [1, 2**32 - 2, 3], 'uint32', [19]), bits('threefry', 'THREEFRY', [1, 2], 'int32', [3, 5]),
          bits('threefry_64', 'THREEFRY', [3, big], 'uint64', [9]), bits('threefry_carry', 'THREEFRY', [7, 2**32 - 1], 'uint32', [5])]


def cases():
  out = {operator.lower(): random_cases(operator) for operator in ('RANDOM_UNIFORM', 'RANDOM_STANDARD_NORMAL')}
  return out | {'rfft2d': rfft2d_cases(), 'multinomial': multinomial_cases(), 'stablehlo_rng_bit_generator': bits_cases()}
