"""How the networks of the samples are trained: seeded, so that one machine makes the same weights each time."""

import numpy as np
import torch
from torch import nn

TRAIN_SEED, EVALUATION_SEED, CALIBRATION_SEED = 1, 2, 3


def sets(evaluation_count, calibration_count):
  """Name, seed and number of samples of the sets that are committed."""
  return ('evaluation', EVALUATION_SEED, evaluation_count), ('calibration', CALIBRATION_SEED, calibration_count)


def seed(threads):
  torch.set_num_threads(threads)
  torch.manual_seed(0)


def fit(network, inputs, labels, epochs, peak_rate, augment=lambda inputs, generator: inputs, batch=64):
  """`augment` makes each batch another one that has the same labels."""
  labels = torch.from_numpy(labels.astype(np.int64))
  optimizer = torch.optim.AdamW(network.parameters(), peak_rate, weight_decay=1e-2)
  steps = epochs * (len(inputs) // batch)
  schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=steps)
  generator = torch.Generator().manual_seed(0)
  for epoch in range(epochs):
    network.train()
    order = torch.randperm(len(inputs), generator=generator)
    total = 0.0
    for start in range(0, len(inputs) - batch + 1, batch):
      chosen = order[start:start + batch]
      loss = nn.functional.cross_entropy(network(augment(inputs[chosen], generator)), labels[chosen])
      optimizer.zero_grad()
      loss.backward()
      optimizer.step()
      schedule.step()
      total += loss.item() * batch
    print(f'epoch {epoch + 1}/{epochs} loss {total / len(inputs):.4f}', flush=True)
  network.eval()


def print_answers(answers, labels, names):
  """What the network took the samples of each class for."""
  print(f'{100 * (answers == labels).mean():.1f} %')
  width = max(map(len, names))
  for label, name in enumerate(names):
    print(f'  {name:{width}} {np.bincount(answers[labels == label], minlength=len(names))}')
