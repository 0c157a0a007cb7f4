"""Trains the sample model and writes it, its labels and its sets beside this script.

Maintainers run it to make the committed files again (about 30 minutes on one core); nothing in the
build, the package or the tests needs it.

  pip install -r ../sample-training/requirements.txt && python train.py
"""

import os
import pathlib
import sys

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import nn

import draw

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / 'sample-training'))
import arguments  # noqa: E402
from fit import TRAIN_SEED, fit, seed, sets  # noqa: E402
from tflite_writer import Writer  # noqa: E402

EVALUATION_COUNT, CALIBRATION_COUNT = 480, 96
# The sets are harder than what the network learns from, as in life.
SET_HARDNESS = 0.75


class ConvNorm(nn.Sequential):
  """Convolution, batch normalization and, where `active`, RELU6. `depthwise` keeps the channels apart."""

  def __init__(self, inputs, outputs, kernel, stride=1, depthwise=False, active=True):
    self.stride, self.depthwise, self.active = stride, depthwise, active
    super().__init__(
        SamePad(kernel, stride),
        nn.Conv2d(inputs, outputs, kernel, stride, groups=inputs if depthwise else 1, bias=False),
        nn.BatchNorm2d(outputs, momentum=0.05), *([nn.ReLU6()] if active else []))

  def folded(self):
    """(weights [out, in / groups, kh, kw], bias [out]) with the normalization folded in."""
    conv, norm = self[1], self[2]
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weights = conv.weight * scale[:, None, None, None]
    return weights.detach().numpy(), (norm.bias - norm.running_mean * scale).detach().numpy()


class SamePad(nn.Module):
  """The zero padding of TFLite's SAME: what is odd goes to the bottom and to the right."""

  def __init__(self, kernel, stride):
    super().__init__()
    self.kernel, self.stride = kernel, stride

  def forward(self, x):
    size = x.shape[-1]
    total = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
    return nn.functional.pad(x, (total // 2, total - total // 2) * 2) if total else x


class Residual(nn.Module):
  """An inverted residual: widen, filter each channel, narrow, add the input."""

  def __init__(self, channels, wide):
    super().__init__()
    self.layers = nn.Sequential(
        ConvNorm(channels, wide, 1), ConvNorm(wide, wide, 3, depthwise=True),
        ConvNorm(wide, channels, 1, active=False))

  def forward(self, x):
    return x + self.layers(x)


class Network(nn.Module):

  def __init__(self, classes):
    super().__init__()
    self.features = nn.Sequential(
        ConvNorm(3, 16, 3, 2),
        ConvNorm(16, 16, 3, depthwise=True), ConvNorm(16, 32, 1),
        ConvNorm(32, 32, 3, 2, depthwise=True), ConvNorm(32, 64, 1),
        Residual(64, 128),
        ConvNorm(64, 64, 3, 2, depthwise=True), ConvNorm(64, 128, 1),
        Residual(128, 192))
    self.classify = nn.Linear(128, classes)

  def forward(self, x):
    return self.classify(self.features(x).mean((2, 3)))


def training_set(count, cache):
  if cache and os.path.exists(cache):
    with np.load(cache) as data:
      if len(data['labels']) == count:
        return data['images'], data['labels']
  images, labels = draw.draw_set(TRAIN_SEED, count)
  if cache:
    np.savez(cache, images=images, labels=labels)
  return images, labels


def augment(images, generator):
  """Mirrors, quarter turns and swapped colour channels, one choice for the batch: no label minds."""
  turn, mirror = torch.randint(4, (1,), generator=generator).item(), torch.rand(1, generator=generator).item() < 0.5
  images = torch.rot90(images, turn, (2, 3))
  images = images.flip(3) if mirror else images
  return images[:, torch.randperm(3, generator=generator)]


def to_tensor(images):
  return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255


def to_tflite(network):
  """The folded network as a .tflite file: float32 [1, SIZE, SIZE, 3] in 0..1 to 16 probabilities."""
  writer = Writer()
  relu6, none = schema.ActivationFunctionType.RELU6, schema.ActivationFunctionType.NONE

  def conv(layer, name, x, shape):
    weights, bias = layer.folded()
    weights = weights.transpose((1, 2, 3, 0) if layer.depthwise else (0, 2, 3, 1))
    size, channels = -(-shape[1] // layer.stride), len(bias)
    out_shape = [1, size, size, channels]
    if layer.depthwise:
      operator, options = 'DEPTHWISE_CONV_2D', schema.DepthwiseConv2DOptionsT()
      options.depthMultiplier = 1
    else:
      operator, options = 'CONV_2D', schema.Conv2DOptionsT()
    options.padding = schema.Padding.SAME
    options.strideH = options.strideW = layer.stride
    options.dilationHFactor = options.dilationWFactor = 1
    options.fusedActivationFunction = relu6 if layer.active else none
    out = writer.tensor(name, out_shape)
    inputs = [x, writer.tensor(f'{name}/weights', weights.shape, weights),
              writer.tensor(f'{name}/bias', bias.shape, bias)]
    return writer.operator(operator, inputs, [out], options), out_shape

  shape = [1, draw.SIZE, draw.SIZE, 3]
  image = x = writer.tensor('image', shape)
  for i, layer in enumerate(network.features):
    if isinstance(layer, Residual):
      y, y_shape = x, shape
      for part, name in zip(layer.layers, ('expand', 'depthwise', 'project')):
        y, y_shape = conv(part, f'block{i}/{name}', y, y_shape)
      options = schema.AddOptionsT()
      options.fusedActivationFunction = none
      x = writer.operator('ADD', [x, y], [writer.tensor(f'block{i}/add', shape)], options)
    else:
      kind = 'depthwise' if layer.depthwise else 'conv'
      x, shape = conv(layer, f'block{i}/{kind}', x, shape)
  x = writer.mean('pool', x, shape[3])
  x = writer.dense('classify', x, *(p.detach().numpy() for p in (network.classify.weight, network.classify.bias)),
                   output='logits')
  x = writer.softmax('probabilities', x, len(draw.LABELS))
  return writer.finish([('image', image)], [('probabilities', x)],
                       'Octolite sample model: 16 drawn symbols, 40 x 40 RGB in 0..1')


def main():
  parser = arguments.of_training(__doc__.splitlines()[0], HERE, 32000, 'pictures', 24)
  parser.add_argument('--cache', help='.npz to keep the training pictures in')
  told = parser.parse_args()
  seed(told.threads)

  for name, set_seed, count in sets(EVALUATION_COUNT, CALIBRATION_COUNT):
    images, labels = draw.draw_set(set_seed, count, SET_HARDNESS)
    draw.write_idx(told.output / f'{name}-images-idx4-ubyte.gz', images)
    draw.write_idx(told.output / f'{name}-labels-idx1-ubyte.gz', labels)
  (told.output / 'labels.txt').write_text('\n'.join(draw.LABELS) + '\n')

  network = Network(len(draw.LABELS))
  images, labels = training_set(told.count, told.cache)
  fit(network, to_tensor(images), labels, told.epochs, 4e-3, augment)
  (told.output / 'shapes.tflite').write_bytes(to_tflite(network))


if __name__ == '__main__':
  main()
