"""Operators that make shapes, fill, repeat, mirror, reverse and rearrange."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from model_builder import ModelBuilder, Quantization

KINDS = {'f32': 'float32', 'i8': 'int8', 'u8': 'uint8', 'i16': 'int16', 'i32': 'int32', 'i64': 'int64', 'bool': 'bool',
         'string': 'string', 'f16': 'float16', 'f64': 'float64'}


def quantization(kind):
  return {'i8': Quantization(0.03, -4), 'u8': Quantization(0.03, 124), 'i16': Quantization(0.0001, 0)}.get(kind)


def words(shape):
  """Strings of several lengths, an empty one among them."""
  count = int(np.prod(shape))
  return np.array([b'' if i == 1 else b'w' + str(i * i).encode() * (i % 3) for i in range(count)], object).reshape(shape)


def arrange(operator, name, kind, shape, outs, lists=(), data=0, version=1, options=None, run_time=False, dtype='int32',
            **fields):
  """Input `data` is the tensor that is moved; `lists` are the operands around it, constants or (`run_time`) inputs."""
  builder, q = ModelBuilder(), quantization(kind)
  operands, given = [], []
  for i in range(len(lists) + 1):
    if i == data:
      operands.append(builder.input(shape, KINDS[kind], q))
      given.append(words(shape) if kind == 'string' else None)
      continue
    values = np.asarray(lists[i - (i > data)], dtype)
    if run_time:
      operands.append(builder.input(values.shape, dtype))
      given.append(values)
    else:
      operands.append(builder.constant(values, dtype))
  outputs = [builder.output(out, KINDS[kind], q) for out in outs]
  builder.operator(operator, operands, outputs, version, options, **fields)
  return f'{kind}_{name}', builder, given


def shape_and_rank():
  rows, ranks = [], []
  for name, shape in [('scalar', []), ('empty', [0, 3]), ('4d', [1, 2, 3, 4]), ('8d', [1, 2, 1, 1, 2, 1, 1, 3])]:
    for out, number in (('int32', 2), ('int64', 4)) if shape else ():
      builder = ModelBuilder(allow_uniform=True)
      builder.operator('SHAPE', [builder.input(shape, 'float32')], [builder.output([len(shape)], out)], 1, 'ShapeOptions',
                       outType=number)
      rows.append((f'{out}_{name}', builder, None))
    for kind in ('i8', 'i16') if name == '4d' else ():
      builder = ModelBuilder(allow_uniform=True)
      builder.operator('SHAPE', [builder.input(shape, KINDS[kind])], [builder.output([len(shape)], 'int32')], 1, 'ShapeOptions',
                       outType=2)
      rows.append((f'{kind}_{name}', builder, None))
    builder = ModelBuilder(allow_uniform=True)
    builder.operator('RANK', [builder.input(shape, 'int8')], [builder.output([], 'int32')], 1, 'RankOptions')
    ranks.append((name, builder, None))
  return rows, ranks


def fill_cases():
  rows = []
  for kind, version in (('f32', 1), ('i32', 1), ('i64', 1), ('i8', 3), ('i16', 3), ('bool', 2), ('string', 2), ('f16', 4)):
    for name, dims, run_time in [('constant', [2, 3], False), ('run_time', [3, 1, 2], True), ('empty', [2, 0], False)]:
      for dtype in ('int32', 'int64') if kind == 'f32' else ('int32',):
        row = arrange('FILL', f'{name}_{dtype}', kind, [], [dims], [dims], 1, version, 'FillOptions', run_time, dtype)
        row[1].allow_uniform = True
        if kind == 'string':  # LiteRT's Python interface cannot set a scalar of this type
          builder = row[1]
          value = builder.graph.inputs.pop(0 if not run_time else 1)
          text = np.array([1, 12, 16], '<i4').tobytes() + b'text'
          buffer = schema.BufferT()
          buffer.data = np.frombuffer(text, np.uint8)
          builder.graph.tensors[value].buffer = len(builder.buffers)
          builder.buffers.append(buffer)
          row[2].pop(1 if run_time else 0)
        rows.append(row)
  return rows


def range_cases():
  rows = []
  for dtype, name, start, limit, delta in [
      ('int32', 'up', 2, 11, 3), ('int32', 'down', 5, -4, -2), ('int64', 'up', -7, 9, 4),
      ('int64', 'large', 2**40, 2**40 + 5, 2), ('float32', 'up', 0, 1, 0.1), ('float32', 'down', 1.5, -1.2, -0.7),
      ('float32', 'even', 0, 3, 0.5)]:
    for run_time in (False, True):
      builder, given = ModelBuilder(), []
      operands = []
      for value in (start, limit, delta):
        if run_time:
          operands.append(builder.input([], dtype))
          given.append(np.array(value, dtype))
        else:
          operands.append(builder.constant(value, dtype))
      builder.operator('RANGE', operands, [builder.output([1], dtype)], 1 if dtype != 'int64' else 2, 'RangeOptions')
      rows.append((f'{dtype}_{name}_{"run_time" if run_time else "constant"}', builder, given))
  return rows


def zeros_like_cases():
  rows = []
  for kind in ('f32', 'i32', 'i64'):
    builder = ModelBuilder()
    builder.operator('ZEROS_LIKE', [builder.input([2, 3], KINDS[kind])], [builder.output([2, 3], KINDS[kind])], 1,
                     'ZerosLikeOptions')
    rows.append((kind, builder, None))
  return rows


def tile_cases():
  rows = []
  for kind, version in (('f32', 1), ('i8', 3), ('u8', 1), ('i16', 1), ('i32', 1), ('i64', 1), ('bool', 1), ('string', 2)):
    shapes = [('both', [2, 3], [2, 3])]
    if kind in ('f32', 'string'):
      shapes += [('last', [2, 1, 3], [1, 1, 2]), ('first', [2, 2, 2], [3, 1, 1]), ('middle', [2, 3, 2], [1, 2, 1]),
                 ('none', [2, 2], [0, 3]), ('same', [3], [1]), ('6d', [1, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2, 1])]
    for name, shape, multiples in shapes:
      out = [a * b for a, b in zip(shape, multiples)]
      rows.append(arrange('TILE', name, kind, shape, [out], [multiples], 0, version, 'TileOptions'))
  rows.append(arrange('TILE', 'run_time', 'f32', [2, 3], [[4, 3]], [[2, 1]], 0, 1, 'TileOptions', True))
  rows.append(arrange('TILE', 'run_time', 'string', [2, 2], [[2, 4]], [[1, 2]], 0, 2, 'TileOptions', True))
  rows.append(arrange('TILE', 'int64', 'f32', [2, 3], [[4, 6]], [[2, 2]], 0, 1, 'TileOptions', False, 'int64'))
  return rows


def broadcast_to_cases():
  rows = []
  for kind, version in (('f32', 2), ('i8', 3), ('u8', 2), ('i16', 3), ('i32', 2), ('i64', 2), ('bool', 2)):
    shapes = [('row', [1, 3], [2, 3])]
    if kind == 'f32':
      shapes += [('scalar', [], [2, 2]), ('column', [2, 1], [2, 4]), ('more', [3, 1], [2, 3, 2]), ('same', [2, 2], [2, 2]),
                 ('mixed', [1, 2, 1, 3, 1], [2, 2, 2, 3, 2]), ('8d', [1, 1, 1, 2, 1, 1, 1, 3], [1, 2, 1, 2, 1, 2, 1, 3])]
    for name, shape, out in shapes:
      rows.append(arrange('BROADCAST_TO', name, kind, shape, [out], [out], 0, version, 'BroadcastToOptions'))
  rows.append(arrange('BROADCAST_TO', 'run_time', 'f32', [3], [[2, 3]], [[2, 3]], 0, 2, 'BroadcastToOptions', True))
  rows.append(arrange('BROADCAST_TO', 'int64', 'f32', [3], [[2, 3]], [[2, 3]], 0, 2, 'BroadcastToOptions', True, 'int64'))
  return rows


def broadcast_args_cases():
  rows = []
  for dtype in ('int32', 'int64'):
    for name, a, b in [('same_rank', [2, 1, 3], [2, 4, 1]), ('shorter', [3], [2, 4, 1]), ('longer', [5, 1, 1], [7]),
                       ('equal', [2, 3], [2, 3]), ('scalar', [2, 3], [])]:
      for run_time in (False, True):
        builder = ModelBuilder(allow_uniform=True)
        out = max(len(a), len(b))
        given = None
        if run_time:
          operands = [builder.input([len(x)], dtype) for x in (a, b)]
          given = [np.array(x, dtype) for x in (a, b)]
        else:
          operands = [builder.constant(np.array(x, dtype), dtype) for x in (a, b)]
        builder.operator('BROADCAST_ARGS', operands, [builder.output([out], dtype)])
        rows.append((f'{dtype}_{name}_{"run_time" if run_time else "constant"}', builder, given))
  return rows


def reverse_v2_cases():
  rows = []
  for kind, version in (('f32', 1), ('i8', 3), ('u8', 1), ('i16', 1), ('i32', 1), ('i64', 1), ('bool', 2), ('f16', 1)):
    shapes = [('last', [2, 3, 4], [2])]
    if kind == 'f32':
      shapes += [('first', [3, 2], [0]), ('middle', [2, 3, 2], [-2]), ('two', [2, 3, 4], [1, 2]), ('two_negative', [2, 3, 4], [-2, -3]),
                 ('all', [2, 3], [1, 0]), ('5d', [2, 1, 3, 2, 2], [2, 3])]
    for name, shape, axes in shapes:
      rows.append(arrange('REVERSE_V2', name, kind, shape, [shape], [axes], 0, version, 'ReverseV2Options'))
  rows.append(arrange('REVERSE_V2', 'run_time', 'f32', [2, 3], [[2, 3]], [[0]], 0, 1, 'ReverseV2Options', True))
  return rows


def reverse_sequence_cases():
  rows = []
  for kind in ('f32', 'u8', 'i16', 'i32', 'i64'):
    shapes = [('rows', [3, 4, 2], [4, 0, 2], 1, 0)]
    if kind == 'f32':
      shapes += [('columns', [4, 3], [1, 4, 3], 0, 1), ('late', [2, 2, 3, 2], [3, 1], 2, 1), ('apart', [2, 3, 4], [1, 2, 2, 0], 0, 2)]
    for name, shape, lengths, sequence, batch in shapes:
      for dtype in ('int32', 'int64') if kind == 'f32' else ('int32',):
        rows.append(arrange('REVERSE_SEQUENCE', f'{name}_{dtype}', kind, shape, [shape], [lengths], 0, 1, 'ReverseSequenceOptions',
                            kind == 'f32', dtype, seqDim=sequence, batchDim=batch))
  return rows


def mirror_pad_cases():
  rows = []
  for mode, number in (('reflect', 0), ('symmetric', 1)):
    for kind, version in (('f32', 1), ('i8', 2), ('u8', 1), ('i16', 3), ('i32', 1), ('i64', 1)):
      shapes = [('spatial', [1, 3, 4, 2], [[0, 0], [1, 2], [2, 1], [0, 0]])]
      if kind == 'f32':
        shapes += [('row', [5], [[4, 3]]), ('one_side', [2, 3], [[0, 1], [2, 0]]), ('everywhere', [2, 3, 2], [[1, 1], [2, 1], [1, 0]]),
                   ('none', [2, 2], [[0, 0], [0, 0]])]
      for name, shape, pads in shapes:
        out = [n + a + b for n, (a, b) in zip(shape, pads)]
        for dtype in ('int32', 'int64') if name == 'row' else ('int32',):
          rows.append(arrange('MIRROR_PAD', f'{mode}_{name}_{dtype}', kind, shape, [out], [pads], 0, version, 'MirrorPadOptions',
                              False, dtype, mode=number))
  rows.append(arrange('MIRROR_PAD', 'run_time', 'f32', [2, 3], [[3, 5]], [[[0, 1], [2, 0]]], 0, 1, 'MirrorPadOptions', True, mode=0))
  return rows


def depth_space_cases(operator):
  rows = []
  to_depth = operator == 'SPACE_TO_DEPTH'
  for kind in ('f32', 'i8', 'u8', 'i32', 'i64'):
    sizes = [('block2', [1, 4, 6, 3], [1, 2, 3, 12], 2)]
    if kind == 'f32':
      sizes += [('block3', [2, 3, 6, 1], [2, 1, 2, 9], 3), ('block1', [1, 2, 2, 3], [1, 2, 2, 3], 1)]
    for name, space, depth, block in sizes:
      shape, out = (space, depth) if to_depth else (depth, space)
      rows.append(arrange(operator, name, kind, shape, [out], [], 0, 2 if kind == 'i8' else 1,
                          'SpaceToDepthOptions' if to_depth else 'DepthToSpaceOptions', blockSize=block))
  return rows


def batch_space_cases(operator):
  rows = []
  to_batch = operator == 'SPACE_TO_BATCH_ND'
  for kind in ('f32', 'i8', 'u8', 'i16', 'i32', 'i64'):
    sizes = [('padded', [1, 3, 5, 2], [2, 3], [[1, 0], [0, 1]])]
    if kind == 'f32':
      sizes += [('plain', [2, 4, 4, 1], [2, 2], [[0, 0], [0, 0]]), ('3d', [2, 6, 3], [3], [[2, 1]]),
                ('wide_edges', [1, 2, 2, 1], [2, 2], [[4, 2], [3, 3]]), ('one', [2, 3, 3, 2], [1, 1], [[1, 1], [0, 2]])]
    for name, space, block, edges in sizes:
      batches = list(space)
      batches[0] *= int(np.prod(block))
      for i, (b, (before, after)) in enumerate(zip(block, edges)):
        batches[i + 1] = (space[i + 1] + before + after) // b
      shape, out = (space, batches) if to_batch else (batches, space)
      version = {'i8': 2, 'i16': 4}.get(kind, 3 if len(space) == 3 else 1)
      for run_time in (False, True) if name == 'padded' and kind == 'f32' else (False,):
        rows.append(arrange(operator, name + ('_run_time' if run_time else ''), kind, shape, [out], [block, edges], 0, version,
                            'SpaceToBatchNDOptions' if to_batch else 'BatchToSpaceNDOptions', run_time))
  return rows


def split_v_cases():
  rows = []
  for kind, version in (('f32', 1), ('i8', 2), ('u8', 1), ('i16', 2), ('i32', 1), ('i64', 1)):
    rows.append(arrange('SPLIT_V', 'uneven', kind, [2, 7], [[2, 1], [2, 4], [2, 2]], [[1, 4, -1], 1], 0, version,
                        'SplitVOptions', numSplits=3))
  rows.append(arrange('SPLIT_V', 'first', 'f32', [4, 2], [[3, 2], [0, 2], [1, 2]], [[3, 0, 1], -2], 0, 1, 'SplitVOptions', numSplits=3))
  rows.append(arrange('SPLIT_V', 'run_time', 'f32', [2, 7], [[2, 5], [2, 2]], [[5, 2], 1], 0, 1, 'SplitVOptions', True, numSplits=2))
  return rows


def cases():
  shapes, ranks = shape_and_rank()
  return {
      'shape': shapes, 'rank': ranks, 'fill': fill_cases(), 'range': range_cases(), 'zeros_like': zeros_like_cases(),
      'tile': tile_cases(), 'broadcast_to': broadcast_to_cases(), 'broadcast_args': broadcast_args_cases(),
      'reverse_v2': reverse_v2_cases(), 'reverse_sequence': reverse_sequence_cases(), 'mirror_pad': mirror_pad_cases(),
      'space_to_depth': depth_space_cases('SPACE_TO_DEPTH'), 'depth_to_space': depth_space_cases('DEPTH_TO_SPACE'),
      'space_to_batch_nd': batch_space_cases('SPACE_TO_BATCH_ND'), 'batch_to_space_nd': batch_space_cases('BATCH_TO_SPACE_ND'),
      'split_v': split_v_cases(),
  }
