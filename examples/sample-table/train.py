"""Trains the table sample and writes it, its labels and its sets beside this script.

Maintainers run it to make the committed files again (about a minute on one core); nothing in the
build, the package or the tests needs it.

  pip install -r ../sample-model/requirements.txt && python train.py
"""

import argparse
import pathlib
import sys

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import nn

import readings

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / 'sample-model'))
from tflite_writer import Writer  # noqa: E402

TRAIN_SEED, EVALUATION_SEED, CALIBRATION_SEED = 1, 2, 3
EVALUATION_COUNT, CALIBRATION_COUNT = 600, 150
WIDTHS = (len(readings.COLUMNS), 80, 64, 32, len(readings.LABELS))


def make_network():
  layers = [nn.Linear(inputs, outputs) for inputs, outputs in zip(WIDTHS, WIDTHS[1:])]
  return nn.Sequential(*(part for layer in layers for part in (layer, nn.ReLU())))[:-1]


def train(network, rows, labels, epochs, batch, peak_rate):
  rows, labels = torch.from_numpy(rows.astype(np.float32)), torch.from_numpy(labels)
  optimizer = torch.optim.AdamW(network.parameters(), peak_rate, weight_decay=1e-2)
  schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=epochs * (len(rows) // batch))
  generator = torch.Generator().manual_seed(0)
  for epoch in range(epochs):
    order = torch.randperm(len(rows), generator=generator)
    total = 0.0
    for start in range(0, len(rows) - batch + 1, batch):
      chosen = order[start:start + batch]
      loss = nn.functional.cross_entropy(network(rows[chosen]), labels[chosen])
      optimizer.zero_grad()
      loss.backward()
      optimizer.step()
      schedule.step()
      total += loss.item() * batch
    print(f'epoch {epoch + 1}/{epochs} loss {total / len(rows):.4f}', flush=True)


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
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=12000, help='training rows')
  parser.add_argument('--epochs', type=int, default=25)
  parser.add_argument('--output', type=pathlib.Path, default=HERE)
  arguments = parser.parse_args()
  torch.set_num_threads(1)
  torch.manual_seed(0)

  for name, seed, count in (('evaluation', EVALUATION_SEED, EVALUATION_COUNT),
                            ('calibration', CALIBRATION_SEED, CALIBRATION_COUNT)):
    rows, labels = readings.read_set(seed, count)
    readings.write_csv(arguments.output / f'{name}.csv', readings.COLUMNS, rows)
    if name == 'evaluation':
      readings.write_csv(arguments.output / 'evaluation-labels.csv', ['class'], labels[:, None], 0)
  (arguments.output / 'labels.txt').write_text('\n'.join(readings.LABELS) + '\n')

  network = make_network()
  train(network, *readings.read_set(TRAIN_SEED, arguments.count), arguments.epochs, 64, 5e-3)
  with torch.no_grad():
    rows, labels = readings.read_set(99, 3000)
    answers = network(torch.from_numpy(rows.astype(np.float32))).argmax(1).numpy()
    print(f'{100 * (answers == labels).mean():.1f} %')
    for label, name in enumerate(readings.LABELS):
      print(f'  {name:15} {np.bincount(answers[labels == label], minlength=len(readings.LABELS))}')
  (arguments.output / 'pump.tflite').write_bytes(to_tflite(network))


if __name__ == '__main__':
  main()
