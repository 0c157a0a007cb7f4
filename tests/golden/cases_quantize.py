"""QUANTIZE and DEQUANTIZE."""

import numpy as np

from cases_elementwise import ALL_INT8
from model_builder import ModelBuilder, Quantization

RANGES = {'int8': (-128, 127), 'uint8': (0, 255), 'int16': (-32768, 32767)}


def every(dtype):
  return {'int8': ALL_INT8, 'uint8': ALL_INT8 + 128}.get(dtype, np.linspace(-32768, 32767, 511).astype(np.int16))


def floats(scale, zero, dtype):
  """Values around the steps, on the ties between them, and far outside."""
  low, high = RANGES[dtype]
  steps = np.concatenate([np.linspace(low - zero - 4, high - zero + 4, 97), np.arange(-8, 8) + 0.5])
  return np.concatenate([steps * scale, [0, -0.0, 1e6 * scale, -1e6 * scale]]).astype(np.float32)


def quantize(name, from_type, to_type, in_q, out_q):
  builder = ModelBuilder()
  data = floats(*out_q, to_type) if from_type == 'float32' else every(from_type)
  x = builder.input(data.shape, from_type, Quantization(*in_q) if in_q else None)
  builder.operator('QUANTIZE', [x], [builder.output(data.shape, to_type, Quantization(*out_q))],
                   1 if from_type == 'float32' and to_type != 'int16' else 2)
  return f'{from_type}_{to_type}_{name}', builder, [data]


def dequantize(name, from_type, in_q, data=None):
  builder = ModelBuilder()
  data = every(from_type) if data is None else data
  x = builder.input(data.shape, from_type, Quantization(*in_q) if in_q else None)
  version = {'uint8': 1, 'int8': 2, 'int16': 3, 'float16': 3}[from_type]
  builder.operator('DEQUANTIZE', [x], [builder.output(data.shape, 'float32')], version, 'DequantizeOptions')
  return f'{from_type}_{name}', builder, [data]


def fake_quant(name, low, high, bits=8):
  builder = ModelBuilder()
  x = builder.input([3, 17], 'float32')
  builder.operator('FAKE_QUANT', [x], [builder.output([3, 17], 'float32')], 1, 'FakeQuantOptions',
                   min=low, max=high, numBits=bits)
  return name, builder, None


def cases():
  quantize_rows = []
  for to_type, zero in (('int8', -7), ('int8', -128), ('int8', 127), ('uint8', 121), ('uint8', 0), ('int16', 0)):
    label = f'zero_{zero}'.replace('-', 'minus_')
    quantize_rows.append(quantize(label, 'float32', to_type, None, (0.037 if to_type != 'int16' else 0.0004, zero)))
  quantize_rows.append(quantize('power_of_two', 'float32', 'int8', None, (0.25, 3)))
  for name, in_q, out_q in [('same', (0.03, 4), (0.03, 4)), ('moved', (0.03, 4), (0.03, -90)),
                            ('finer', (0.03, 4), (0.011, -20)), ('coarser', (0.03, 4), (0.047, 9)),
                            ('halved_ties', (0.25, 0), (0.5, 0)), ('doubled', (0.5, 0), (0.25, 1)),
                            ('far_apart', (1.0, 0), (0.003, 0))]:
    quantize_rows.append(quantize(name, 'int8', 'int8', in_q, out_q))
  quantize_rows += [
      quantize('same', 'uint8', 'int8', (0.03, 132), (0.03, 4)),
      quantize('coarser', 'uint8', 'int8', (0.03, 132), (0.047, 9)),
      quantize('same', 'int8', 'uint8', (0.03, 4), (0.03, 132)),
      quantize('finer', 'int8', 'uint8', (0.03, 4), (0.011, 108)),
      quantize('coarser', 'uint8', 'uint8', (0.03, 132), (0.047, 120)),
      quantize('narrower', 'int16', 'int8', (0.0004, 0), (0.1, -3)),
      quantize('wider', 'int8', 'int16', (0.1, -3), (0.0004, 0)),
      quantize('coarser', 'int16', 'int16', (0.0004, 0), (0.0007, 0)),
  ]
  halves = np.concatenate([np.linspace(-4, 4, 33), [0, -0.0, 65504, -65504, 6e-8, -6e-5, 1 / 3]]).astype(np.float16)
  dequantize_rows = [
      dequantize('plain', 'int8', (0.037, -7)), dequantize('zero_point_min', 'int8', (0.5, -128)),
      dequantize('plain', 'uint8', (0.037, 121)), dequantize('plain', 'int16', (0.0004, 0)),
      dequantize('values', 'float16', None, halves),
  ]
  fake_rows = [
      fake_quant('symmetric', -1, 1), fake_quant('uneven', -0.37, 1.61), fake_quant('positive', 0, 1.5),
      fake_quant('negative', -1.5, 0), fake_quant('four_bits', -1, 1.3, 4),
      fake_quant('two_bits', -1, 1, 2), fake_quant('sixteen_bits', -1.9, 1.7, 16),
  ]
  return {'quantize': quantize_rows, 'dequantize': dequantize_rows, 'fake_quant': fake_rows}
