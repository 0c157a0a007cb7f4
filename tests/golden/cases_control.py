"""Calls of other subgraphs, and variables that outlive a run."""

import numpy as np

from model_builder import ModelBuilder


def branch(builder, operator, factor, shape, dtype='float32'):
  """A subgraph of one input: input `operator` constant `factor`."""
  index = builder.subgraph()
  x = builder.input(shape, dtype)
  c = builder.constant(factor, dtype)
  builder.operator(operator, [x, c], [builder.output(shape, dtype)], 1, operator.capitalize() + 'Options')
  return index


def conditional(taken, shape):
  builder = ModelBuilder()
  condition, x = builder.input([], 'bool'), builder.input(shape, 'float32')
  builder.operator('IF', [condition, x], [builder.output(shape, 'float32')], 1, 'IfOptions',
                   thenSubgraphIndex=1, elseSubgraphIndex=2)
  branch(builder, 'ADD', 10, shape)
  branch(builder, 'MUL', -3, shape)
  return ('taken' if taken else 'not_taken') + f'_rank_{len(shape)}', builder, [taken, None]


def loop(limit, name):
  """while (i < limit) { i = i + 1; x = x * 1.5 }"""
  builder = ModelBuilder()
  i, x = builder.input([], 'int32'), builder.input([2, 3], 'float32')
  outputs = [builder.output([], 'int32'), builder.output([2, 3], 'float32')]
  builder.operator('WHILE', [i, x], outputs, 1, 'WhileOptions', condSubgraphIndex=1, bodySubgraphIndex=2)
  builder.subgraph()
  i, _ = builder.input([], 'int32'), builder.input([2, 3], 'float32')
  builder.operator('LESS', [i, builder.constant(limit)], [builder.output([], 'bool')], 1, 'LessOptions')
  builder.subgraph()
  i, x = builder.input([], 'int32'), builder.input([2, 3], 'float32')
  builder.operator('ADD', [i, builder.constant(1)], [builder.output([], 'int32')], 1, 'AddOptions')
  builder.operator('MUL', [x, builder.constant(1.5, 'float32')], [builder.output([2, 3], 'float32')], 1,
                   'MulOptions')
  return name, builder, [0, None]


def growing_loop():
  """A loop that carries a tensor which grows by a row each time."""
  builder = ModelBuilder()
  i, x = builder.input([], 'int32'), builder.input([1, 3], 'float32')
  outputs = [builder.output([], 'int32'), builder.output([1, 3], 'float32')]
  builder.operator('WHILE', [i, x], outputs, 1, 'WhileOptions', condSubgraphIndex=1, bodySubgraphIndex=2)
  builder.subgraph()
  i, _ = builder.input([], 'int32'), builder.input([1, 3], 'float32')
  builder.operator('LESS', [i, builder.constant(4)], [builder.output([], 'bool')], 1, 'LessOptions')
  builder.subgraph()
  i, x = builder.input([], 'int32'), builder.input([1, 3], 'float32')
  row = builder.constant([[1, 2, 3]], 'float32')
  builder.operator('ADD', [i, builder.constant(1)], [builder.output([], 'int32')], 1, 'AddOptions')
  builder.operator('CONCATENATION', [x, row], [builder.output([2, 3], 'float32')], 1, 'ConcatenationOptions')
  return 'growing', builder, [0, None]


def handle(builder, name):
  index = builder.tensor([], 'resource')
  builder.operator('VAR_HANDLE', [], [index], 1, 'VarHandleOptions', container='', sharedName=name)
  return index


def accumulator(runs, dtype):
  """sum = sum + x, where CALL_ONCE has set sum to a constant first."""
  builder = ModelBuilder(runs=runs)
  x = builder.input([2, 2], dtype)
  builder.operator('CALL_ONCE', [], [], 1, 'CallOnceOptions', initSubgraphIndex=1)
  variable = handle(builder, 'sum')
  before, after = builder.tensor([2, 2], dtype), builder.output([2, 2], dtype)
  builder.operator('READ_VARIABLE', [variable], [before], 1, 'ReadVariableOptions')
  builder.operator('ADD', [before, x], [after], 1, 'AddOptions')
  builder.operator('ASSIGN_VARIABLE', [variable, after], [], 1, 'AssignVariableOptions')
  builder.subgraph()
  start = builder.constant(np.arange(4).reshape(2, 2) * 10, dtype)
  builder.operator('ASSIGN_VARIABLE', [handle(builder, 'sum'), start], [], 1, 'AssignVariableOptions')
  return f'{dtype}_{runs}_runs', builder, None


def cases():
  return {
      'if': [conditional(True, [4]), conditional(False, [4]), conditional(True, []), conditional(False, [1, 2, 3])],
      'while': [loop(0, 'never'), loop(1, 'once'), loop(7, 'often'), growing_loop()],
      'variables': [accumulator(1, 'float32'), accumulator(3, 'float32'), accumulator(2, 'int32')],
  }
