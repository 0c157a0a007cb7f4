"""Trains the table sample and writes it, its labels and its sets beside this script.

Maintainers run it to make the committed files again (about a minute on one core); nothing in the
build, the package or the tests needs it.

  pip install -r ../sample-training/requirements.txt && python train.py
"""

import pathlib
import sys

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import nn

import readings

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / 'sample-training'))
import arguments  # noqa: E402
from fit import TRAIN_SEED, fit, print_answers, seed, sets  # noqa: E402
from tflite_writer import Writer  # noqa: E402

EVALUATION_COUNT, CALIBRATION_COUNT = 600, 150
WIDTHS = (len(readings.COLUMNS), 80, 64, 32, len(readings.LABELS))


def make_network():
  layers = [nn.Linear(inputs, outputs) for inputs, outputs in zip(WIDTHS, WIDTHS[1:])]
  return nn.Sequential(*(part for layer in layers for part in (layer, nn.ReLU())))[:-1]


def to_tensor(rows):
  return torch.from_numpy(rows.astype(np.float32))


def to_tflite(network):
  """The network as a .tflite file: float32 [1, 10] readings to probabilities."""
  writer = Writer()
  none, relu = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU
  first = x = writer.tensor('readings', [1, WIDTHS[0]])
  layers = [layer for layer in network if isinstance(layer, nn.Linear)]
  for i, layer in enumerate(layers):
    last = layer is layers[-1]
    weights, bias = (p.detach().numpy() for p in (layer.weight, layer.bias))
    x = writer.dense('logits' if last else f'dense{i}', x, weights, bias, none if last else relu)
  x = writer.softmax('probabilities', x, WIDTHS[-1])
  return writer.finish([('readings', first)], [('probabilities', x)],
                       'Octolite table sample: the state of a pump from ten readings, per unit')


def main():
  told = arguments.of_training(__doc__.splitlines()[0], HERE, 12000, 'rows', 25).parse_args()
  seed(told.threads)

  for name, set_seed, count in sets(EVALUATION_COUNT, CALIBRATION_COUNT):
    rows, labels = readings.read_set(set_seed, count)
    readings.write_csv(told.output / f'{name}.csv', readings.COLUMNS, rows)
    if name == 'evaluation':
      readings.write_csv(told.output / 'evaluation-labels.csv', ['class'], labels[:, None], 0)
  (told.output / 'labels.txt').write_text('\n'.join(readings.LABELS) + '\n')

  network = make_network()
  rows, labels = readings.read_set(TRAIN_SEED, told.count)
  fit(network, to_tensor(rows), labels, told.epochs, 5e-3)
  with torch.no_grad():
    rows, labels = readings.read_set(99, 3000)
    print_answers(network(to_tensor(rows)).argmax(1).numpy(), labels, readings.LABELS)
  (told.output / 'pump.tflite').write_bytes(to_tflite(network))


if __name__ == '__main__':
  main()
