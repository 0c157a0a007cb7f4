"""Trains the sound sample and writes it, its labels and its sets beside this script.

Maintainers run it to make the committed files again (about 2 minutes on one core); nothing in the
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

import sounds

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / 'sample-model'))
from tflite_writer import Writer  # noqa: E402

TRAIN_SEED, EVALUATION_SEED, CALIBRATION_SEED = 1, 2, 3
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


def train(network, codes, labels, epochs, batch, peak_rate):
  clips, labels = to_tensor(codes), torch.from_numpy(labels.astype(np.int64))
  optimizer = torch.optim.AdamW(network.parameters(), peak_rate, weight_decay=1e-2)
  schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=epochs * (len(clips) // batch))
  generator = torch.Generator().manual_seed(0)
  for epoch in range(epochs):
    network.train()
    order = torch.randperm(len(clips), generator=generator)
    total = 0.0
    for start in range(0, len(clips) - batch + 1, batch):
      chosen = order[start:start + batch]
      flip = torch.randint(2, (batch, 1, 1, 1), generator=generator) * 2 - 1
      loss = nn.functional.cross_entropy(network(clips[chosen] * flip), labels[chosen])
      optimizer.zero_grad()
      loss.backward()
      optimizer.step()
      schedule.step()
      total += loss.item() * batch
    print(f'epoch {epoch + 1}/{epochs} loss {total / len(clips):.4f}', flush=True)
  network.eval()


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
  axes = writer.tensor('mean/axes', [2], np.array([1, 2], np.int32), dtype=schema.TensorType.INT32)
  options = schema.ReducerOptionsT()
  options.keepDims = False
  x = writer.operator('MEAN', [x, axes], [writer.tensor('mean', [1, shape[3]])], options)
  x = writer.dense('logits', x, *(p.detach().numpy() for p in (network.classify.weight, network.classify.bias)))
  x = writer.softmax('probabilities', x, len(sounds.LABELS))
  return writer.finish([('sound', sound)], [('probabilities', x)],
                       'Octolite sound sample: 8 kinds of sound, 0.5 s at 8 kHz in -1..1')


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=8000, help='training sounds')
  parser.add_argument('--epochs', type=int, default=14)
  parser.add_argument('--output', type=pathlib.Path, default=HERE)
  arguments = parser.parse_args()
  torch.set_num_threads(1)
  torch.manual_seed(0)

  for name, seed, count in (('evaluation', EVALUATION_SEED, EVALUATION_COUNT),
                            ('calibration', CALIBRATION_SEED, CALIBRATION_COUNT)):
    codes, labels = sounds.make_set(seed, count, SET_HARDNESS)
    sounds.write_wav(arguments.output / f'{name}.wav', codes)
    if name == 'evaluation':
      lines = ['class', *map(str, labels)]
      (arguments.output / 'evaluation-labels.csv').write_text('\n'.join(lines) + '\n')
  (arguments.output / 'labels.txt').write_text('\n'.join(sounds.LABELS) + '\n')

  network = Network()
  train(network, *sounds.make_set(TRAIN_SEED, arguments.count), arguments.epochs, 64, 4e-3)
  with torch.no_grad():
    for hardness in (0.0, SET_HARDNESS):
      codes, labels = sounds.make_set(99, 2000, hardness)
      answers = network(to_tensor(codes)).argmax(1).numpy()
      print(f'hardness {hardness}: {100 * (answers == labels).mean():.1f} %')
      for label, name in enumerate(sounds.LABELS):
        counts = np.bincount(answers[labels == label], minlength=len(sounds.LABELS))
        print(f'  {name:7} {counts}')
  (arguments.output / 'sounds.tflite').write_bytes(to_tflite(network))


if __name__ == '__main__':
  main()
