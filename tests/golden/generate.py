"""Writes the goldens: one-operator models, inputs, and what LiteRT answers. See README.md.

Maintainers run it; the build and the tests only read what it wrote.

  pip install ai-edge-litert==2.3.0 numpy flatbuffers
  python generate.py [operator ...]
"""

import argparse
import importlib
import importlib.metadata
import pathlib
import struct
import zlib

import numpy as np
from ai_edge_litert import interpreter as litert

from model_builder import TYPES

HERE = pathlib.Path(__file__).parent
MAGIC = b'OCTGOLD1'
RESOLVERS = {
    'litert': litert.OpResolverType.AUTO,
    'reference': litert.OpResolverType.BUILTIN_REF,
}


def all_cases():
  """{operator: [(name, model builder, inputs)]}; an input is an array, or None for a seeded one.

  Every module cases_*.py here gives some of them.
  """
  cases = {}
  for path in sorted(HERE.glob('cases_*.py')):
    for operator, rows in importlib.import_module(path.stem).cases().items():
      cases.setdefault(operator, []).extend(rows)
  return cases


def seeded(details, rng):
  """Floats in [-2, 2), integers of up to 16 bits over their whole range, both ends present."""
  shape, dtype = details['shape'], np.dtype(details['dtype'])
  if dtype.kind == 'f':
    return rng.uniform(-2, 2, shape).astype(dtype)
  if dtype == np.bool_:
    return rng.integers(0, 2, shape).astype(dtype)
  ends = np.iinfo(dtype) if dtype.itemsize <= 2 else np.iinfo(np.int8)
  x = rng.integers(ends.min, ends.max + 1, shape).astype(dtype)
  if x.size > 3:
    x.ravel()[:2] = ends.min, ends.max
  return x


def run(model, inputs, resolver, runs):
  """(outputs of the last of `runs` runs on the same inputs, whether a delegate ran every operator)."""
  it = litert.Interpreter(model_content=model, experimental_op_resolver_type=resolver, num_threads=1)
  it.allocate_tensors()
  for details, x in zip(it.get_input_details(), inputs, strict=True):
    it.set_tensor(details['index'], x)
  for _ in range(runs):
    it.invoke()
  outputs = [it.get_tensor(details['index']).copy() for details in it.get_output_details()]
  names = [op['op_name'] for op in it._get_ops_details()]
  return outputs, names[-1] == 'DELEGATE'


def input_details(model):
  return litert.Interpreter(model_content=model).get_input_details()


def string(text):
  data = text.encode()
  return struct.pack('<H', len(data)) + data


def pack_strings(x):
  """TFLite's packing: the count, count + 1 offsets from the start, and the characters."""
  texts = [bytes(text) for text in x.ravel()]
  offsets = np.cumsum([4 * (len(texts) + 2)] + [len(text) for text in texts])
  return struct.pack(f'<{len(texts) + 2}i', len(texts), *offsets) + b''.join(texts)


def content(x):
  return pack_strings(x) if x.dtype.kind in 'OS' else x.tobytes()


def tensor(x):
  strings = x.dtype.kind in 'OS'
  header = struct.pack(f'<BB{x.ndim}I', TYPES['string' if strings else x.dtype.name], x.ndim, *x.shape)
  data = content(x)
  return header + struct.pack('<I', len(data)), data


def equal(a, b):
  """Whether one answer serves both arithmetics: the same bytes, or floats apart by their rounding only."""
  if a.dtype.kind != 'f':
    return content(a) == content(b)
  if not np.isfinite(a).all():
    return a.tobytes() == b.tobytes()
  return np.abs(a - b).max(initial=0) <= 2e-6 * max(1, np.abs(a).max(initial=0))


def encode(name, builder, given):
  """One case as bytes, and a line of text about it."""
  model = builder.finish()
  rng = np.random.default_rng(zlib.crc32(name.encode()))
  details = input_details(model)
  given = given if given is not None else [None] * len(details)
  inputs = [np.asarray(x, object if d['dtype'] is np.bytes_ else d['dtype']).reshape(d['shape']) if x is not None else seeded(d, rng)
            for x, d in zip(given, details, strict=True)]
  expected, delegated = run(model, inputs, RESOLVERS['litert'], builder.runs)
  try:
    reference, _ = run(model, inputs, RESOLVERS['reference'], builder.runs) if builder.reference else (None, None)
  except (RuntimeError, ValueError):
    reference = None  # the reference kernels refuse the model
  if not builder.allow_non_finite:
    for x in inputs + expected:
      assert x.dtype.kind in 'OSc' or np.isfinite(x.astype(np.float64)).all(), name
  if not builder.allow_uniform and expected[0].dtype.itemsize <= 2 and expected[0].dtype != np.bool_ and expected[0].size >= 8:
    assert len(np.unique(expected[0])) > 1, f'{name}: every output is {expected[0].flat[0]}'
  flags = (1 if delegated else 0) | (2 if reference is not None else 0) | (builder.runs - 1) << 4
  out = [string(name), struct.pack('<BI', flags, len(model)), model, struct.pack('<B', len(inputs))]
  for x in inputs:
    out += tensor(x)
  out.append(struct.pack('<B', len(expected)))
  differ = 0
  for i, x in enumerate(expected):
    header, data = tensor(x)
    same = bool(reference is None or equal(x, reference[i]))
    out += [header, struct.pack('<B', same), data]
    if not same:
      out.append(content(reference[i]))
      differ += np.count_nonzero(reference[i] != x)
  return b''.join(out), f"{'xnnpack' if delegated else 'builtin'} {'' if reference is not None else 'no-reference'} differ {differ}"


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('operators', nargs='*', help='the file names without .bin; all by default')
  parser.add_argument('--verbose', action='store_true')
  arguments = parser.parse_args()
  peer = f"ai-edge-litert {importlib.metadata.version('ai-edge-litert')}"
  total = 0
  for operator, rows in all_cases().items():
    if arguments.operators and operator not in arguments.operators:
      continue
    names = [name for name, _, _ in rows]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    out = [MAGIC, string(peer), struct.pack('<I', len(rows))]
    for name, builder, inputs in rows:
      try:
        data, line = encode(name, builder, inputs)
      except (RuntimeError, ValueError) as error:
        raise SystemExit(f'{operator}/{name}: {error}')
      out.append(data)
      if arguments.verbose:
        print(f'{operator}/{name}: {line}')
    data = b''.join(out)
    (HERE / f'{operator}.bin').write_bytes(data)
    total += len(data)
    print(f'{operator}.bin: {len(rows)} cases, {len(data)} bytes')
  print(f'{total} bytes')


if __name__ == '__main__':
  main()
