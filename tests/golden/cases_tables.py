"""Tables: embeddings, hash tables, hashes and texts; sparse constants."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from model_builder import ModelBuilder, Quantization


def embedding_lookup_cases():
  rows = []
  indices = np.array([2, 0, 3, 2], 'int32')

  def case(name, kind, shape, quantization=None, out=None, version=1, constant=True, data=None):
    builder = ModelBuilder()
    ids = builder.input([4], 'int32')
    if data is None and constant:
      rng = np.random.default_rng(len(rows))
      data = rng.uniform(-2, 2, shape) if kind == 'float32' else rng.integers(-7, 8, shape) * (1 if kind == 'int4' else 17)
    table = builder.tensor(shape, kind, quantization, data) if constant else builder.input(shape, kind, quantization)
    out_kind = out or kind
    builder.operator('EMBEDDING_LOOKUP', [ids, table],
                     [builder.output([4] + shape[1:], out_kind, quantization if out_kind == kind else None)], version)
    rows.append((name, builder, [indices] if constant else [indices, None]))

  case('f32_constant', 'float32', [4, 5])
  case('f32_run_time', 'float32', [4, 2, 3], constant=False)
  case('i8_same', 'int8', [4, 6], Quantization(0.1, 3), constant=False)
  case('i32_same', 'int32', [4, 2], constant=False)
  case('hybrid_tensor', 'int8', [4, 6], Quantization(0.013), 'float32', 2)
  case('hybrid_rows', 'int8', [4, 6], Quantization([0.01, 0.02, 0.015, 0.3]), 'float32', 4)
  case('hybrid_u8', 'uint8', [4, 6], Quantization(0.02), 'float32', 2, data=np.arange(24).reshape(4, 6) * 10)
  case('hybrid_i4', 'int4', [4, 6], Quantization(0.11), 'float32', 4)
  case('hybrid_i4_rows', 'int4', [4, 4], Quantization([0.01, 0.02, 0.015, 0.3]), 'float32', 4)
  case('hybrid_i2', 'int2', [4, 8], Quantization(0.11), 'float32', 5, data=np.arange(32).reshape(4, 8) % 4 - 2)
  case('hybrid_3d', 'int8', [4, 2, 3], Quantization(0.013), 'float32', 2)
  return rows


def embedding_lookup_sparse_cases():
  rows = []
  for combiner, number in (('sum', 0), ('mean', 1), ('sqrtn', 2)):
    for name, indices, shape, table in [
        ('rows', [[0, 0], [2, 0], [2, 1], [3, 0]], [4, 2], [5, 3]), ('grid', [[0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 2, 0]], [2, 3, 2], [5, 2, 2]),
        ('again', [[1, 0], [0, 0], [1, 1], [1, 2]], [2, 3], [5, 2])]:
      builder = ModelBuilder()
      n = len(indices)
      operands = [builder.input([n], 'int32'), builder.input([n, len(shape)], 'int32'), builder.input([len(shape)], 'int32'),
                  builder.input([n], 'float32'), builder.input(table, 'float32')]
      out = shape[:-1] + table[1:]
      builder.operator('EMBEDDING_LOOKUP_SPARSE', operands, [builder.output(out, 'float32')], 1, 'EmbeddingLookupSparseOptions',
                       combiner=number)
      rows.append((f'{combiner}_{name}', builder, [[3, 1, 4, 0], indices, shape, [0.5, 1.5, 2, 0.25], None]))
  return rows


def hashtable_lookup_cases():
  rows = []
  keys = np.array([-3, 1, 4, 9], 'int32')
  for kind, shape in (('float32', [4, 2]), ('int8', [4]), ('int32', [4, 2, 2]), ('string', [4])):
    builder = ModelBuilder()
    operands = [builder.input([5], 'int32'), builder.input([4], 'int32'), builder.input(shape, kind)]
    builder.operator('HASHTABLE_LOOKUP', operands, [builder.output([5] + shape[1:], kind), builder.output([5], 'uint8')])
    values = np.array([b'first', b'', b'third one', b'4'], object) if kind == 'string' else None
    rows.append((kind, builder, [np.array([4, 5, -3, 9, 0], 'int32'), keys, values]))
  return rows


def strings(builder, values):
  """A constant tensor of strings."""
  texts = [value.encode() for value in values]
  offsets = np.cumsum([4 * (len(texts) + 2)] + [len(text) for text in texts])
  data = np.array([len(texts), *offsets], '<i4').tobytes() + b''.join(texts)
  index = builder.tensor([len(texts)], 'string')
  buffer = schema.BufferT()
  buffer.data = np.frombuffer(data, np.uint8)
  builder.graph.tensors[index].buffer = len(builder.buffers)
  builder.buffers.append(buffer)
  return index


def table_handle(builder, key, value, number=7):
  index = builder.tensor([1], 'resource')
  types = {'int64': schema.TensorType.INT64, 'string': schema.TensorType.STRING}
  builder.operator('HASHTABLE', [], [index], 1, 'HashtableOptions', tableId=number, keyDtype=types[key], valueDtype=types[value])
  return index


def resource_table(key, value, keys, values, wanted, default, runs=1):
  """Imports in a subgraph that runs once, finds, and counts."""
  builder = ModelBuilder(runs=runs)
  looked_up = builder.input([len(wanted)], key)
  builder.operator('CALL_ONCE', [], [], 1, 'CallOnceOptions', initSubgraphIndex=1)
  handle = table_handle(builder, key, value)
  fallback = strings(builder, [default]) if value == 'string' else builder.constant([default], 'int64')
  builder.operator('HASHTABLE_FIND', [handle, looked_up, fallback], [builder.output([len(wanted)], value)], 1, 'HashtableFindOptions')
  builder.operator('HASHTABLE_SIZE', [handle], [builder.output([1], 'int64')], 1, 'HashtableSizeOptions')
  builder.subgraph()
  handle = table_handle(builder, key, value)
  operands = [strings(builder, x) if kind == 'string' else builder.constant(x, 'int64') for kind, x in ((key, keys), (value, values))]
  builder.operator('HASHTABLE_IMPORT', [handle, *operands], [], 1, 'HashtableImportOptions')
  given = np.array([w.encode() for w in wanted], object) if key == 'string' else np.array(wanted, 'int64')
  return f'{key}_to_{value}_{runs}', builder, [given]


def hashtable_cases():
  return [
      resource_table('int64', 'string', [5, -1, 2**40], ['five', '', 'large'], [2**40, 6, -1, 5, 5], 'none'),
      resource_table('string', 'int64', ['a', 'bc', 'a', ''], [1, 2, 3, -4], ['bc', 'a', 'x', ''], -7),
      resource_table('string', 'int64', ['a', 'b'], [1, 2], ['b', 'c'], 0, runs=3),
  ]


def lsh_projection_cases():
  rows = []
  rng = np.random.default_rng(3)
  for mode, number in (('sparse', 1), ('dense', 2)):
    # Items of all lengths that the hash treats apart.
    for name, dtype, shape in [('bytes', 'int8', [6]), ('ints', 'int32', [5]), ('longs', 'int64', [4, 2]), ('floats', 'float32', [3, 6]),
                               ('long_rows', 'int32', [3, 12]), ('longer_rows', 'int32', [2, 40])]:
      for weighted in (False, True):
        builder = ModelBuilder(allow_uniform=True)
        hashes = builder.constant(rng.uniform(-1, 1, [3, 4]), 'float32')
        operands = [hashes, builder.input(shape, dtype)]
        if weighted:
          operands.append(builder.input(shape[:1], 'float32'))
        out = [3] if mode == 'sparse' else [12]
        builder.operator('LSH_PROJECTION', operands, [builder.output(out, 'int32')], 1, 'LSHProjectionOptions', type=number)
        rows.append((f'{mode}_{name}{"_weighted" if weighted else ""}', builder, None))
  return rows


def skip_gram_cases():
  rows = []
  for name, text, size, skip, every in [
      ('pairs', 'the quick brown fox jumps', 2, 0, False), ('skipping', 'the quick brown fox jumps', 2, 2, False),
      ('all_sizes', 'the quick brown fox jumps', 3, 1, True), ('words', 'a b c', 1, 3, False), ('too_few', 'a b', 3, 0, False),
      ('spaces', ' one  two\tthree \n four ', 2, 1, False), ('none', '', 1, 0, False)]:
    builder = ModelBuilder()
    builder.operator('SKIP_GRAM', [builder.input([1], 'string')], [builder.output([1], 'string')], 1, 'SkipGramOptions',
                     ngramSize=size, maxSkipSize=skip, includeAllNgrams=every)
    rows.append((name, builder, [np.array([text.encode()], object)]))
  return rows


def compressed(dense, order, block_map=(), block_sizes=(), formats=None):
  """(values, sparsity) of a dense array: `formats` names the levels 'd' or 's' in the traversal order."""
  rank, blocks = dense.ndim, len(block_map)
  expanded = []
  for d, size in enumerate(dense.shape):
    inner = [b for m, b in zip(block_map, block_sizes) if m == d]
    expanded += [size // int(np.prod(inner))] + inner
  # Split every dimension into its blocks, then bring the levels into the traversal order.
  split = dense.reshape(expanded)
  places, at = {}, 0
  for d in range(rank):
    places[d] = at
    at += 1
    for i, m in enumerate(block_map):
      if m == d:
        places[rank + i] = at
        at += 1
  levels = split.transpose([places[o] for o in order])
  sparsity = schema.SparsityParametersT()
  sparsity.traversalOrder, sparsity.blockMap, sparsity.dimMetadata = list(order), list(block_map), []
  parts = [levels]
  for kind in formats:
    metadata = schema.DimensionMetadataT()
    if kind == 'd':
      metadata.format, metadata.denseSize = schema.DimensionType.DENSE, parts[0].shape[0] if parts else levels.shape[0]
      parts = [part[i] for part in parts for i in range(part.shape[0])]
    else:
      metadata.format, metadata.denseSize = schema.DimensionType.SPARSE_CSR, 0
      segments, indices, following = [0], [], []
      for part in parts:
        for i in range(part.shape[0]):
          if np.any(part[i] != 0):
            indices.append(i)
            following.append(part[i])
        segments.append(len(indices))
      vectors = []
      for values in (segments, indices):
        vector = schema.Uint8VectorT()
        vector.values = np.array(values, np.uint8)
        vectors.append(vector)
      metadata.arraySegmentsType = metadata.arrayIndicesType = schema.SparseIndexVector.Uint8Vector
      metadata.arraySegments, metadata.arrayIndices = vectors
      parts = following
    sparsity.dimMetadata.append(metadata)
  return np.array(parts, dense.dtype), sparsity


def densify_cases():
  rows = []
  rng = np.random.default_rng(5)
  for name, shape, order, block_map, block_sizes, formats in [
      ('rows', [4, 6], [0, 1], [], [], 'ds'), ('columns', [4, 6], [1, 0], [], [], 'ds'), ('all', [4, 5], [0, 1], [], [], 'ss'),
      ('blocks', [4, 8], [0, 1, 2], [1], [4], 'dsd'), ('square_blocks', [4, 8], [0, 1, 2, 3], [0, 1], [2, 2], 'dsdd'),
      ('4d', [2, 3, 2, 4], [3, 0, 1, 2], [], [], 'dsds')]:
    for kind in ('float32', 'float16', 'int8'):
      dense = rng.integers(-9, 10, shape).astype(kind)
      dense[rng.uniform(size=shape) < 0.6] = 0
      values, sparsity = compressed(dense, order, block_map, block_sizes, formats)
      builder = ModelBuilder(allow_uniform=True)
      x = builder.input(shape, kind)
      index = builder.tensor(shape, kind)
      buffer = schema.BufferT()
      buffer.data = np.frombuffer(values.tobytes(), np.uint8)
      builder.graph.tensors[index].buffer = len(builder.buffers)
      builder.graph.tensors[index].sparsity = sparsity
      builder.buffers.append(buffer)
      made = builder.tensor(shape, kind)
      builder.operator('DENSIFY', [index], [made], 1, 'DensifyOptions')
      # LiteRT does not give constants as outputs.
      rows_in = [made, x]
      if kind == 'float32':
        builder.operator('MAXIMUM', rows_in, [builder.output(shape, kind)], 1, 'MaximumMinimumOptions')
      else:
        builder.operator('CONCATENATION', rows_in, [builder.output([2 * shape[0]] + shape[1:], kind)], 2 if kind == 'int8' else 1,
                         'ConcatenationOptions', axis=0)
      rows.append((f'{kind}_{name}', builder, None))
  return rows


def cases():
  return {
      'embedding_lookup': embedding_lookup_cases(), 'embedding_lookup_sparse': embedding_lookup_sparse_cases(),
      'hashtable_lookup': hashtable_lookup_cases(), 'hashtable': hashtable_cases(), 'lsh_projection': lsh_projection_cases(),
      'skip_gram': skip_gram_cases(), 'densify': densify_cases(),
  }
