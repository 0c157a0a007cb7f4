"""Draws the pictures of the sample model: one of 16 symbols on a cluttered ground, 40 x 40 RGB.

Every picture depends on its seed alone, so sets with different seeds are disjoint draws of the same
distribution. Colours are quantized to 16 levels a channel, which keeps the committed sets small.

  python draw.py --sheet sheet.png    a contact sheet to look at
"""

import gzip
import math
import pathlib
import struct
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

sys.path.append(str(pathlib.Path(__file__).parent.parent / 'sample-training'))
import arguments  # noqa: E402

SIZE = 40
SUPERSAMPLE = 4
LEVEL_STEP = 17  # 255 / 15: 16 levels a channel
LABELS = (
    'circle', 'ring', 'square', 'triangle', 'pentagon', 'hexagon', 'star', 'cross',
    'heart', 'crescent', 'arrow', 'bolt', 'drop', 'gear', 'cloud', 'fish',
)


def _arc(cx, cy, rx, ry, start=0.0, stop=2 * math.pi, count=48):
  t = np.linspace(start, stop, count)
  return np.stack([cx + rx * np.cos(t), cy + ry * np.sin(t)], 1)


def _regular(corners, inner=None):
  """A regular polygon of radius 1, or a star when the radius of its inner corners is given."""
  count = corners if inner is None else 2 * corners
  t = np.arange(count) * 2 * math.pi / count - math.pi / 2
  r = np.where(np.arange(count) % 2 == 0, 1.0, 1.0 if inner is None else inner)
  return np.stack([r * np.cos(t), r * np.sin(t)], 1)


def _gear():
  points = []
  for tooth in range(8):
    for step, radius in ((0.0, 0.74), (0.22, 1.0), (0.62, 1.0), (0.84, 0.74)):
      t = (tooth + step) * math.pi / 4
      points.append((radius * math.cos(t), radius * math.sin(t)))
  return np.array(points)


def _heart():
  t = np.linspace(0, 2 * math.pi, 64)
  x = 16 * np.sin(t) ** 3
  y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
  return np.stack([x, y], 1) / 17


def _drop():
  t = np.linspace(0, 2 * math.pi, 64)
  return np.stack([0.95 * np.sin(t) * np.sin(t / 2) ** 1.6, -np.cos(t)], 1)


def _outline(label):
  """(filled polygons, cut-out polygons) in a square of about [-1, 1]."""
  if label == 'circle':
    return [_arc(0, 0, 0.9, 0.9)], []
  if label == 'ring':
    return [_arc(0, 0, 0.95, 0.95)], [_arc(0, 0, 0.52, 0.52)]
  if label == 'square':
    return [np.array([(-.8, -.8), (.8, -.8), (.8, .8), (-.8, .8)])], []
  if label in ('triangle', 'pentagon', 'hexagon'):
    return [_regular({'triangle': 3, 'pentagon': 5, 'hexagon': 6}[label])], []
  if label == 'star':
    return [_regular(5, 0.42)], []
  if label == 'cross':
    a, b = 0.32, 0.95
    return [np.array([(-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b),
                      (-a, a), (-b, a), (-b, -a), (-a, -a)])], []
  if label == 'heart':
    return [_heart()], []
  if label == 'crescent':
    return [_arc(0, 0, 1, 1)], [_arc(0.45, -0.1, 0.82, 0.82)]
  if label == 'arrow':
    return [np.array([(-.95, -.27), (.1, -.27), (.1, -.75), (1, 0), (.1, .75), (.1, .27),
                      (-.95, .27)])], []
  if label == 'bolt':
    return [np.array([(.25, -1), (-.6, .15), (-.05, .15), (-.3, 1), (.6, -.25), (.05, -.25),
                      (.55, -1)])], []
  if label == 'drop':
    return [_drop()], []
  if label == 'gear':
    return [_gear()], [_arc(0, 0, 0.33, 0.33)]
  if label == 'cloud':
    return [_arc(-.5, .2, .45, .4), _arc(.05, -.1, .55, .55), _arc(.58, .22, .4, .37),
            np.array([(-.5, .1), (.55, .1), (.58, .59), (-.5, .6)])], []
  return [_arc(-.2, 0, .75, .5), np.array([(.3, 0), (.98, -.5), (.82, 0), (.98, .5)])], [
      _arc(-.55, -.12, .1, .1)]


def _colour(rng):
  return rng.integers(20, 236, 3).astype(np.float64)


def _mask(polygons, holes, size):
  mask = Image.new('L', (size, size), 0)
  pen = ImageDraw.Draw(mask)
  for points in polygons:
    pen.polygon([tuple(p) for p in points], fill=255)
  for points in holes:
    pen.polygon([tuple(p) for p in points], fill=0)
  return np.asarray(mask, np.float64)[..., None] / 255


def _ground(rng, size):
  """A gradient between two colours, with a few strokes and blots as clutter."""
  first = _colour(rng)
  first = first.mean() + 0.6 * (first - first.mean())
  second = np.clip(first + rng.normal(0, 40, 3), 0, 255)
  angle = rng.uniform(0, 2 * math.pi)
  y, x = np.mgrid[0:size, 0:size] / size - 0.5
  ramp = np.clip(0.5 + x * math.cos(angle) + y * math.sin(angle), 0, 1)[..., None]
  image = Image.fromarray((first * (1 - ramp) + second * ramp).astype(np.uint8))
  pen = ImageDraw.Draw(image)
  for _ in range(rng.integers(0, 7)):
    colour = tuple(int(v) for v in np.clip(first + rng.normal(0, 50, 3), 0, 255))
    ends = rng.uniform(-0.1, 1.1, (2, 2)) * size
    if rng.random() < 0.6:
      pen.line([tuple(ends[0]), tuple(ends[1])], fill=colour, width=int(rng.integers(3, 12)))
    else:
      r = rng.uniform(0.03, 0.11) * size
      pen.ellipse([ends[0][0] - r, ends[0][1] - r, ends[0][0] + r, ends[0][1] + r], fill=colour)
  return np.asarray(image, np.float64)


def draw(seed, label, hardness=0.0):
  """uint8 [SIZE, SIZE, 3], RGB. `seed` is an int or a sequence of ints, `label` an index of LABELS.

  `hardness` from 0 to 1 and beyond: smaller, fainter, noisier, more often crossed by something.
  """
  rng = np.random.default_rng(seed)
  size = SIZE * SUPERSAMPLE
  ground = _ground(rng, size)

  angle = rng.uniform(0, 2 * math.pi)
  radius = rng.uniform(0.24 - 0.05 * hardness, 0.46 - 0.04 * hardness) * size
  stretch = math.exp(rng.normal(0, 0.12))
  shear = rng.normal(0, 0.12)
  flip = rng.choice([-1, 1])
  linear = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
  linear = linear @ np.array([[flip * stretch, shear], [0, 1 / stretch]]) * radius
  room = max(0.0, size / 2 - radius * 0.9)
  centre = size / 2 + rng.uniform(-room, room, 2)
  polygons, holes = ([p @ linear.T + centre for p in part] for part in _outline(LABELS[label]))
  mask = _mask(polygons, holes, size)

  colour = _colour(rng)
  mean_ground = ground.mean((0, 1))
  contrast = rng.uniform(40 - 12 * hardness, 150 - 30 * hardness)
  distance = np.linalg.norm(colour - mean_ground)
  if distance < contrast:  # push the colour away from the ground, so a person can still see it
    direction = colour - mean_ground + rng.normal(0, 8, 3)
    direction /= np.linalg.norm(direction) + 1e-6
    toward = np.clip(mean_ground + direction * contrast, 0, 255)
    away = np.clip(mean_ground - direction * contrast, 0, 255)
    colour = max((toward, away), key=lambda c: np.linalg.norm(c - mean_ground))
  y = np.linspace(-1, 1, size)[:, None, None]
  fill = np.clip(colour + y * rng.normal(0, 14, 3), 0, 255)

  if rng.random() < 0.25:  # a drop shadow
    shift = rng.integers(4, 12, 2)
    shadow = np.roll(mask, shift, (0, 1)) * (1 - mask)
    ground = ground * (1 - 0.45 * shadow)
  if rng.random() < 0.25 and LABELS[label] != 'circle':  # a thick outline (of a circle: a ring)
    inside = Image.fromarray((mask[..., 0] * 255).astype(np.uint8)).filter(ImageFilter.MinFilter(21))
    mask = mask * (1 - 0.75 * np.asarray(inside, np.float64)[..., None] / 255)
  image = Image.fromarray((ground * (1 - mask) + fill * mask).astype(np.uint8))
  if rng.random() < 0.35 + 0.1 * hardness:  # something thin lies across it
    pen = ImageDraw.Draw(image)
    ends = rng.uniform(0, 1, (2, 2)) * size
    pen.line([tuple(ends[0]), tuple(ends[1])], fill=tuple(int(v) for v in _colour(rng)),
             width=int(rng.integers(4, 14)))
  image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 1.1 + 0.2 * hardness) * SUPERSAMPLE)))
  small = np.asarray(image.reduce(SUPERSAMPLE), np.float64)
  small = small + rng.normal(0, rng.uniform(0, 13 + 2 * hardness), small.shape)
  return (np.clip(np.rint(small / LEVEL_STEP), 0, 15) * LEVEL_STEP).astype(np.uint8)


def draw_set(seed, count, hardness=0.0):
  """`count` pictures, the labels in turn. Returns (uint8 [count, SIZE, SIZE, 3], uint8 [count])."""
  labels = np.arange(count, dtype=np.uint8) % len(LABELS)
  return np.stack([draw((seed, i), int(labels[i]), hardness) for i in range(count)]), labels


def write_idx(path, array):
  """uint8 array as a gzip-compressed IDX file (the format of the MNIST files)."""
  header = struct.pack('>HBB', 0, 8, array.ndim) + struct.pack(f'>{array.ndim}I', *array.shape)
  with open(path, 'wb') as file:
    file.write(gzip.compress(header + array.tobytes(), 9, mtime=0))


def contact_sheet(images, columns=16, zoom=2):
  rows = -(-len(images) // columns)
  cell = SIZE * zoom + 2
  sheet = Image.new('RGB', (columns * cell, rows * cell), 'white')
  for i, image in enumerate(images):
    tile = Image.fromarray(image).resize((SIZE * zoom, SIZE * zoom), Image.NEAREST)
    sheet.paste(tile, (i % columns * cell, i // columns * cell))
  return sheet


def main():
  told = arguments.of_set(__doc__.splitlines()[0], 'sheet')
  contact_sheet(draw_set(told.seed, 16 * 10, told.hardness)[0]).save(told.sheet)


if __name__ == '__main__':
  main()
