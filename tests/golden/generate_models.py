"""Writes models.txt: what LiteRT answers for every model of ../shared/models. See README.md.

  python generate_models.py [FOLDER]     the folder of the models; ../shared/models by default
"""

import importlib.metadata
import pathlib
import subprocess
import sys
import zlib

import numpy as np

from generate import pack_strings

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLES = 16  # of each output of floats
# Integer networks with floats at their edges only: their floats are equal to the byte as well.
EXACT = (
    'blazeface_front_int8_floatio', 'face_landmark_int8_floatio', 'meet_segm_128_int8_floatio', 'toycar_ad_int8_floatio',
)
# Answers that are not what the model says.
WRONG = {('qwen_fc_int4_blockwise', 'reference'): '! its reference kernels take blockwise scales for 0'}
CUSTOM_HINT = 'See instructions: https://www.tensorflow.org/lite/guide/ops_custom '
ARITHMETICS = {'litert': 'AUTO', 'reference': 'BUILTIN_REF'}


def pattern(shape, dtype):
  """Numbers that any language makes alike, from bytes: floats (byte - 128) / 128, 16 bits (byte - 128) * 64,
  more bits byte % 8 (they are indices and the like), bool byte % 2."""
  i = np.arange(int(np.prod(shape)), dtype=np.uint64)
  data = ((i * 2654435761) % 2**32 >> 24).astype(np.uint8)
  dtype = np.dtype(dtype)
  if dtype.kind in 'SO':
    data = np.array([b'%d' % (byte % 8) for byte in data], object)
  elif dtype.kind == 'b':
    data = data % 2 == 1
  elif dtype.kind in 'fc':
    data = ((data.astype(np.float32) - 128) / 128).astype(dtype)
  elif dtype.itemsize == 1:
    data = data.view(dtype)
  elif dtype.itemsize == 2:
    data = ((data.astype(np.int32) - 128) * 64).astype(dtype)
  else:
    data = (data % 8).astype(dtype)
  return data.reshape(shape)


def word(x, exact):
  """An output in a word: its CRC-32, or of floats the largest magnitude and some values evenly spaced."""
  if x.dtype.kind not in 'fc' or exact:
    return f"{zlib.crc32(pack_strings(x) if x.dtype.kind in 'OS' else x.tobytes()):08x}"
  flat = x.ravel().view(np.float32)
  if not flat.size:
    return '~0:'
  picked = flat[[i * flat.size // SAMPLES for i in range(SAMPLES)]]
  largest = np.abs(flat[np.isfinite(flat)]).max(initial=0)
  return f'~{largest:.6g}:' + ','.join(f'{v:.7g}' for v in picked)


def answer(path, resolver):
  """Runs in a process of its own: LiteRT ends some files in an abort."""
  from ai_edge_litert import interpreter as litert

  it = litert.Interpreter(model_path=path, experimental_op_resolver_type=litert.OpResolverType[resolver], num_threads=1)
  it.allocate_tensors()
  for details in it.get_input_details():
    it.set_tensor(details['index'], pattern(details['shape'], details['dtype']))
  it.invoke()
  exact = pathlib.Path(path).stem in EXACT
  print('ANSWER ' + ' '.join(word(it.get_tensor(d['index']), exact) for d in it.get_output_details()))


def ask(path, resolver):
  done = subprocess.run([sys.executable, __file__, '--answer', str(path), resolver], capture_output=True, text=True)
  for line in done.stdout.splitlines():
    if line.startswith('ANSWER '):
      return line[7:]
  lines = [line for line in done.stderr.splitlines() if line and not line.startswith(('INFO', 'WARNING', ' ', 'W0'))]
  return '! ' + (lines[-1] if lines else 'aborts').removeprefix(CUSTOM_HINT)


def main():
  if sys.argv[1:2] == ['--answer']:
    return answer(*sys.argv[2:])
  folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / 'shared' / 'models'
  lines = [f"# What ai-edge-litert {importlib.metadata.version('ai-edge-litert')} answers; made by generate_models.py"]
  files = sorted(p for p in folder.rglob('*') if p.suffix in ('.tflite', '.bin') and 'malformed' not in p.parts)
  for path in files:
    for arithmetic, resolver in ARITHMETICS.items():
      lines.append(f'{path.relative_to(folder)} {arithmetic} {WRONG.get((path.stem, arithmetic)) or ask(path, resolver)}')
  (HERE / 'models.txt').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
  main()
