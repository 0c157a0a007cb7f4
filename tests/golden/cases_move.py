"""Operators that move elements, of the types, ranks and options that cases_shape.py leaves out."""

import numpy as np

from cases_arrange import KINDS, arrange, quantization
from model_builder import ModelBuilder

SAME = ('i64', 'bool', 'i16', 'u8', 'i32')


def strided_slice_rows():
  rows = []
  def case(name, kind, shape, begin, end, strides, out, version=1, run_time=False, **masks):
    fields = dict(beginMask=0, endMask=0, ellipsisMask=0, newAxisMask=0, shrinkAxisMask=0, offset=False) | masks
    rows.append(arrange('STRIDED_SLICE', name, kind, shape, [out], [begin, end, strides], 0, version, 'StridedSliceOptions', run_time,
                        **fields))
  for kind in SAME:
    case('rows', kind, [4, 3], [1, 0], [4, 3], [2, 1], [2, 3], {'bool': 3, 'i16': 4}.get(kind, 1))
  case('rows', 'string', [4, 3], [1, 0], [4, 3], [2, 1], [2, 3], 5)
  case('run_time', 'string', [3, 2], [0, 1], [3, 2], [1, 1], [3, 1], 5, True)
  case('run_time', 'f32', [4, 5], [1, -1], [4, 0], [2, -2], [2, 2], 1, True)
  case('run_time_masks', 'f32', [4, 5], [1, 2], [2, 4], [1, 1], [3], 1, True, shrinkAxisMask=1, endMask=2)
  case('empty', 'f32', [3, 4], [2, 0], [1, 4], [1, 1], [0, 4])
  case('5d', 'f32', [2, 2, 3, 2, 2], [0, 1, 0, 0, 1], [2, 2, 3, 2, 2], [1, 1, 2, 1, 1], [2, 1, 2, 2, 1])
  case('offset', 'f32', [6, 5], [1, 2], [3, 2], [1, 1], [3, 2], 8, offset=True)
  case('ellipsis_first', 'f32', [2, 3, 4], [0, 1], [0, 3], [1, 1], [2, 3, 2], ellipsisMask=1)
  case('new_axes', 'f32', [2, 3], [0, 0, 0, 1], [2, 0, 0, 3], [1, 1, 1, 1], [2, 1, 1, 2], newAxisMask=6)
  case('new_axis_ellipsis', 'f32', [2, 3], [0, 0, 0], [0, 0, 2], [1, 1, 1], [1, 2, 2], newAxisMask=1, ellipsisMask=2)
  case('ellipsis_shrink', 'f32', [2, 3, 4], [1, 0, 2], [2, 0, 3], [1, 1, 1], [3], ellipsisMask=2, shrinkAxisMask=5)
  case('fewer', 'f32', [3, 4, 2], [1], [3], [1], [2, 4, 2])
  return rows


def slice_rows():
  rows = [arrange('SLICE', 'inner', kind, [3, 4], [[2, 2]], [[1, 1], [2, 2]], 0, {'u8': 1, 'i32': 1, 'i64': 1, 'bool': 1, 'i16': 4}[kind],
                  'SliceOptions') for kind in SAME]
  rows += [arrange('SLICE', 'inner', 'string', [3, 4], [[2, 2]], [[1, 1], [2, 2]], 0, 3, 'SliceOptions'),
           arrange('SLICE', 'run_time', 'string', [3, 2], [[2, 2]], [[1, 0], [-1, 2]], 0, 3, 'SliceOptions', True),
           arrange('SLICE', 'run_time', 'f32', [3, 4], [[2, 1]], [[0, 3], [2, -1]], 0, 1, 'SliceOptions', True),
           arrange('SLICE', 'int64', 'f32', [3, 4], [[2, 2]], [[1, 1], [2, 2]], 0, 1, 'SliceOptions', True, 'int64'),
           arrange('SLICE', 'empty', 'f32', [3, 4], [[0, 4]], [[1, 0], [0, 4]], 0, 1, 'SliceOptions')]
  return rows


def transpose_rows():
  rows = [arrange('TRANSPOSE', 'swap', kind, [3, 4], [[4, 3]], [[1, 0]], 0, {'bool': 1, 'i16': 4}.get(kind, 1), 'TransposeOptions')
          for kind in SAME]
  rows += [arrange('TRANSPOSE', 'run_time', 'f32', [2, 3, 2], [[2, 2, 3]], [[2, 0, 1]], 0, 1, 'TransposeOptions', True),
           arrange('TRANSPOSE', 'swap', 'f16', [3, 4], [[4, 3]], [[1, 0]], 0, 1, 'TransposeOptions')]
  return rows


def concatenation_rows():
  rows = []
  for kind, version in (('i64', 1), ('bool', 1)):
    builder = ModelBuilder()
    builder.operator('CONCATENATION', [builder.input([2, 3], KINDS[kind]), builder.input([2, 2], KINDS[kind])],
                     [builder.output([2, 5], KINDS[kind])], version, 'ConcatenationOptions', axis=1)
    rows.append((f'{kind}_columns', builder, None))
  builder = ModelBuilder()
  parts = [builder.input([2, 1, 2, 1, 2], 'float32') for _ in range(2)]
  builder.operator('CONCATENATION', parts, [builder.output([2, 1, 4, 1, 2], 'float32')], 1, 'ConcatenationOptions', axis=2)
  rows.append(('f32_5d', builder, None))
  return rows


def pack_rows(operator):
  rows = []
  for kind in ('i64', 'i32', 'u8', 'i16') if operator == 'PACK' else ('i32', 'u8', 'i16', 'bool'):
    builder, q = ModelBuilder(), quantization(kind)
    version = {'i16': 3, 'bool': 3}.get(kind, 1)
    if operator == 'PACK':
      builder.operator('PACK', [builder.input([3, 2], KINDS[kind], q) for _ in range(3)], [builder.output([3, 3, 2], KINDS[kind], q)],
                       version, 'PackOptions', axis=1, valuesCount=3)
    else:
      builder.operator('UNPACK', [builder.input([3, 3, 2], KINDS[kind], q)],
                       [builder.output([3, 2], KINDS[kind], q) for _ in range(3)], version, 'UnpackOptions', axis=1, num=3)
    rows.append((f'{kind}_middle', builder, None))
  return rows


def split_rows():
  rows = [arrange('SPLIT', 'half', kind, [2, 4], [[2, 2], [2, 2]], [1], 1, {'i16': 4, 'i32': 3}.get(kind, 1), 'SplitOptions', numSplits=2)
          for kind in ('i64', 'u8', 'i16', 'i32')]
  rows.append(arrange('SPLIT', 'run_time', 'f32', [2, 4], [[1, 4], [1, 4]], [0], 1, 1, 'SplitOptions', True, numSplits=2))
  return rows


def reshape_rows():
  rows = [arrange('RESHAPE', 'rows', kind, [2, 6], [[3, 4]], [[3, -1]], 0, 1, 'ReshapeOptions') for kind in SAME + ('string',)]
  rows += [arrange('RESHAPE', 'run_time', kind, [2, 6], [[3, 4]], [[3, -1]], 0, 1, 'ReshapeOptions', True) for kind in ('f32', 'string')]
  rows += [arrange('RESHAPE', '8d', 'f32', [2, 6], [[1, 2, 1, 3, 1, 2, 1, 1]], [[1, 2, 1, 3, 1, 2, 1, 1]], 0, 1, 'ReshapeOptions')]
  return rows


def squeeze_rows():
  return [arrange('SQUEEZE', 'some', kind, [1, 3, 1], [[3, 1]], [], 0, 2 if kind == 'string' else 1, 'SqueezeOptions', squeezeDims=[0])
          for kind in SAME + ('string',)]


def expand_dims_rows():
  rows = [arrange('EXPAND_DIMS', 'middle', kind, [2, 3], [[2, 1, 3]], [1], 0, 1, 'ExpandDimsOptions') for kind in SAME]
  rows.append(arrange('EXPAND_DIMS', 'run_time', 'f32', [2, 3], [[2, 3, 1]], [-1], 0, 1, 'ExpandDimsOptions', True))
  return rows


def pad_rows():
  rows = [arrange('PAD', 'around', kind, [2, 3], [[4, 4]], [[[1, 1], [0, 1]]], 0, {'i16': 2}.get(kind, 1), 'PadOptions')
          for kind in SAME]
  rows += [arrange('PAD', 'run_time', 'f32', [2, 3], [[4, 4]], [[[1, 1], [0, 1]]], 0, 1, 'PadOptions', True),
           arrange('PAD', '5d', 'f32', [1, 2, 1, 2, 3], [[1, 3, 2, 2, 4]], [[[0, 0], [1, 0], [0, 1], [0, 0], [1, 0]]], 0, 1, 'PadOptions'),
           arrange('PAD', 'int64', 'f32', [2, 3], [[4, 4]], [[[1, 1], [0, 1]]], 0, 1, 'PadOptions', False, 'int64')]
  return rows


def resize_nearest_rows():
  rows = []
  for kind in ('i32',):
    builder = ModelBuilder()
    builder.operator('RESIZE_NEAREST_NEIGHBOR', [builder.input([1, 2, 3, 2], KINDS[kind]), builder.constant([4, 5])],
                     [builder.output([1, 4, 5, 2], KINDS[kind])], 1, 'ResizeNearestNeighborOptions')
    rows.append((f'{kind}_up', builder, None))
  return rows


def cases():
  return {
      'strided_slice_more': strided_slice_rows(), 'slice_more': slice_rows(), 'transpose_more': transpose_rows(),
      'concatenation_more': concatenation_rows(), 'pack_more': pack_rows('PACK'), 'unpack_more': pack_rows('UNPACK'),
      'split_more': split_rows(), 'reshape_more': reshape_rows(), 'squeeze_more': squeeze_rows(),
      'expand_dims_more': expand_dims_rows(), 'pad_more': pad_rows(), 'resize_nearest_more': resize_nearest_rows(),
  }
