"""L2_POOL_2D, REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from cases_reduce import pool
from model_builder import ModelBuilder


def l2_cases():
  return [pool('L2_POOL_2D', name, 'f32', **more) for name, more in (
      ('2x2', dict(shape=[1, 4, 6, 5])), ('3x3_stride2_same', dict(shape=[1, 5, 6, 4], size=3, padding='same')),
      ('global', dict(shape=[2, 3, 3, 7], size=3, stride=1)), ('relu6', dict(shape=[1, 4, 4, 4], activation='relu6')),
      ('relu_n1_to_1', dict(shape=[1, 4, 4, 2], activation='relu_n1_to_1')))]


def window_shape(shape, window, stride, dilation):
  return [max((n - (w - 1) * d - 1) // s + 1, 0) for n, w, s, d in zip(shape, window, stride, dilation)]


def reduce_window(name, function, dtype, shape, window, stride=None, dilation=None, init=0):
  builder = ModelBuilder(allow_non_finite=True)
  ones = [1] * len(shape)
  stride, dilation = stride or ones, dilation or ones
  x, i = builder.input(shape, dtype), builder.constant(np.asarray(init, dtype), dtype)
  lists = [builder.constant(np.asarray(values, np.int64), 'int64') for values in (window, stride, dilation)]
  y = builder.output(window_shape(shape, window, stride, dilation), dtype)
  builder.operator('REDUCE_WINDOW', [x, i] + lists, [y], 1, 'ReduceWindowOptions',
                   reduceFunction=getattr(schema.ReduceWindowFunction, function))
  return f'{dtype}_{name}', builder, None


def reduce_window_cases():
  rows = [reduce_window(f'{function.lower()}', function, 'float32', [5, 6], [2, 3], [2, 1], init=init)
          for function, init in (('ADD', 0), ('MUL', 1), ('MINIMUM', 9), ('MAXIMUM', -9))]
  rows += [reduce_window('max', 'MAXIMUM', dtype, [6, 4], [2, 2], init=1) for dtype in ('int8', 'uint8', 'int16', 'int32', 'int64', 'float64')]
  rows += [reduce_window('all', 'ALL', 'bool', [4, 5], [2, 1], init=1), reduce_window('any', 'ANY', 'bool', [4, 5], [1, 2]),
           reduce_window('any', 'ANY', 'int32', [3, 4], [1, 2]), reduce_window('all', 'ALL', 'float32', [3, 4], [2, 2], init=2),
           reduce_window('wraps', 'ADD', 'int8', [8], [3], init=100), reduce_window('dilated', 'ADD', 'float32', [7, 8], [2, 3], [1, 2], [3, 2], init=0.5),
           reduce_window('rank4', 'MAXIMUM', 'float32', [2, 4, 4, 3], [1, 2, 2, 1], [1, 2, 2, 1], init=-100),
           reduce_window('rank1', 'MUL', 'int32', [9], [2], [3], init=3)]
  return rows


def stablehlo(name, body, dtype, shape, window, stride=None, window_dilation=None, base_dilation=None, padding=None, init=0):
  builder = ModelBuilder(allow_non_finite=True)
  ones = [1] * len(shape)
  stride, window_dilation, base_dilation = stride or ones, window_dilation or ones, base_dilation or ones
  padding = padding or [0, 0] * len(shape)
  whole = [(n - 1) * d + 1 + padding[2 * i] + padding[2 * i + 1] for i, (n, d) in enumerate(zip(shape, base_dilation))]
  x, i = builder.input(shape, dtype), builder.constant(np.asarray(init, dtype), dtype)
  y = builder.output(window_shape(whole, window, stride, window_dilation), dtype)
  builder.operator('STABLEHLO_REDUCE_WINDOW', [x, i], [y], 1, 'StablehloReduceWindowOptions', windowDimensions=window, windowStrides=stride,
                   baseDilations=base_dilation, windowDilations=window_dilation, padding=padding, bodySubgraphIndex=1)
  builder.subgraph()
  a, b, c = builder.input([], dtype), builder.input([], dtype), builder.output([], dtype)
  options = {'ADD': 'AddOptions', 'MUL': 'MulOptions', 'MAXIMUM': 'MaximumMinimumOptions', 'MINIMUM': 'MaximumMinimumOptions'}[body]
  builder.operator(body, [a, b], [c], 1, options)
  return f'{dtype}_{name}', builder, None


def stablehlo_cases():
  return [
      stablehlo('add', 'ADD', 'float32', [4, 5], [2, 2]), stablehlo('mul', 'MUL', 'float32', [4, 5], [2, 3], [1, 2], init=2),
      stablehlo('max', 'MAXIMUM', 'int32', [5, 5], [3, 3], [2, 2], init=-50), stablehlo('min', 'MINIMUM', 'float32', [6], [4], [2], init=1),
      stablehlo('padded', 'ADD', 'float32', [3, 4], [2, 2], padding=[1, 2, 0, 1], init=0.25),
      stablehlo('cropped', 'ADD', 'float32', [6, 5], [2, 2], padding=[-1, 0, 0, -2]),
      stablehlo('mixed', 'MAXIMUM', 'float32', [5, 6], [2, 2], padding=[-1, 2, 1, -2], init=-1),
      stablehlo('base_dilated', 'ADD', 'float32', [3, 4], [3, 2], base_dilation=[2, 3], init=1),
      stablehlo('everything', 'ADD', 'float32', [4, 3, 3], [2, 2, 2], [1, 2, 1], [2, 1, 2], [2, 2, 1], [1, 1, -1, 2, 0, 1], init=-0.5),
  ]


def cases():
  return {'l2_pool_2d': l2_cases(), 'reduce_window': reduce_window_cases(), 'stablehlo_reduce_window': stablehlo_cases()}
