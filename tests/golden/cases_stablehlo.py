"""StableHLO operators that LiteRT has kernels for, as far as they move elements or call others; DILATE."""

import numpy as np
from flatbuffers import flexbuffers

from cases_arrange import KINDS
from model_builder import ModelBuilder


def gather(name, kind, operand, indices, sizes, offset_dims, collapsed, start_map, vector_dim, out, dtype='int32'):
  builder = ModelBuilder()
  indices = np.asarray(indices, dtype)
  operands = [builder.input(operand, KINDS[kind]), builder.input(indices.shape, dtype)]
  builder.operator('STABLEHLO_GATHER', operands, [builder.output(out, KINDS[kind])], 1, 'StablehloGatherOptions',
                   offsetDims=offset_dims, collapsedSliceDims=collapsed, startIndexMap=start_map, indexVectorDim=vector_dim,
                   sliceSizes=sizes, indicesAreSorted=False)
  return f'{kind}_{name}_{dtype}', builder, [None, indices]


def gather_cases():
  places = [[[0, 0], [1, 0], [2, 1]], [[0, 1], [1, 1], [0, 9]]]
  rows = [gather('spec', kind, [3, 4, 2], places, [1, 2, 2], [2, 3], [0], [1, 0], 2, [2, 3, 2, 2])
          for kind in ('f32', 'i8', 'i16', 'i32', 'i64', 'bool')]
  rows += [gather('spec', 'f32', [3, 4, 2], places, [1, 2, 2], [2, 3], [0], [1, 0], 2, [2, 3, 2, 2], 'int64'),
           gather('rows', 'f32', [4, 3], [[2], [0], [7]], [1, 3], [1], [0], [0], 1, [3, 3]),
           gather('offsets_first', 'f32', [4, 3], [[2], [0]], [1, 3], [0], [0], [0], 1, [3, 2]),
           gather('windows', 'f32', [5, 5], [[1, 2], [-3, 4]], [2, 3], [1, 2], [], [0, 1], 1, [2, 2, 3]),
           gather('vectors_first', 'f32', [4, 5], [[1, 2, 0], [4, 0, 3]], [1, 1], [], [0, 1], [0, 1], 0, [3])]
  return rows


def scatter(name, kind, operand, indices, updates, window_dims, inserted, to_operand, vector_dim, computation=None, dtype='int32'):
  builder = ModelBuilder()
  indices = np.asarray(indices, dtype)
  operands = [builder.input(operand, KINDS[kind]), builder.input(indices.shape, dtype), builder.input(updates, KINDS[kind])]
  builder.operator('STABLEHLO_SCATTER', operands, [builder.output(operand, KINDS[kind])], 1, 'StablehloScatterOptions',
                   indicesAreSorted=False, updateWindowDims=window_dims, insertedWindowDims=inserted,
                   scatterDimsToOperandDims=to_operand, indexVectorDim=vector_dim, uniqueIndices=False, updateComputationSubgraphIndex=1)
  builder.subgraph()
  a, b = builder.input([], KINDS[kind]), builder.input([], KINDS[kind])
  if computation:
    builder.operator('STABLEHLO_' + computation, [a, b], [builder.output([], KINDS[kind])])
  else:
    builder.graph.outputs.append(b)
  return f'{kind}_{name}_{(computation or "replace").lower()}', builder, [None, indices, None]


def scatter_cases():
  rows = []
  for kind in ('f32', 'i8', 'u8', 'i16', 'i32', 'i64', 'bool', 'f64'):
    for computation in (None, 'ADD', 'MULTIPLY', 'MAXIMUM', 'MINIMUM') if kind in ('f32', 'i32', 'i8') else (None, 'ADD'):
      rows.append(scatter('rows', kind, [4, 3], [[2], [0], [2]], [3, 3], [1], [0], [0], 1, computation))
  rows += [scatter('windows', 'f32', [5, 4], [[1, 2], [3, 1], [-1, 0]], [3, 2, 2], [1, 2], [], [0, 1], 1),
           scatter('window_first', 'f32', [4, 3], [[2], [1]], [3, 2], [0], [0], [0], 1),
           scatter('elements', 'f32', [3, 4], [[1, 2], [0, 0], [2, 9]], [3], [], [0, 1], [0, 1], 1, 'ADD'),
           scatter('long', 'f32', [4, 3], [[2], [0]], [2, 3], [1], [0], [0], 1, 'ADD', 'int64')]
  return rows


def pad_cases():
  rows = []
  for name, shape, low, high, interior in [
      ('edges', [2, 3], [1, 2], [0, 1], [0, 0]), ('interior', [2, 3], [0, 0], [0, 0], [1, 2]), ('all', [2, 3], [1, 0], [2, 1], [2, 1]),
      ('cut', [4, 5], [-1, -2], [-1, 1], [0, 0]), ('cut_interior', [4, 5], [-1, -4], [-3, -1], [1, 2]), ('list', [6], [-2], [3], [1]),
      ('3d', [2, 2, 2], [0, 1, 0], [1, 0, 0], [0, 1, 2])]:
    out = [(n - 1) * (i + 1) + 1 + a + b for n, a, b, i in zip(shape, low, high, interior)]
    for kind in ('f32', 'i8', 'i16', 'i64', 'bool') if name == 'all' else ('f32',):
      builder = ModelBuilder()
      operands = [builder.input(shape, KINDS[kind]), builder.input([], KINDS[kind])]
      builder.operator('STABLEHLO_PAD', operands, [builder.output(out, KINDS[kind])], 1, 'StablehloPadOptions', edgePaddingLow=low,
                       edgePaddingHigh=high, interiorPadding=interior)
      rows.append((f'{kind}_{name}', builder, None))
  return rows


def composite_cases():
  rows = []
  for name, shape in (('scaled', [2, 3]), ('list', [4])):
    builder = ModelBuilder()
    a, b = builder.input(shape, 'float32'), builder.input(shape, 'float32')
    builder.operator('STABLEHLO_COMPOSITE', [a, b], [builder.output(shape, 'float32'), builder.output(shape, 'float32')], 1,
                     'StableHLOCompositeOptions', decompositionSubgraphIndex=1)
    options = builder.graph.operators[-1].builtinOptions2
    options.name, options.compositeAttributes = 'test.scaled', list(flexbuffers.Dumps({}))
    builder.subgraph()
    a, b = builder.input(shape, 'float32'), builder.input(shape, 'float32')
    middle, out = builder.output(shape, 'float32'), builder.output(shape, 'float32')
    builder.operator('ADD', [a, b], [middle], 1, 'AddOptions')
    builder.operator('MUL', [middle, builder.constant(0.5, 'float32')], [out], 1, 'MulOptions')
    rows.append((name, builder, None))
  return rows


def case_cases():
  rows = []
  for number in (0, 1, 2, 5, -1):
    builder = ModelBuilder()
    index, x = builder.input([], 'int32'), builder.input([3], 'float32')
    builder.operator('STABLEHLO_CASE', [index, x], [builder.output([3], 'float32')], 1, 'StablehloCaseOptions',
                     branchSubgraphIndices=[1, 2, 3])
    for operator, factor in (('ADD', 10), ('MUL', -3), ('SUB', 2)):
      builder.subgraph()
      x = builder.input([3], 'float32')
      builder.operator(operator, [x, builder.constant(factor, 'float32')], [builder.output([3], 'float32')], 1,
                       operator.capitalize() + 'Options')
    rows.append((f'branch_{number}'.replace('-', 'minus_'), builder, [number, None]))
  return rows


def dilate_cases():
  rows = []
  for name, shape, dilations in [('both', [2, 3], [2, 3]), ('last', [2, 3], [1, 2]), ('first', [3, 2], [3, 1]), ('none', [2, 2], [1, 1]),
                                 ('list', [4], [2]), ('3d', [2, 2, 2], [2, 1, 3])]:
    out = [(n - 1) * d + 1 for n, d in zip(shape, dilations)]
    for kind in ('f32', 'i8', 'u8', 'i16', 'i32', 'i64') if name == 'both' else ('f32',):
      for run_time in (False, True) if name == 'both' and kind == 'f32' else (False,):
        builder = ModelBuilder()
        x = builder.input(shape, KINDS[kind])
        steps = builder.input([len(shape)], 'int32') if run_time else builder.constant(dilations)
        value = builder.input([], KINDS[kind])
        builder.operator('DILATE', [x, steps, value], [builder.output(out, KINDS[kind])], 1, 'DilateOptions')
        rows.append((f'{kind}_{name}' + ('_run_time' if run_time else ''), builder, [None, dilations, None] if run_time else None))
  return rows


def cases():
  return {
      'stablehlo_gather': gather_cases(), 'stablehlo_scatter': scatter_cases(), 'stablehlo_pad': pad_cases(),
      'stablehlo_composite': composite_cases(), 'stablehlo_case': case_cases(), 'dilate': dilate_cases(),
  }
