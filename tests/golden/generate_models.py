"""Writes models.txt: what LiteRT answers for whole int8 and uint8 networks. See README.md.

  python generate_models.py [FOLDER]     the folder of the networks; ../shared/models by default
"""

import importlib.metadata
import pathlib
import sys
import zlib

import numpy as np
from ai_edge_litert import interpreter as litert

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
MODELS = (
    'blazeface_front_int8_floatio', 'face_landmark_int8_floatio', 'hello_world_int8', 'kws_dscnn_int8',
    'meet_segm_128_int8_floatio', 'micro_speech_int8', 'mnist_conv_a8w8', 'mobilenet_v1_0.25_224_uint8',
    'mobilenet_v2_1.0_224_uint8', 'resnet8_cifar10_int8', 'toycar_ad_int8', 'toycar_ad_int8_floatio', 'vww_96_int8',
)


def pattern(shape, dtype):
  """Bytes that any language makes alike; floats are (byte - 128) / 128."""
  i = np.arange(int(np.prod(shape)), dtype=np.uint64)
  data = ((i * 2654435761) % 2**32 >> 24).astype(np.uint8)
  if np.dtype(dtype) == np.float32:
    return ((data.astype(np.float32) - 128) / 128).reshape(shape)
  return data.view(dtype).reshape(shape)


def checksums(path, resolver):
  it = litert.Interpreter(model_path=str(path), experimental_op_resolver_type=resolver, num_threads=1)
  it.allocate_tensors()
  for details in it.get_input_details():
    it.set_tensor(details['index'], pattern(details['shape'], details['dtype']))
  it.invoke()
  return ' '.join(f"{zlib.crc32(it.get_tensor(d['index']).tobytes()):08x}" for d in it.get_output_details())


def main():
  folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / 'shared' / 'models'
  lines = [f"# CRC-32 of each output as ai-edge-litert {importlib.metadata.version('ai-edge-litert')} answers; made by generate_models.py"]
  for name in MODELS:
    for arithmetic, resolver in (('litert', litert.OpResolverType.AUTO), ('reference', litert.OpResolverType.BUILTIN_REF)):
      lines.append(f"{name} {arithmetic} {checksums(folder / f'{name}.tflite', resolver)}")
  (HERE / 'models.txt').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
  main()
