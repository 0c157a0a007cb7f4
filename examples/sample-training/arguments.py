"""What the scripts of the samples are told on the command line."""

import argparse
import pathlib


def of_set(description, output):
  """What a script that makes samples is told to make some to look at, or to listen to: --`output` FILE."""
  parser = argparse.ArgumentParser(description=description)
  parser.add_argument(f'--{output}', required=True)
  parser.add_argument('--seed', type=int, default=2)
  parser.add_argument('--hardness', type=float, default=0.0)
  return parser.parse_args()


def of_training(description, folder, count, things, epochs):
  """For a script that trains; it may add its own."""
  parser = argparse.ArgumentParser(description=description)
  parser.add_argument('--count', type=int, default=count, help=f'training {things}')
  parser.add_argument('--epochs', type=int, default=epochs)
  parser.add_argument('--threads', type=int, default=1, help='more is quicker; the weights may differ')
  parser.add_argument('--output', type=pathlib.Path, default=folder)
  return parser
