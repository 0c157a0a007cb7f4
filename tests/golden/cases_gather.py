"""Operators that read or write where indices say."""

import numpy as np

from cases_arrange import KINDS, quantization, words
from model_builder import ModelBuilder

INDEX_KINDS = ('int32', 'int64')


def content(kind, shape):
  return words(shape) if kind == 'string' else None


def gather(name, kind, shape, indices, axis=0, batch_dims=0, dtype='int32', run_time=False, version=1):
  builder, q = ModelBuilder(), quantization(kind)
  indices = np.asarray(indices, dtype)
  x = builder.input(shape, KINDS[kind], q)
  given = [content(kind, shape)]
  if run_time:
    operand = builder.input(indices.shape, dtype)
    given.append(indices)
  else:
    operand = builder.constant(indices, dtype)
  a = axis % len(shape)
  out = shape[:a] + list(indices.shape[batch_dims:]) + shape[a + 1:]
  builder.operator('GATHER', [x, operand], [builder.output(out, KINDS[kind], q)], version, 'GatherOptions', axis=axis,
                   batchDims=batch_dims)
  return f'{kind}_{name}_{dtype}', builder, given


def gather_cases():
  rows = []
  for kind, version in (('f32', 1), ('i8', 2), ('u8', 1), ('i16', 4), ('i32', 1), ('i64', 1), ('bool', 3), ('f16', 1)):
    rows.append(gather('first', kind, [4, 3], [2, 0, 2], version=version))
  for dtype, version in (('int32', 1), ('int64', 1), ('int16', 6)):
    for run_time in (False, True):
      rows.append(gather('run_time' if run_time else 'constant', 'f32', [4, 3], [[2, 3], [1, 1]], 0, 0, dtype, run_time, version))
  rows += [gather('last', 'f32', [2, 5], [4, 1], 1), gather('last_negative', 'f32', [2, 5], [4, 1], -1),
           gather('middle', 'f32', [2, 3, 2], [[2, 0], [1, 1]], 1), gather('scalar_index', 'f32', [3, 2], 2),
           gather('from_a_list', 'f32', [5], [[3, 0, 1]]), gather('nothing', 'f32', [3, 2], np.zeros([0]), run_time=True),
           gather('batch_1', 'f32', [2, 3, 2], [[2, 0], [1, 1]], 1, 1, version=5),
           gather('batch_1_axis_2', 'f32', [2, 2, 3], [[2, 0, 1], [1, 1, 0]], 2, 1, version=5),
           gather('batch_2', 'i8', [2, 2, 3], [[[2], [0]], [[1], [1]]], 2, 2, version=5),
           gather('batch_all', 'f32', [2, 3], [1, 2], 1, 1, version=5)]
  for dtype in ('int32', 'int64', 'int16'):
    rows.append(gather('strings', 'string', [5], [3, 0, 4, 1], 0, 0, dtype, True))
  return rows


def gather_nd(name, kind, shape, indices, dtype='int32', run_time=False, version=1):
  builder, q = ModelBuilder(), quantization(kind)
  indices = np.asarray(indices, dtype)
  x = builder.input(shape, KINDS[kind], q)
  given = [content(kind, shape)]
  if run_time:
    operand = builder.input(indices.shape, dtype)
    given.append(indices)
  else:
    operand = builder.constant(indices, dtype)
  out = list(indices.shape[:-1]) + shape[indices.shape[-1]:]
  builder.operator('GATHER_ND', [x, operand], [builder.output(out, KINDS[kind], q)], version, 'GatherNdOptions')
  return f'{kind}_{name}_{dtype}', builder, given


def gather_nd_cases():
  rows = []
  for kind, version in (('f32', 1), ('i8', 1), ('u8', 1), ('i16', 3), ('i32', 1), ('i64', 1), ('bool', 5), ('string', 2)):
    rows.append(gather_nd('elements', kind, [3, 4], [[2, 1], [0, 3], [2, 0]], version=version))
  for dtype, version in (('int32', 1), ('int64', 1), ('int16', 4)):
    rows.append(gather_nd('run_time', 'f32', [3, 4], [[2], [0]], dtype, True, version))
  rows += [gather_nd('rows', 'f32', [3, 2, 2], [[2], [0]]), gather_nd('deep', 'f32', [2, 2, 3], [[[1, 0], [0, 1]], [[0, 0], [1, 1]]]),
           gather_nd('one', 'f32', [2, 2], [1, 0]), gather_nd('whole', 'f32', [2, 3], np.zeros([2, 0])),
           gather_nd('rows', 'string', [3, 2], [[2], [0]], version=2)]
  return rows


def scatter_nd(name, kind, indices, updates, shape, run_time=False):
  builder = ModelBuilder()
  indices = np.asarray(indices, 'int32')
  if run_time:
    operands = [builder.input(indices.shape, 'int32'), builder.input(updates, KINDS[kind]), builder.input([len(shape)], 'int32')]
    given = [indices, None, np.array(shape, 'int32')]
  else:
    operands = [builder.constant(indices), builder.input(updates, KINDS[kind]), builder.constant(shape)]
    given = None
  builder.operator('SCATTER_ND', operands, [builder.output(shape, KINDS[kind])], 1, 'ScatterNdOptions')
  return f'{kind}_{name}', builder, given


def scatter_nd_cases():
  rows = [scatter_nd('rows', kind, [[2], [0]], [2, 3], [4, 3]) for kind in ('f32', 'i8', 'u8', 'i32', 'i64', 'bool')]
  rows += [scatter_nd('twice', kind, [[1], [1], [0]], [3, 2], [3, 2]) for kind in ('f32', 'i8', 'u8', 'i32', 'i64', 'bool')]
  rows += [scatter_nd('elements', 'f32', [[0, 1], [2, 2], [1, 0]], [3], [3, 4]),
           scatter_nd('deep', 'f32', [[[0], [2]], [[1], [0]]], [2, 2, 2], [3, 2]),
           scatter_nd('run_time', 'f32', [[2], [0]], [2, 3], [4, 3], True)]
  return rows


def dynamic_update_slice(name, kind, operand, update, start, dtype='int32', run_time=True, version=1):
  builder, q = ModelBuilder(), quantization(kind)
  operands = [builder.input(operand, KINDS[kind], q), builder.input(update, KINDS[kind], q)]
  given = [None, None]
  start = np.asarray(start, dtype)
  if run_time:
    operands.append(builder.input(start.shape, dtype))
    given.append(start)
  else:
    operands.append(builder.constant(start, dtype))
  builder.operator('DYNAMIC_UPDATE_SLICE', operands, [builder.output(operand, KINDS[kind], q)], version, 'DynamicUpdateSliceOptions')
  return f'{kind}_{name}_{dtype}', builder, given


def dynamic_update_slice_cases():
  rows = [dynamic_update_slice('inside', kind, [3, 4], [2, 2], [1, 1], version=version)
          for kind, version in (('f32', 1), ('i8', 1), ('u8', 1), ('i16', 4), ('i32', 1), ('i64', 1), ('bool', 1), ('f16', 3))]
  rows += [dynamic_update_slice('clamped', 'f32', [3, 4], [2, 2], [9, -5], run_time=run_time) for run_time in (True,)]
  rows += [dynamic_update_slice('constant', 'f32', [3, 4], [1, 3], [2, 1], run_time=False),
           dynamic_update_slice('inside', 'f32', [3, 4], [2, 2], [0, 2], 'int64', version=2),
           dynamic_update_slice('all', 'f32', [2, 3], [2, 3], [1, 1]), dynamic_update_slice('list', 'i8', [7], [3], [2]),
           dynamic_update_slice('4d', 'f32', [1, 4, 2, 3], [1, 1, 2, 3], [0, 2, 0, 0])]
  return rows


def bitcast_cases():
  rows = []
  for name, a, shape, b, out in [('same', 'float32', [2, 3], 'int32', [2, 3]), ('apart', 'int32', [2], 'int8', [2, 4]),
                                 ('apart_16', 'int32', [2, 2], 'int16', [2, 2, 2]), ('together', 'uint8', [3, 4], 'int32', [3]),
                                 ('wide', 'int32', [2, 2], 'int64', [2]), ('unsigned', 'int32', [3], 'uint32', [3])]:
    builder = ModelBuilder(allow_non_finite=True)
    builder.operator('BITCAST', [builder.input(shape, a)], [builder.output(out, b)], 1, 'BitcastOptions')
    rows.append((name, builder, None))
  return rows


def matrix_cases():
  diag, set_diag = [], []
  for kind in ('f32', 'i8', 'u8', 'i16', 'i32', 'i64'):
    for shape in ([3], [2, 2], [2, 1, 3]) if kind == 'f32' else ([3],):
      builder, q = ModelBuilder(), quantization(kind)
      builder.operator('MATRIX_DIAG', [builder.input(shape, KINDS[kind], q)], [builder.output(shape + shape[-1:], KINDS[kind], q)], 1,
                       'MatrixDiagOptions')
      diag.append((f'{kind}_{len(shape)}d', builder, None))
    for shape in ([3, 3], [2, 4], [4, 2], [2, 3, 2], [1, 2, 2, 3]) if kind == 'f32' else ([2, 3],):
      builder, q = ModelBuilder(), quantization(kind)
      operands = [builder.input(s, KINDS[kind], q) for s in (shape, shape[:-2] + [min(shape[-2:])])]
      builder.operator('MATRIX_SET_DIAG', operands, [builder.output(shape, KINDS[kind], q)], 1, 'MatrixSetDiagOptions')
      set_diag.append((f'{kind}_' + 'x'.join(map(str, shape)), builder, None))
  return diag, set_diag


def one_hot(name, kind, indices, depth, axis, dtype='int32', run_time=False):
  builder = ModelBuilder()
  indices = np.asarray(indices, dtype)
  given = [indices]
  operands = [builder.input(indices.shape, dtype)]
  if run_time:
    operands.append(builder.input([], 'int32'))
    given.append(np.array(depth, 'int32'))
  else:
    operands.append(builder.constant(depth))
  on, off = (True, False) if kind == 'bool' else (5, 2)
  operands += [builder.constant(on, KINDS[kind]), builder.constant(off, KINDS[kind])]
  out = list(indices.shape)
  out.insert(len(out) if axis == -1 else axis, depth)
  builder.operator('ONE_HOT', operands, [builder.output(out, KINDS[kind])], 1, 'OneHotOptions', axis=axis)
  return f'{kind}_{name}_{dtype}', builder, given


def one_hot_cases():
  rows = [one_hot('last', kind, [1, 0, 3, -1, 4], 4, -1) for kind in ('f32', 'i32', 'i64', 'i8', 'u8', 'bool')]
  rows += [one_hot('first', 'f32', [[1, 0], [2, 1]], 3, 0), one_hot('middle', 'f32', [[1, 0, 2], [2, 1, 5]], 3, 1),
           one_hot('scalar', 'f32', 2, 3, -1), one_hot('last', 'f32', [1, 0, 3, -1, 4], 4, -1, 'int64'),
           one_hot('run_time', 'f32', [1, 0], 3, -1, run_time=True)]
  return rows


def sparse_to_dense(name, kind, indices, shape, scalar=False, dtype='int32', run_time=False):
  builder, q = ModelBuilder(), quantization(kind)
  indices = np.asarray(indices, dtype)
  count = 1 if indices.ndim == 0 else indices.shape[0]
  operands, given = [builder.input(indices.shape, dtype)], [indices]
  if run_time:
    operands.append(builder.input([len(shape)], dtype))
    given.append(np.array(shape, dtype))
  else:
    operands.append(builder.constant(shape, dtype))
  operands.append(builder.input([] if scalar else [count], KINDS[kind], q))
  given.append(None)
  operands.append(builder.input([], KINDS[kind], q))
  given.append(None)
  builder.operator('SPARSE_TO_DENSE', operands, [builder.output(shape, KINDS[kind], q)], 3 if kind in ('i8', 'u8') else 2 if kind == 'i64' else 1,
                   'SparseToDenseOptions', validateIndices=False)
  return f'{kind}_{name}_{dtype}', builder, given


def sparse_to_dense_cases():
  rows = [sparse_to_dense('matrix', kind, [[0, 1], [2, 3], [1, 0]], [3, 4]) for kind in ('f32', 'i32', 'i64', 'i8', 'u8')]
  rows += [sparse_to_dense('one_index', 'f32', 3, [5], True), sparse_to_dense('list', 'f32', [4, 1], [6]),
           sparse_to_dense('one_value', 'f32', [[0, 1], [1, 1]], [2, 3], True),
           sparse_to_dense('4d', 'f32', [[0, 1, 0, 2], [1, 0, 1, 1]], [2, 2, 2, 3]),
           sparse_to_dense('list', 'f32', [4, 1], [6], False, 'int64'), sparse_to_dense('run_time', 'f32', [4, 1], [6], False, 'int32', True)]
  return rows


def cases():
  diag, set_diag = matrix_cases()
  return {
      'gather': gather_cases(), 'gather_nd': gather_nd_cases(), 'scatter_nd': scatter_nd_cases(),
      'dynamic_update_slice': dynamic_update_slice_cases(), 'bitcast': bitcast_cases(), 'matrix_diag': diag,
      'matrix_set_diag': set_diag, 'one_hot': one_hot_cases(), 'sparse_to_dense': sparse_to_dense_cases(),
  }
