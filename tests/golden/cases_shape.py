"""Operators that move, repeat or interpolate values."""

import numpy as np

from model_builder import ModelBuilder, Quantization

KINDS = {'f32': 'float32', 'i8': 'int8', 'u8': 'uint8', 'i16': 'int16', 'i32': 'int32'}


def quantization(kind, scale=0.03, zero=-4):
  if kind in ('f32', 'i32'):
    return None
  return Quantization(scale / 256, 0) if kind == 'i16' else Quantization(scale, zero + (128 if kind == 'u8' else 0))


def move(operator, name, kind, shapes, outs, constants=(), version=1, options=None, constants_first=False, **fields):
  """Same type and quantization everywhere; `constants` are int32 operands after (or before) the inputs."""
  builder, q = ModelBuilder(), quantization(kind)
  inputs = [builder.input(shape, KINDS[kind], q) for shape in shapes]
  operands = [builder.constant(c) for c in constants]
  inputs = operands + inputs if constants_first else inputs + operands
  outputs = [builder.output(shape, KINDS[kind], q) for shape in outs]
  builder.operator(operator, inputs, outputs, version, options, **fields)
  return f'{kind}_{name}', builder, None


def both(operator, name, shapes, outs, kinds=('f32', 'i8'), versions=None, **more):
  return [move(operator, name, kind, shapes, outs, version=(versions or {}).get(kind, 1), **more) for kind in kinds]


def reshape_cases():
  rows = []
  for name, shape, target, out in [('flatten', [2, 3, 4], [2, -1], [2, 12]), ('split', [12], [3, 4], [3, 4]),
                                   ('one', [1, 1, 1, 7], [7], [7])]:
    rows += both('RESHAPE', name, [shape], [out], constants=[target], options='ReshapeOptions', newShape=target)
  rows += both('RESHAPE', 'option_only', [[2, 6]], [[3, 4]], options='ReshapeOptions', newShape=[3, 4])
  return rows


def squeeze_cases():
  return [row for name, shape, dims, out in [
      ('all', [1, 3, 1, 4], [], [3, 4]), ('some', [1, 3, 1, 4], [2], [1, 3, 4]), ('negative', [2, 1, 3, 1], [-1], [2, 1, 3])]
          for row in both('SQUEEZE', name, [shape], [out], versions={'i8': 2}, options='SqueezeOptions', squeezeDims=dims)]


def expand_dims_cases():
  return [row for name, axis, out in [('first', 0, [1, 3, 4]), ('last', -1, [3, 4, 1]), ('middle', 1, [3, 1, 4])]
          for row in both('EXPAND_DIMS', name, [[3, 4]], [out], constants=[axis], options='ExpandDimsOptions')]


def pad_cases():
  rows = []
  for name, shape, pads in [('spatial', [1, 3, 4, 5], [[0, 0], [1, 1], [1, 2], [0, 0]]),
                            ('everywhere', [2, 2, 3, 2], [[1, 0], [0, 2], [1, 1], [2, 1]]),
                            ('channels', [1, 2, 2, 3], [[0, 0], [0, 0], [0, 0], [0, 5]]),
                            ('rank_2', [3, 4], [[1, 2], [0, 3]]), ('none', [2, 3], [[0, 0], [0, 0]])]:
    out = [n + a + b for n, (a, b) in zip(shape, pads)]
    rows += both('PAD', name, [shape], [out], versions={'i8': 2}, constants=[pads], options='PadOptions')
  return rows


def padv2_cases():
  rows = []
  pads = [[0, 0], [1, 1], [1, 2], [0, 0]]
  for kind, value in (('f32', -1.5), ('i8', 17), ('i16', -900)):
    builder, q = ModelBuilder(), quantization(kind)
    x = builder.input([1, 3, 4, 5], KINDS[kind], q)
    fill = builder.tensor([], KINDS[kind], q, np.array(value))
    builder.operator('PADV2', [x, builder.constant(pads), fill], [builder.output([1, 5, 7, 5], KINDS[kind], q)],
                     {'f32': 1, 'i8': 2, 'i16': 3}[kind], 'PadV2Options')
    rows.append((f'{kind}_spatial', builder, None))
  return rows


def concatenation(name, kind, shapes, axis, scales=None):
  builder = ModelBuilder()
  out = list(shapes[0])
  out[axis] = sum(shape[axis] for shape in shapes)
  qs = [quantization(kind, *(scales[i] if scales else ())) for i in range(len(shapes) + 1)]
  inputs = [builder.input(shape, KINDS[kind], q) for shape, q in zip(shapes, qs)]
  version = {'f32': 1, 'u8': 1, 'i32': 1, 'i8': 2, 'i16': 3}[kind]
  builder.operator('CONCATENATION', inputs, [builder.output(out, KINDS[kind], qs[-1])], version,
                   'ConcatenationOptions', axis=axis)
  return f'{kind}_{name}', builder, None


def concatenation_cases():
  rows = [concatenation(name, kind, shapes, axis) for kind in ('f32', 'i8') for name, shapes, axis in [
      ('channels', [[1, 3, 3, 4], [1, 3, 3, 5]], 3), ('negative_axis', [[2, 3], [2, 4], [2, 1]], -1),
      ('first', [[1, 4], [3, 4]], 0), ('middle', [[2, 1, 3], [2, 2, 3]], 1), ('one', [[2, 3]], 0),
      ('five', [[1, 2]] * 5, 1)]]
  rows += [concatenation('same', kind, [[1, 3, 3, 4], [1, 3, 3, 5]], 3) for kind in ('u8', 'i16', 'i32')]
  rows += [concatenation('rescaled', 'u8', [[1, 40], [1, 40]], 1, [(0.03, 3), (0.05, -9), (0.045, 0)])]
  return rows


def resize(operator, name, kind, shape, size, align=False, half=False):
  options = {'RESIZE_BILINEAR': 'ResizeBilinearOptions', 'RESIZE_NEAREST_NEIGHBOR': 'ResizeNearestNeighborOptions'}
  out = [shape[0], *size, shape[3]]
  version = 3 if half else {'f32': 1, 'u8': 1, 'i8': 2, 'i16': 3}[kind]
  return move(operator, name, kind, [shape], [out], [size], version, options[operator], alignCorners=align,
              halfPixelCenters=half)


def resize_cases(operator):
  rows = []
  for mode, more in [('plain', {}), ('align_corners', dict(align=True)), ('half_pixel', dict(half=True))]:
    for name, shape, size in [('up', [1, 3, 4, 5], (6, 8)), ('up_odd', [1, 3, 3, 2], (7, 5)), ('down', [1, 6, 7, 3], (3, 4)),
                              ('same', [1, 3, 4, 3], (3, 4)), ('to_one', [1, 4, 4, 3], (1, 1)), ('from_one', [1, 1, 1, 4], (3, 3)),
                              ('batch2', [2, 2, 3, 3], (5, 4))]:
      rows += [resize(operator, f'{mode}_{name}', kind, shape, size, **more) for kind in ('f32', 'i8')]
    rows += [resize(operator, f'{mode}_up', kind, [1, 3, 4, 5], (6, 8), **more) for kind in ('u8', 'i16')]
  return rows


def slice_rows():
  return [row for name, shape, begin, size, out in [
      ('inner', [1, 4, 5, 3], [0, 1, 2, 1], [1, 2, 3, 2], [1, 2, 3, 2]), ('to_the_end', [3, 4], [1, 2], [-1, -1], [2, 2]),
      ('all', [2, 3], [0, 0], [2, 3], [2, 3]), ('rank_1', [9], [3], [4], [4]), ('rank_5', [2, 2, 2, 2, 2], [0, 1, 0, 1, 0], [2, 1, 2, 1, 2], [2, 1, 2, 1, 2])]
          for row in both('SLICE', name, [shape], [out], versions={'i8': 2}, constants=[begin, size], options='SliceOptions')]


def strided_slice_cases():
  rows = []
  for name, shape, begin, end, strides, masks, out in [
      ('plain', [4, 6], [1, 2], [3, 5], [1, 1], {}, [2, 3]),
      ('strides', [5, 7], [0, 1], [5, 7], [2, 3], {}, [3, 2]),
      ('negative_stride', [5, 4], [4, 3], [0, -5], [-1, -2], {}, [4, 2]),
      ('negative_ends', [5, 6], [-3, -4], [-1, -1], [1, 1], {}, [2, 3]),
      ('begin_end_masks', [4, 6], [1, 2], [3, 5], [1, 1], dict(beginMask=1, endMask=2), [3, 4]),
      ('reverse', [7], [0], [0], [-1], dict(beginMask=1, endMask=1), [7]),
      ('shrink', [3, 4, 5], [1, 0, 2], [2, 4, 3], [1, 1, 1], dict(shrinkAxisMask=5), [4]),
      ('shrink_negative', [3, 4], [-1, 0], [0, 4], [1, 1], dict(shrinkAxisMask=1), [4]),
      ('ellipsis', [2, 3, 4, 5], [1, 0, 1], [2, 0, 4], [1, 1, 2], dict(ellipsisMask=2), [1, 3, 4, 2]),
      ('new_axis', [3, 4], [0, 1, 0], [0, 3, 4], [1, 1, 1], dict(newAxisMask=1), [1, 2, 4]),
      ('beyond_the_end', [3, 4], [0, 0], [9, 2], [1, 1], {}, [3, 2]),
      ('4d', [1, 4, 5, 3], [0, 1, 1, 0], [1, 4, 5, 3], [1, 2, 2, 1], {}, [1, 2, 2, 3]),
  ]:
    fields = dict(beginMask=0, endMask=0, ellipsisMask=0, newAxisMask=0, shrinkAxisMask=0) | masks
    rows += both('STRIDED_SLICE', name, [shape], [out], versions={'f32': 1, 'i8': 2}, constants=[begin, end, strides],
                 options='StridedSliceOptions', **fields)
  return rows


def transpose_cases():
  rows = []
  for name, shape, order in [('2d', [3, 5], [1, 0]), ('nhwc_to_nchw', [1, 3, 4, 5], [0, 3, 1, 2]),
                             ('nchw_to_nhwc', [2, 5, 3, 4], [0, 2, 3, 1]), ('reverse', [2, 3, 4], [2, 1, 0]),
                             ('same', [2, 3], [0, 1]), ('5d', [2, 1, 3, 2, 2], [4, 2, 0, 3, 1]),
                             ('6d', [2, 1, 3, 2, 1, 2], [0, 3, 1, 4, 2, 5])]:
    rows += both('TRANSPOSE', name, [shape], [[shape[i] for i in order]], versions={'i8': 2}, constants=[order],
                 options='TransposeOptions')
  return rows


def split_cases():
  rows = []
  for name, shape, axis, count in [('channels', [1, 2, 3, 6], 3, 3), ('first', [4, 3], 0, 2), ('negative_axis', [2, 6], -1, 2)]:
    out = list(shape)
    out[axis] //= count
    rows += both('SPLIT', name, [shape], [out] * count, versions={'i8': 2}, constants=[axis], constants_first=True,
                 options='SplitOptions', numSplits=count)
  return rows


def pack_cases():
  return [row for name, axis, out in [('first', 0, [2, 3, 4]), ('last', -1, [3, 4, 2]), ('middle', 1, [3, 2, 4])]
          for row in both('PACK', name, [[3, 4], [3, 4]], [out], versions={'i8': 2}, options='PackOptions', axis=axis,
                          valuesCount=2)]


def unpack_cases():
  return [row for name, shape, axis, out in [('first', [2, 3, 4], 0, [3, 4]), ('last', [3, 4, 2], -1, [3, 4])]
          for row in both('UNPACK', name, [shape], [out, out], versions={'i8': 2}, options='UnpackOptions', axis=axis, num=2)]


def cases():
  return {
      'reshape': reshape_cases(), 'squeeze': squeeze_cases(), 'expand_dims': expand_dims_cases(), 'pad': pad_cases(),
      'padv2': padv2_cases(), 'concatenation': concatenation_cases(),
      'resize_bilinear': resize_cases('RESIZE_BILINEAR'),
      'resize_nearest_neighbor': resize_cases('RESIZE_NEAREST_NEIGHBOR'), 'slice': slice_rows(),
      'strided_slice': strided_slice_cases(), 'transpose': transpose_cases(), 'split': split_cases(),
      'pack': pack_cases(), 'unpack': unpack_cases(),
  }
