"""Operators that keep a state between runs: LSTM, RNN and SVDF in all their forms."""

import numpy as np

from model_builder import ModelBuilder, Quantization

GATES = ('input', 'forget', 'cell', 'output')


class Cell:
  """The tensors of a full LSTM cell, added to `builder` in the order of LSTM's inputs.

  `kind`: f32, hybrid (int8 weights), hybrid_u8, or i8 (int8 activations, int16 cell state).
  """

  def __init__(self, builder, rng, kind, batch, inputs, cells, outputs=None, cifg=False, peephole=False,
               projection=False, bias=True, norm=False, diagonal=False, input_type=None, cell_scale=2**-11,
               projection_bias=True, auxiliary=0):
    self.builder, self.rng, self.kind = builder, rng, kind
    self.cells, self.outputs = cells, outputs or cells
    gates = GATES[1:] if cifg else GATES
    self.input_type = input_type
    self.state_type = Quantization(0.0081, 3) if kind == 'i8' else None
    self.input_weights = [self.matrix(cells, inputs) if g in gates else -1 for g in GATES]
    if diagonal:
      self.recurrent = [self.floats([cells], 0.5) if g in gates else -1 for g in GATES]
    else:
      self.recurrent = [self.matrix(cells, self.outputs) if g in gates else -1 for g in GATES]
    self.peephole = [self.vector(cells) if peephole and g in gates and g != 'cell' else -1 for g in GATES]
    self.norm = [self.factors(cells) if norm and g in gates else -1 for g in GATES]
    self.bias = [self.biases(cells, norm) if g in gates else -1 for g in GATES]
    self.projection = self.matrix(self.outputs, cells) if projection else -1
    self.projection_bias = self.biases(self.outputs) if projection and projection_bias else -1
    if kind == 'i8':
      self.output_state = builder.tensor([batch, self.outputs], 'int8', self.state_type, variable=True)
      self.cell_state = builder.tensor([batch, cells], 'int16', Quantization(cell_scale), variable=True)
    else:
      self.output_state = builder.tensor([batch, self.outputs], 'float32', variable=True)
      self.cell_state = builder.tensor([batch, cells], 'float32', variable=True)
    self.auxiliary = [self.matrix(cells, auxiliary) if auxiliary and g in gates else -1 for g in GATES]

  def floats(self, shape, bound):
    return self.builder.tensor(shape, 'float32', data=self.rng.uniform(-bound, bound, shape))

  def weights(self, shape):
    if self.kind == 'f32':
      return self.floats(shape, 0.9)
    scale = Quantization(self.rng.uniform(0.004, 0.009))
    data = self.rng.integers(-127, 128, shape).astype('int8')
    if self.kind == 'hybrid_u8':
      return self.builder.tensor(shape, 'uint8', scale, data=data.view('uint8'))
    return self.builder.tensor(shape, 'int8', scale, data=data)

  def matrix(self, rows, columns):
    return self.weights([rows, columns])

  def vector(self, size):
    if self.kind != 'i8':
      return self.weights([size])
    return self.builder.tensor([size], 'int16', Quantization(self.rng.uniform(2e-5, 4e-5)),
                               data=self.rng.integers(-32767, 32768, [size]))

  def factors(self, size):
    if self.kind != 'i8':
      return self.builder.tensor([size], 'float32', data=self.rng.uniform(0.4, 1.5, [size]))
    return self.builder.tensor([size], 'int16', Quantization(self.rng.uniform(2e-5, 4e-5)),
                               data=self.rng.integers(8000, 32768, [size]))

  def biases(self, size, norm=False):
    if self.kind != 'i8':
      return self.floats([size], 0.7)
    bound = 2**22 if norm else 9000
    return self.builder.tensor([size], 'int32', Quantization(1e-4), data=self.rng.integers(-bound, bound, [size]))

  def tensors(self):
    """The inputs of LSTM but the activations."""
    peephole = self.peephole[:2] + self.peephole[3:]
    return (self.input_weights + self.recurrent + peephole + self.bias + [self.projection, self.projection_bias]
            + [self.output_state, self.cell_state])


def lstm(kind, name='', sequence=True, time=3, batch=2, inputs=5, cells=4, time_major=False, runs=2, cell_clip=0.0,
         proj_clip=0.0, activation=4, asymmetric=False, seed=0, hidden=Quantization(0.0079, -2), **options):
  """LSTM or UNIDIRECTIONAL_SEQUENCE_LSTM."""
  rng = np.random.default_rng(seed + 11)
  builder = ModelBuilder(runs=runs)
  dtype = 'int8' if kind == 'i8' else 'float32'
  input_type = Quantization(0.0153, -7) if kind == 'i8' else None
  shape = ([time, batch] if time_major else [batch, time]) + [inputs] if sequence else [batch, inputs]
  x = builder.input(shape, dtype, input_type)
  cell = Cell(builder, rng, kind, batch, inputs, cells, input_type=input_type, **options)
  y = builder.output(shape[:-1] + [cell.outputs], dtype, cell.state_type)
  norm = cell.norm if options.get('norm') else []
  fields = dict(fusedActivationFunction=activation, cellClip=cell_clip, projClip=proj_clip,
                asymmetricQuantizeInputs=asymmetric)
  if sequence:
    builder.operator('UNIDIRECTIONAL_SEQUENCE_LSTM', [x] + cell.tensors() + norm, [y], 3,
                     'UnidirectionalSequenceLSTMOptions', timeMajor=time_major, **fields)
  else:
    builder.operator('LSTM', [x] + cell.tensors() + norm, [y], 4, 'LSTMOptions', kernelType=0, **fields)
  if kind == 'i8':
    gates = [builder.tensor([], 'int16', Quantization(rng.uniform(2e-4, 4e-4))) for _ in GATES]
    builder.graph.operators[-1].intermediates = gates + [builder.tensor([], 'int8', hidden)]
  options_text = '_'.join(k + (f'_{v:g}' if not isinstance(v, bool) else '') for k, v in options.items()
                          if k not in ('cells', 'outputs') and v)
  text = [kind, name or options_text, 'time_major' if time_major and sequence else '',
          f'cell_clip_{cell_clip:g}' if cell_clip else '', f'proj_clip_{proj_clip:g}' if proj_clip else '',
          f'activation_{activation}' if activation != 4 else '', 'asymmetric' if asymmetric else '']
  return '_'.join(t for t in text if t) + f'_{runs}_runs', builder, None


def lstm_cases():
  """UNIDIRECTIONAL_SEQUENCE_LSTM."""
  cases = []
  for kind in ('f32', 'hybrid', 'i8'):
    make = lambda name='', **o: cases.append(lstm(kind, name, **o))
    make('plain')
    make('plain_one_run', runs=1)
    make('plain', time_major=True)
    make(cifg=True)
    make(peephole=True, time_major=True)
    make(projection=True, outputs=3, time_major=True)
    make(projection=True, outputs=3, projection_bias=False, proj_clip=0.12, name='projection_without_bias')
    make(norm=True, cifg=True, peephole=True, projection=True, outputs=3, seed=3, name='everything')
    make(norm=True, peephole=True, projection=True, outputs=4, runs=3, seed=4, cell_clip=0.3, proj_clip=0.2,
         name='everything_clipped')
    make('wide', batch=1, inputs=19, cells=17, seed=6, runs=3)
  for kind in ('hybrid', 'hybrid_u8'):
    cases.append(lstm(kind, 'everything', asymmetric=True, norm=True, peephole=True, projection=True, outputs=3, seed=7))
    cases.append(lstm(kind, asymmetric=True, cifg=True, time_major=True, seed=8))
  cases.append(lstm('hybrid_u8', 'plain', seed=9))
  cases += [lstm('f32', 'plain', activation=activation) for activation in (1, 3)]
  cases.append(lstm('f32', 'diagonal', diagonal=True))
  cases.append(lstm('f32', 'diagonal_cifg', diagonal=True, cifg=True, time_major=True))
  cases.append(lstm('hybrid', 'diagonal', diagonal=True, seed=10))
  cases += [lstm('i8', f'cell_scale_{bits}', cell_scale=2.0**-bits, seed=bits) for bits in (9, 12, 15)]
  return cases


def full_lstm_cases():
  """LSTM's full kernel, which is one step of the same cell."""
  cases = []
  for kind in ('f32', 'hybrid', 'i8'):
    make = lambda name='', **o: cases.append(lstm(kind, name, sequence=False, runs=3, **o))
    make('plain')
    make('plain_one_batch', batch=1, seed=1)
    make(cifg=True, cell_clip=0.25)
    make(norm=True, cifg=True, peephole=True, projection=True, outputs=3, seed=3, name='everything')
    make(norm=True, peephole=True, projection=True, outputs=3, seed=4, proj_clip=0.2, name='everything_clipped')
  cases.append(lstm('hybrid', 'everything', sequence=False, asymmetric=True, norm=True, peephole=True,
                    projection=True, outputs=3, seed=5))
  return cases


def lstm_8x8_8(batch=2, inputs=5, cells=4, outputs=3, runs=3, seed=0, cell_clip=0.0, proj_clip=0.0, cifg=True):
  """LSTM's full kernel on int8 with twelve intermediate tensors, int8 as well."""
  rng = np.random.default_rng(seed + 71)
  builder = ModelBuilder(runs=runs)
  input_type = Quantization(0.0153, -7)
  x = builder.input([batch, inputs], 'int8', input_type)
  cell = Cell(builder, rng, 'i8', batch, inputs, cells, outputs=outputs, cifg=cifg, projection=True, norm=True,
              cell_scale=2.0**-15)
  y = builder.output([batch, outputs], 'int8', cell.state_type)
  builder.operator('LSTM', [x] + cell.tensors() + cell.norm, [y], 4, 'LSTMOptions', kernelType=0,
                   fusedActivationFunction=4, cellClip=cell_clip, projClip=proj_clip)
  builder.graph.operators[-1].intermediates = [
      builder.tensor([], 'int8', Quantization(rng.uniform(0.01, 0.03) if i % 3 else rng.uniform(2e-4, 5e-4),
                                              rng.integers(-20, 20))) for i in range(12)]
  text = ['i8_12_intermediates', f'cell_clip_{cell_clip:g}', f'proj_clip_{proj_clip:g}', '' if cifg else 'input_gate',
          f'{runs}_runs', f'seed_{seed}']
  return '_'.join(t for t in text if t), builder, None


def lstm_8x8_8_cases():
  return [lstm_8x8_8(), lstm_8x8_8(runs=1, seed=1), lstm_8x8_8(cell_clip=0.3, proj_clip=0.2, seed=2),
          lstm_8x8_8(cifg=False, seed=3), lstm_8x8_8(batch=1, inputs=17, cells=9, outputs=11, seed=4, runs=5)]


def basic_lstm(kind, batch=2, inputs=5, cells=8, runs=3, variable=True, seed=0, bias_scale=6.1e-5):
  """LSTM's basic kernel. `kind`: f32 or u8. Without `variable` the state is an input of the model."""
  rng = np.random.default_rng(seed + 61)
  builder = ModelBuilder(runs=runs)
  activations, state, gates = ('float32', 'float32', 'float32') if kind == 'f32' else ('uint8', 'int32', 'int16')
  type_a = Quantization(1 / 128, 128) if kind == 'u8' else None
  type_s = Quantization(2.0**-11) if kind == 'u8' else None
  x = builder.input([batch, inputs], activations, type_a)
  make_state = lambda *a: builder.tensor(*a, variable=True) if variable else builder.input(*a)
  last = make_state([batch, cells], activations, type_a)
  shape = [4 * cells, inputs + cells]
  if kind == 'u8':
    weights_ = builder.tensor(shape, 'uint8', Quantization(bias_scale * 128, 121), data=rng.integers(0, 256, shape))
    bias = builder.tensor([4 * cells], 'int32', Quantization(bias_scale), data=rng.integers(-9000, 9000, [4 * cells]))
  else:
    weights_ = builder.tensor(shape, 'float32', data=rng.uniform(-0.8, 0.8, shape))
    bias = builder.tensor([4 * cells], 'float32', data=rng.uniform(-0.5, 0.5, [4 * cells]))
  cell_state = make_state([batch, cells], gates, type_s)
  outputs = [builder.output([batch, cells], activations, type_a), builder.output([batch, cells], gates, type_s),
             builder.output([batch, inputs + cells], activations, type_a),
             builder.output([batch, 4 * cells], gates, Quantization(2.0**-12) if kind == 'u8' else None)]
  builder.operator('LSTM', [x, last, weights_, bias, cell_state], outputs, 2, 'LSTMOptions',
                   fusedActivationFunction=4, kernelType=1)
  text = [kind, 'basic', f'batch_{batch}', '' if variable else 'state_of_inputs', f'{runs}_runs', f'seed_{seed}']
  return '_'.join(t for t in text if t), builder, None


def basic_lstm_cases():
  cases = []
  for kind in ('f32', 'u8'):
    make = lambda **o: cases.append(basic_lstm(kind, **o))
    make()
    make(runs=1, variable=False, seed=1)
    make(variable=False, seed=2)
    make(batch=1, inputs=13, cells=5, runs=5, seed=3)
  cases.append(basic_lstm('u8', seed=4, bias_scale=1.3e-3))
  cases.append(basic_lstm('u8', seed=5, bias_scale=7e-6, runs=6))
  return cases


def bidirectional_lstm(kind, name, time=3, batch=2, inputs=5, cells=4, time_major=False, merge=False, auxiliary=None,
                       asymmetric=False, activation=4, seed=0, cell_clip=0.0, proj_clip=0.0, **options):
  """`auxiliary`: None, 'second' (an input of both cells) or 'backward' (the backward cell's only one)."""
  rng = np.random.default_rng(seed + 21)
  builder = ModelBuilder(runs=2)
  shape = ([time, batch] if time_major else [batch, time])
  x = builder.input(shape + [inputs], 'float32')
  auxiliary_input = builder.input(shape + [inputs], 'float32') if auxiliary else -1
  width = inputs if auxiliary == 'second' else 0
  forward = Cell(builder, rng, kind, batch, inputs, cells, auxiliary=width, **options)
  # LiteRT wants cells of the same size here.
  backward = Cell(builder, rng, kind, batch, inputs, cells, auxiliary=width, **options)
  if merge:
    outputs = [builder.output(shape + [forward.outputs + backward.outputs], 'float32')]
  else:
    outputs = [builder.output(shape + [cell.outputs], 'float32') for cell in (forward, backward)]
  tensors = [x] + forward.tensors()[:-2] + backward.tensors()[:-2] + forward.tensors()[-2:] + backward.tensors()[-2:]
  tensors += [auxiliary_input] + forward.auxiliary + backward.auxiliary
  builder.operator('BIDIRECTIONAL_SEQUENCE_LSTM', tensors, outputs, 3, 'BidirectionalSequenceLSTMOptions',
                   fusedActivationFunction=activation, cellClip=cell_clip, projClip=proj_clip, mergeOutputs=merge,
                   timeMajor=time_major, asymmetricQuantizeInputs=asymmetric)
  text = [kind, name, 'time_major' if time_major else '', 'merged' if merge else '',
          f'{auxiliary}_auxiliary' if auxiliary else '', 'asymmetric' if asymmetric else '']
  return '_'.join(t for t in text if t), builder, None


def bidirectional_lstm_cases():
  cases = []
  for kind in ('f32', 'hybrid'):
    make = lambda name, **o: cases.append(bidirectional_lstm(kind, name, **o))
    make('plain')
    make('plain', merge=True, time_major=True)
    make('plain', merge=True, batch=1)
    make('plain', auxiliary='second')
    make('plain', auxiliary='second', time_major=True, seed=1)
    make('plain', auxiliary='backward')
    make('everything', cifg=True, peephole=True, projection=True, outputs=3, time_major=True, merge=True,
         auxiliary='second', cell_clip=0.4, proj_clip=0.25, seed=2)
  cases.append(bidirectional_lstm('hybrid', 'plain', auxiliary='second', asymmetric=True, seed=3))
  cases.append(bidirectional_lstm('hybrid_u8', 'peephole', peephole=True, asymmetric=True, seed=4))
  return cases


class RnnCell:
  """Weights, recurrent weights, bias and state of a plain recurrent cell."""

  def __init__(self, builder, rng, kind, batch, inputs, units, auxiliary=0):
    self.units = units
    matrix = lambda columns: weights(builder, rng, kind, [units, columns])
    bias = builder.tensor([units], 'float32', data=rng.uniform(-0.5, 0.5, [units]))
    self.tensors = [matrix(inputs), matrix(units), bias, builder.tensor([batch, units], 'float32', variable=True)]
    self.auxiliary = matrix(auxiliary) if auxiliary else -1


def weights(builder, rng, kind, shape):
  """Float, or int8 with one scale; of kind hybrid_u8 written as uint8, as old files have it."""
  if kind == 'f32':
    return builder.tensor(shape, 'float32', data=rng.uniform(-0.6, 0.6, shape))
  data = rng.integers(-127, 128, shape).astype('int8')
  if kind == 'hybrid_u8':
    return builder.tensor(shape, 'uint8', Quantization(rng.uniform(0.003, 0.005)), data=data.view('uint8'))
  return builder.tensor(shape, 'int8', Quantization(rng.uniform(0.003, 0.005)), data=data)


def rnn(kind, sequence=True, time=4, batch=2, inputs=5, units=3, time_major=False, activation=4, asymmetric=False, seed=0,
        runs=2):
  rng = np.random.default_rng(seed + 31)
  builder = ModelBuilder(runs=runs)
  shape = ([time, batch] if time_major else [batch, time]) if sequence else [batch]
  x = builder.input(shape + [inputs], 'float32')
  cell = RnnCell(builder, rng, kind, batch, inputs, units)
  y = builder.output(shape + [units], 'float32')
  fields = dict(fusedActivationFunction=activation, asymmetricQuantizeInputs=asymmetric)
  if sequence:
    builder.operator('UNIDIRECTIONAL_SEQUENCE_RNN', [x] + cell.tensors, [y], 3, 'SequenceRNNOptions',
                     timeMajor=time_major, **fields)
  else:
    builder.operator('RNN', [x] + cell.tensors, [y], 3, 'RNNOptions', **fields)
  text = [kind, f'activation_{activation}', 'time_major' if time_major else '', 'asymmetric' if asymmetric else '',
          f'batch_{batch}', f'{runs}_runs']
  return '_'.join(t for t in text if t), builder, None


def rnn_cases(sequence):
  cases = []
  for kind in ('f32', 'hybrid'):
    cases.append(rnn(kind, sequence))
    cases.append(rnn(kind, sequence, batch=1, inputs=18, units=9, activation=1, seed=1, runs=3))
    if sequence:
      cases.append(rnn(kind, sequence, time_major=True, seed=2))
  cases += [rnn('f32', sequence, activation=activation, seed=activation) for activation in (0, 2, 3)]
  cases.append(rnn('hybrid', sequence, asymmetric=True, seed=4))
  cases.append(rnn('hybrid_u8', sequence, seed=5))
  return cases


def bidirectional_rnn(kind, time=3, batch=2, inputs=5, units=3, time_major=False, merge=False, auxiliary=None,
                      asymmetric=False, seed=0):
  rng = np.random.default_rng(seed + 41)
  builder = ModelBuilder(runs=2)
  shape = ([time, batch] if time_major else [batch, time])
  x = builder.input(shape + [inputs], 'float32')
  auxiliary_input = builder.input(shape + [inputs], 'float32') if auxiliary else -1
  width = inputs if auxiliary == 'second' else 0
  forward = RnnCell(builder, rng, kind, batch, inputs, units, width)
  backward = RnnCell(builder, rng, kind, batch, inputs, units + 1, width)
  if merge:
    outputs = [builder.output(shape + [2 * units + 1], 'float32')]
  else:
    outputs = [builder.output(shape + [cell.units], 'float32') for cell in (forward, backward)]
  tensors = [x] + forward.tensors + backward.tensors + [auxiliary_input, forward.auxiliary, backward.auxiliary]
  builder.operator('BIDIRECTIONAL_SEQUENCE_RNN', tensors, outputs, 3, 'BidirectionalSequenceRNNOptions',
                   fusedActivationFunction=4, timeMajor=time_major, mergeOutputs=merge,
                   asymmetricQuantizeInputs=asymmetric)
  text = [kind, 'time_major' if time_major else '', 'merged' if merge else '',
          f'{auxiliary}_auxiliary' if auxiliary else '', 'asymmetric' if asymmetric else '']
  return '_'.join(t for t in text if t), builder, None


def bidirectional_rnn_cases():
  cases = []
  for kind in ('f32', 'hybrid'):
    make = lambda **o: cases.append(bidirectional_rnn(kind, **o))
    make()
    make(time_major=True)
    make(merge=True, seed=1)
    make(auxiliary='second', seed=2)
    make(auxiliary='second', time_major=True, seed=3)
    make(auxiliary='backward', seed=4)
    make(auxiliary='backward', time_major=True, seed=5)
  cases.append(bidirectional_rnn('f32', merge=True, time_major=True, seed=6))
  # LiteRT reads beyond a null pointer for this one with symmetric int8 rows.
  cases.append(bidirectional_rnn('hybrid', merge=True, time_major=True, asymmetric=True, seed=7))
  cases.append(bidirectional_rnn('hybrid', auxiliary='second', asymmetric=True, seed=8))
  return cases


def svdf(kind, batch=2, inputs=5, units=3, rank=2, memory=4, bias=True, activation=0, asymmetric=False, seed=0, runs=3,
         output=Quantization(0.031, -128)):
  """`kind`: f32, hybrid, hybrid_u8, or i8 (int8 activations, int16 state)."""
  rng = np.random.default_rng(seed + 51)
  builder = ModelBuilder(runs=runs)
  filters = units * rank
  if kind == 'i8':
    x = builder.input([batch, inputs], 'int8', Quantization(0.0153, -7))
    feature = builder.tensor([filters, inputs], 'int8', Quantization(0.0061),
                             data=rng.integers(-127, 128, [filters, inputs]))
    time = builder.tensor([filters, memory], 'int16', Quantization(2.1e-5),
                          data=rng.integers(-32767, 32768, [filters, memory]))
    bias = builder.tensor([units], 'int32', Quantization(2e-9),
                          data=rng.integers(-2**28, 2**28, [units])) if bias else -1
    state = builder.tensor([batch, filters * memory], 'int16', Quantization(9.3e-5), variable=True)
    y = builder.output([batch, units], 'int8', output)
  else:
    x = builder.input([batch, inputs], 'float32')
    feature = weights(builder, rng, kind, [filters, inputs])
    time = weights(builder, rng, kind, [filters, memory])
    bias = builder.tensor([units], 'float32', data=rng.uniform(-0.5, 0.5, [units])) if bias else -1
    state = builder.tensor([batch, filters * memory], 'float32', variable=True)
    y = builder.output([batch, units], 'float32')
  builder.operator('SVDF', [x, feature, time, bias, state], [y], 3, 'SVDFOptions', rank=rank,
                   fusedActivationFunction=activation, asymmetricQuantizeInputs=asymmetric)
  text = [kind, f'rank_{rank}_memory_{memory}', '' if bias != -1 else 'no_bias', f'activation_{activation}',
          'asymmetric' if asymmetric else '', f'batch_{batch}', f'{runs}_runs', f'seed_{seed}' if seed > 99 else '']
  return '_'.join(t for t in text if t), builder, None


def svdf_cases():
  cases = []
  for kind in ('f32', 'hybrid', 'i8'):
    activation = 1 if kind == 'i8' else 0
    make = lambda **o: cases.append(svdf(kind, **{'activation': activation, **o}))
    make(runs=1)
    make()
    make(runs=6, seed=1)  # longer than the memory
    make(rank=1, bias=False, batch=1, inputs=17, units=9, memory=3, seed=2)
    make(memory=1, rank=3, seed=3)
  cases += [svdf('f32', activation=activation, seed=4) for activation in (1, 2, 3, 4)]
  cases.append(svdf('hybrid', asymmetric=True, seed=5))
  cases.append(svdf('hybrid_u8', seed=6))
  cases.append(svdf('i8', activation=1, seed=100, output=Quantization(0.004, 11)))  # saturates
  return cases


def cases():
  return {
      'unidirectional_sequence_lstm': lstm_cases(),
      'lstm': full_lstm_cases() + lstm_8x8_8_cases() + basic_lstm_cases(),
      'bidirectional_sequence_lstm': bidirectional_lstm_cases(),
      'rnn': rnn_cases(False),
      'unidirectional_sequence_rnn': rnn_cases(True),
      'bidirectional_sequence_rnn': bidirectional_rnn_cases(),
      'svdf': svdf_cases(),
  }
