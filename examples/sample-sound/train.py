"""Trains the sound sample and writes it, its labels and its sets beside this script.

Maintainers run it to make the committed files again (about 2 minutes on one core); nothing in the
build, the package or the tests needs it.

  pip install -r ../sample-training/requirements.txt && python train.py
"""

import pathlib
import sys

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import nn

import sounds

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / 'sample-training'))
import arguments  # noqa: E402
from fit import TRAIN_SEED, fit, print_answers, seed, sets  # noqa: E402
from tflite_writer import Writer  # noqa: E402

EVALUATION_COUNT, CALIBRATION_COUNT = 72, 24
# The sets are harder than what the network learns from, as in life.
SET_HARDNESS = 1.0
# Channels, kernel and stride of each convolution; the first, with its pooling, is the ear.
LAYERS = ((24, 64, 8), (32, 5, 2), (48, 5, 2), (64, 3, 1))
POOL = 4


class Network(nn.Module):
  """Convolutions over time: [batch, 1, 1, LENGTH] to logits."""

  def __init__(self):
    super().__init__()
    channels = (1, *(layer[0] for layer in LAYERS))
    self.convs = nn.ModuleList(
        nn.Conv2d(inputs, outputs, (1, kernel), (1, stride), bias=False)
        for inputs, (outputs, kernel, stride) in zip(channels, LAYERS))
    self.norms = nn.ModuleList(nn.BatchNorm2d(outputs, momentum=0.05) for outputs, _, _ in LAYERS)
    self.classify = nn.Linear(channels[-1], len(sounds.LABELS))

  def forward(self, x):
    for i, (conv, norm) in enumerate(zip(self.convs, self.norms)):
      x = torch.relu(norm(conv(x)))
      if i == 0:
        x = nn.functional.avg_pool2d(x, (1, POOL))
    return self.classify(x.mean((2, 3)))

  def folded(self, i):
    """(weights [out, 1, kernel, in], bias [out]) with the normalization folded in."""
    conv, norm = self.convs[i], self.norms[i]
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weights = (conv.weight * scale[:, None, None, None]).permute(0, 2, 3, 1)
    return weights.detach().numpy(), (norm.bias - norm.running_mean * scale).detach().numpy()


def to_tensor(codes):
  return torch.from_numpy(sounds.from_mu_law(codes).astype(np.float32))[:, None, None]


def augment(clips, generator):
  """Turns some upside down, which no ear hears."""
  flip = torch.randint(2, (len(clips), 1, 1, 1), generator=generator) * 2 - 1
  return clips * flip


def to_tflite(network):
  """The folded network as a .tflite file: float32 [1, LENGTH] in -1..1 to probabilities."""
  writer = Writer()
  none, relu = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU
  sound = writer.tensor('sound', [1, sounds.LENGTH])
  shape = [1, 1, sounds.LENGTH, 1]
  as_row = writer.tensor('row/shape', [4], np.array(shape, np.int32), dtype=schema.TensorType.INT32)
  options = schema.ReshapeOptionsT()
  options.newShape = shape
  x = writer.operator('RESHAPE', [sound, as_row], [writer.tensor('row', shape)], options)
  for i, (channels, kernel, stride) in enumerate(LAYERS):
    weights, bias = network.folded(i)
    shape = [1, 1, (shape[2] - kernel) // stride + 1, channels]
    options = schema.Conv2DOptionsT()
    options.padding, options.fusedActivationFunction = schema.Padding.VALID, relu
    options.strideH, options.strideW = 1, stride
    options.dilationHFactor = options.dilationWFactor = 1
    inputs = [x, writer.tensor(f'conv{i}/weights', weights.shape, weights), writer.tensor(f'conv{i}/bias', bias.shape, bias)]
    x = writer.operator('CONV_2D', inputs, [writer.tensor(f'conv{i}', shape)], options)
    if i == 0:
      shape = [1, 1, shape[2] // POOL, channels]
      options = schema.Pool2DOptionsT()
      options.padding, options.fusedActivationFunction = schema.Padding.VALID, none
      options.strideH, options.strideW, options.filterHeight, options.filterWidth = 1, POOL, 1, POOL
      x = writer.operator('AVERAGE_POOL_2D', [x], [writer.tensor('pool', shape)], options)
  x = writer.mean('mean', x, shape[3])
  x = writer.dense('logits', x, *(p.detach().numpy() for p in (network.classify.weight, network.classify.bias)))
  x = writer.softmax('probabilities', x, len(sounds.LABELS))
  return writer.finish([('sound', sound)], [('probabilities', x)],
                       'Octolite sound sample: 8 kinds of sound, 0.5 s at 8 kHz in -1..1')


def main():
  told = arguments.of_training(__doc__.splitlines()[0], HERE, 8000, 'sounds', 14).parse_args()
  seed(told.threads)

  for name, set_seed, count in sets(EVALUATION_COUNT, CALIBRATION_COUNT):
    codes, labels = sounds.make_set(set_seed, count, SET_HARDNESS)
    sounds.write_wav(told.output / f'{name}.wav', codes)
    if name == 'evaluation':
      lines = ['class', *map(str, labels)]
      (told.output / 'evaluation-labels.csv').write_text('\n'.join(lines) + '\n')
  (told.output / 'labels.txt').write_text('\n'.join(sounds.LABELS) + '\n')

  network = Network()
  codes, labels = sounds.make_set(TRAIN_SEED, told.count)
  fit(network, to_tensor(codes), labels, told.epochs, 4e-3, augment)
  with torch.no_grad():
    for hardness in (0.0, SET_HARDNESS):
      codes, labels = sounds.make_set(99, 2000, hardness)
      print(f'hardness {hardness}')
      print_answers(network(to_tensor(codes)).argmax(1).numpy(), labels, sounds.LABELS)
  (told.output / 'sounds.tflite').write_bytes(to_tflite(network))


if __name__ == '__main__':
  main()
