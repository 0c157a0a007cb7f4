"""Top-1 of the sample model on its evaluation set: float, and quantized by ai-edge-quantizer.

  python evaluate.py [MODEL.tflite]
"""

import copy
import gzip
import pathlib
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe

HERE = pathlib.Path(__file__).parent


def read_idx(path):
  data = gzip.decompress(path.read_bytes())
  shape = np.frombuffer(data, '>u4', data[3], 4)
  return np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def read_set(name):
  images = read_idx(HERE / f'{name}-images-idx4-ubyte.gz').astype(np.float32) / 255
  return images, read_idx(HERE / f'{name}-labels-idx1-ubyte.gz')


def top_1(model, images, labels):
  interpreter = Interpreter(model_path=str(model))
  interpreter.allocate_tensors()
  image, answer = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
  if image['dtype'] == np.int8:
    scale, zero_point = image['quantization']
    images = np.clip(np.rint(images / scale) + zero_point, -128, 127).astype(np.int8)
  right = 0
  for pixels, label in zip(images, labels):
    interpreter.set_tensor(image['index'], pixels[None])
    interpreter.invoke()
    right += int(interpreter.get_tensor(answer['index'])[0].argmax() == label)
  return 100 * right / len(labels)


def quantized(model, steps, calibration, folder, name):
  """Path of the model quantized by these recipe steps, calibrated where they need it."""
  maker = quantizer.Quantizer(str(model))
  maker.load_quantization_recipe(steps)
  statistics = None
  if maker.need_calibration:
    statistics = maker.calibrate({'serving_default': [{'image': x[None]} for x in calibration]})
  path = f'{folder}/{name}.tflite'
  maker.quantize(statistics).export_model(path, overwrite=True)
  return path


def with_weights(steps, **changes):
  steps = copy.deepcopy(steps)
  for step in steps:
    weights = step['op_config'].get('weight_tensor_config')
    if weights:
      weights.update(changes)
  return steps


def main():
  model = sys.argv[1] if len(sys.argv) > 1 else HERE / 'shapes.tflite'
  images, labels = read_set('evaluation')
  calibration = read_set('calibration')[0]
  print(f'float {top_1(model, images, labels):.1f} %')
  static = recipe.static_wi8_ai8()
  schemes = {
      'static_wi8_ai8': static,
      'static_wi8_ai8, weights per tensor': with_weights(static, granularity='TENSORWISE'),
      'static_wi8_ai8, 4-bit weights per tensor': with_weights(static, granularity='TENSORWISE', num_bits=4),
      'dynamic_wi8_afp32': recipe.dynamic_wi8_afp32(),
      'weight_only_wi4_afp32': recipe.weight_only_wi4_afp32(),
  }
  with tempfile.TemporaryDirectory() as folder:
    for i, (name, steps) in enumerate(schemes.items()):
      path = quantized(model, steps, calibration, folder, f'model{i}')
      size = pathlib.Path(path).stat().st_size
      print(f'{name}: {top_1(path, images, labels):.1f} %, {size} bytes')


if __name__ == '__main__':
  main()
