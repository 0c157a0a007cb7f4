"""Places, orders and groups of values: ARG_MAX, CUMSUM, TOPK_V2, UNIQUE, WHERE, BUCKETIZE and the segment operators."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from model_builder import ModelBuilder, Quantization

TENSOR_TYPES = {'int32': schema.TensorType.INT32, 'int64': schema.TensorType.INT64}


def quantization(dtype):
  return Quantization(0.05, 3) if dtype in ('int8', 'uint8') else None


def few(shape, dtype, values=4, seed=11):
  """Numbers of which many are equal."""
  x = np.random.default_rng(seed).integers(0, values, shape)
  return (x - values // 2 if dtype not in ('uint8', 'uint32', 'bool') else x).astype(dtype)


def arg(operator, name, dtype, shape, axis, out='int32', runtime=False, axis_type='int32', x=None, **more):
  builder = ModelBuilder(**more)
  result = [n for i, n in enumerate(shape) if i != axis % len(shape)]
  i = builder.input(shape, dtype, quantization(dtype))
  axis = np.asarray(axis, axis_type)
  a = builder.input(axis.shape, axis_type) if runtime else builder.constant(axis, axis_type)
  version = {'bool': 3, 'int8': 2}.get(dtype, 1)
  builder.operator(operator, [i, a], [builder.output(result, out)], version, 'ArgMaxOptions' if operator == 'ARG_MAX' else 'ArgMinOptions',
                   outputType=TENSOR_TYPES[out])
  return f'{dtype}_{name}', builder, [x, axis] if runtime else [x]


def arg_cases(operator):
  rows = [arg(operator, name, dtype, shape, axis) for dtype in ('float32', 'int8', 'uint8', 'int32')
          for name, shape, axis in (('last', [3, 10], -1), ('first', [4, 5], 0), ('middle', [2, 5, 3], 1))]
  rows += [arg(operator, f'ties_{axis}', dtype, [4, 6], axis, x=few([4, 6], dtype)) for dtype in ('float32', 'int8', 'int32') for axis in (0, 1)]
  rows += [arg(operator, 'bool', 'bool', [3, 5], 1), arg(operator, 'int64', 'float32', [3, 5], 0, out='int64'),
           arg(operator, 'axis64', 'int8', [3, 5], 1, axis_type='int64'), arg(operator, 'runtime', 'float32', [2, 3, 4], -2, runtime=True),
           arg(operator, 'one', 'float32', [7], 0), arg(operator, 'no_rows', 'float32', [0, 3], 1)]
  rows.append(arg(operator, 'nan', 'float32', [3, 4], 1, allow_non_finite=True,
                  x=[[np.nan, 1, 2, np.nan], [1, np.nan, 3, 0], [np.nan] * 4]))
  return rows


def cumsum(name, dtype, shape, axis, exclusive=False, reverse=False, runtime=False, x=None):
  builder = ModelBuilder()
  i, axis = builder.input(shape, dtype), np.asarray(axis, np.int32)
  a = builder.input([], 'int32') if runtime else builder.constant(axis)
  builder.operator('CUMSUM', [i, a], [builder.output(shape, dtype)], 1, 'CumsumOptions', exclusive=exclusive, reverse=reverse)
  return f'{dtype}_{name}', builder, [x, axis] if runtime else [x]


def cumsum_cases():
  rows = [cumsum(f'axis{axis}_{exclusive:d}{reverse:d}', 'float32', [2, 4, 3], axis, exclusive, reverse)
          for axis in (0, 1, -1) for exclusive in (False, True) for reverse in (False, True)]
  rows += [cumsum('last', dtype, [3, 5], 1, reverse=reverse) for dtype, reverse in (('int32', False), ('int64', True))]
  rows += [cumsum('wraps', 'int32', [3], 0, x=[2**31 - 1, 2**31 - 1, 7]), cumsum('runtime', 'float32', [3, 4], -2, runtime=True),
           cumsum('empty', 'float32', [3, 0], 1)]
  return rows


def topk(name, dtype, shape, k, k_type='int32', index='int32', runtime=False, x=None, **more):
  builder = ModelBuilder(**more)
  q = quantization(dtype)
  i = builder.input(shape, dtype, q)
  size = builder.input([], k_type) if runtime else builder.constant(k, k_type)
  out = shape[:-1] + [max(k, 0)]
  version = 3 if 'int16' in (dtype, k_type, index) else 2 if dtype == 'int8' else 1
  builder.operator('TOPK_V2', [i, size], [builder.output(out, dtype, q), builder.output(out, index)], version, 'TopKV2Options')
  return f'{dtype}_{name}', builder, [x, k] if runtime else [x]


def topk_cases():
  rows = [topk('rows', dtype, [3, 8], 3) for dtype in ('float32', 'int8', 'uint8', 'int16', 'int32', 'int64')]
  rows += [topk('ties', dtype, [2, 3, 9], 5, x=few([2, 3, 9], dtype)) for dtype in ('float32', 'int8', 'int32')]
  rows += [topk('all', 'float32', [7], 7), topk('none', 'float32', [2, 3], 0), topk('negative', 'float32', [2, 3], -2),
           topk('one', 'float32', [4, 5], 1), topk('runtime', 'float32', [2, 6], 4, runtime=True),
           topk('index16', 'float32', [2, 6], 2, index='int16'), topk('k16', 'int32', [2, 6], 2, k_type='int16'),
           topk('k16_runtime', 'int16', [2, 6], 3, k_type='int16', index='int16', runtime=True),
           topk('nan', 'float32', [6], 5, x=[1, np.nan, 3, np.nan, -np.inf, 3], allow_non_finite=True)]
  return rows


def unique(name, dtype, x, index='int32'):
  builder = ModelBuilder(allow_uniform=True)
  x = np.asarray(x, dtype)
  i = builder.input(x.shape, dtype)
  builder.operator('UNIQUE', [i], [builder.output([len(np.unique(x))], dtype), builder.output(x.shape, index)], 1, 'UniqueOptions',
                   idxOutType=TENSOR_TYPES[index])
  return f'{dtype}_{name}', builder, [x]


def unique_cases():
  rows = [unique('few', dtype, few([20], dtype, 6)) for dtype in ('float32', 'int8', 'uint8', 'int16', 'int32', 'int64')]
  rows += [unique('index64', 'int32', few([15], 'int32', 9), 'int64'), unique('same', 'float32', [2.5] * 5),
           unique('different', 'int64', np.arange(9, 0, -1)), unique('zeros', 'float32', [0.0, -0.0, 1, -0.0])]
  return rows


def where(dtype, name, x):
  builder = ModelBuilder()
  x = np.asarray(x, dtype)
  i = builder.input(x.shape, dtype)
  builder.operator('WHERE', [i], [builder.output([int(np.count_nonzero(x)), x.ndim], 'int64')], 1, 'WhereOptions')
  return f'{dtype}_{name}', builder, [x]


def where_cases():
  rows = [where(dtype, 'rank2', few([4, 5], dtype, 2 if dtype == 'bool' else 3))
          for dtype in ('bool', 'float32', 'int8', 'uint8', 'int32', 'uint32', 'int64')]
  rows += [where('bool', f'rank{len(shape)}', few(shape, 'bool', 2)) for shape in ([7], [2, 3, 2], [2, 2, 2, 3], [2, 1, 2, 2, 3])]
  rows += [where('bool', 'all', np.ones([2, 2])),
           where('float32', 'signs', [0.0, -0.0, -1, 1e-40])]
  return rows


def bucketize(name, dtype, x, boundaries):
  builder = ModelBuilder(allow_non_finite=True, allow_uniform=True)
  x = np.asarray(x, dtype)
  i = builder.input(x.shape, dtype)
  builder.operator('BUCKETIZE', [i], [builder.output(x.shape, 'int32')], 1, 'BucketizeOptions', boundaries=boundaries)
  return f'{dtype}_{name}', builder, [x]


def bucketize_cases():
  x = [[-5, 10000, 1], [150, 10, 5], [0, 100, 99]]
  rows = [bucketize('several', dtype, x, [0.0, 10.0, 100.0]) for dtype in ('float32', 'float64', 'int32', 'int64')]
  rows += [bucketize('equal', 'float32', [-1, -0.0, 0, 1.5, 2, np.inf, -np.inf], [-1.0, 0.0, 0.0, 2.0]),
           bucketize('one', 'int32', [1, 2, 3], [2.0]), bucketize('scalar', 'float32', 3.0, [1.0, 2.0])]
  return rows


def segment_sum(name, dtype, shape, ids, x=None):
  builder = ModelBuilder()
  i, s = builder.input(shape, dtype), builder.input([len(ids)], 'int32')
  out = [max(ids, default=-1) + 1] + shape[1:]
  builder.operator('SEGMENT_SUM', [i, s], [builder.output(out, dtype)], 1, 'SegmentSumOptions')
  return f'{dtype}_{name}', builder, [x, ids]


def segment_cases():
  return [segment_sum('rows', dtype, [5, 3], [0, 0, 1, 2, 2]) for dtype in ('float32', 'int32')] + [
      segment_sum('rank1', 'float32', [6], [0, 1, 1, 1, 2, 3]), segment_sum('rank3', 'int32', [3, 2, 2], [0, 1, 1]),
      segment_sum('one', 'float32', [3, 2], [0, 0, 0]), segment_sum('wraps', 'int32', [2], [0, 0], [2**31 - 1, 3])]


def unsorted_segment(operator, name, dtype, shape, ids, segments, runtime=False):
  builder = ModelBuilder(allow_non_finite=True)
  ids = np.asarray(ids, np.int32)
  out = [segments] + shape[ids.ndim:]
  i, s = builder.input(shape, dtype), builder.input(ids.shape, 'int32')
  n = builder.input([], 'int32') if runtime else builder.constant(segments)
  options = ''.join(part.title() for part in operator.split('_')) + 'Options'
  builder.operator(operator, [i, s, n], [builder.output(out, dtype)], 1, options)
  return f'{dtype}_{name}', builder, [None, ids] + [segments] * runtime


def unsorted_cases(operator):
  return [unsorted_segment(operator, 'rows', dtype, [5, 3], [2, 0, 2, -1, 0], 4) for dtype in ('float32', 'int32')] + [
      unsorted_segment(operator, 'rank1', 'float32', [4], [1, 1, 0, 1], 2, runtime=True),
      unsorted_segment(operator, 'ids_rank2', 'int32', [2, 3, 2], [[0, 1, 0], [3, 1, 1]], 5),
      unsorted_segment(operator, 'ids_of_data', 'float32', [2, 3], [[0, 1, 0], [3, 1, 1]], 4),
      unsorted_segment(operator, 'no_rows', 'float32', [0, 2], np.zeros(0), 3)]


def cases():
  out = {operator.lower(): arg_cases(operator) for operator in ('ARG_MAX', 'ARG_MIN')}
  out |= {'cumsum': cumsum_cases(), 'topk_v2': topk_cases(), 'unique': unique_cases(), 'where': where_cases(),
          'bucketize': bucketize_cases(), 'segment_sum': segment_cases()}
  return out | {f'unsorted_segment_{kind}': unsorted_cases(f'UNSORTED_SEGMENT_{kind.upper()}') for kind in ('sum', 'prod', 'max', 'min')}
