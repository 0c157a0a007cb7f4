"""Makes the sounds of the sound sample: half a second at 8 kHz of one of 8 kinds.

Every sound depends on its seed alone, so sets with different seeds are disjoint draws of the same
distribution. Pitch, level, place in time, length and background noise are drawn for each.

  python sounds.py --listen sounds.wav    four of each kind, to listen to
"""

import pathlib
import struct
import sys

import numpy as np

sys.path.append(str(pathlib.Path(__file__).parent.parent / 'sample-training'))
import arguments  # noqa: E402

RATE = 8000
LENGTH = 4000
LABELS = ('rise', 'fall', 'beeps', 'warble', 'knock', 'pluck', 'bell', 'hum')


def _tone(rng, frequency):
  """A tone of the given frequency at each sample, with up to three fainter harmonics."""
  phase = 2 * np.pi * np.cumsum(frequency) / RATE
  harmonics = 1 + np.arange(rng.integers(1, 5))
  strength = rng.uniform(0.5, 1, len(harmonics)) / harmonics**1.5
  audible = frequency * harmonics[:, None] < 0.45 * RATE
  return (strength[:, None] * audible * np.sin(harmonics[:, None] * phase)).sum(0)


def _envelope(count, attack, release):
  """1 with a ramp at either end; in samples."""
  at = np.arange(count)
  return np.clip(np.minimum(at / attack, (count - at) / release), 0, 1)


def _place(rng, sound):
  """The sound somewhere in a clip that is silent otherwise."""
  clip = np.zeros(LENGTH)
  start = rng.integers(0, LENGTH - len(sound) + 1)
  clip[start:start + len(sound)] = sound
  return clip


def _sweep(rng, upwards):
  count = rng.integers(1600, 3600)
  low = rng.uniform(200, 800)
  path = np.geomspace(low, low * rng.uniform(1.6, 3.5), count)
  return _place(rng, _tone(rng, path if upwards else path[::-1]) * _envelope(count, 120, 250))


def _beeps(rng):
  on, off = rng.integers(350, 800), rng.integers(250, 600)
  most = (LENGTH + off) // (on + off)
  one = _tone(rng, np.full(on, rng.uniform(300, 1800))) * _envelope(on, 40, 60)
  return _place(rng, np.concatenate([one, *[np.zeros(off), one] * (min(most, rng.integers(2, 5)) - 1)]))


def _warble(rng):
  count = rng.integers(2600, LENGTH + 1)
  swing = np.sin(2 * np.pi * (rng.uniform(7, 16) * np.arange(count) / RATE + rng.uniform()))
  path = rng.uniform(350, 1500) * (1 + rng.uniform(0.1, 0.3) * swing)
  return _place(rng, _tone(rng, path) * _envelope(count, 150, 150))


def _knock(rng):
  """Bursts of noise, as of knuckles on wood."""
  clip = np.zeros(LENGTH)
  gap = rng.integers(700, 1300)
  start = rng.integers(0, 900)
  smooth = rng.integers(1, 6)
  for at in start + gap * np.arange(rng.integers(1, 5)):
    count = min(600, LENGTH - at)
    if count > 100:
      noise = np.convolve(rng.normal(size=count), np.ones(smooth) / smooth, 'same')
      clip[at:at + count] += noise * np.exp(-np.arange(count) / rng.uniform(50, 160))
  return clip


def _pluck(rng):
  """A string after Karplus and Strong: noise in a loop that averages neighbours."""
  period = rng.integers(RATE // 500, RATE // 90)
  loop = rng.uniform(-1, 1, period)
  loop -= loop.mean()
  keep = rng.uniform(0.97, 0.995)
  turns = []
  for _ in range(LENGTH // period):
    turns.append(loop)
    loop = keep * (loop + np.roll(loop, 1)) / 2
  string = np.concatenate(turns)
  return _place(rng, string[:rng.integers(2500, len(string) + 1)])


def _bell(rng):
  """Partials of a bell, which are no multiples of each other, the higher the sooner gone."""
  at = np.arange(rng.integers(2800, LENGTH + 1)) / RATE
  partials = rng.uniform(450, 1100) * np.array([0.56, 0.92, 1.19, 1.71, 2.0, 2.74])
  fade = rng.uniform(0.08, 0.3) / (partials / partials[0]) ** 0.7
  waves = np.sin(2 * np.pi * partials[:, None] * at + rng.uniform(0, 6.3, (6, 1))) * np.exp(-at / fade[:, None])
  return _place(rng, (rng.uniform(0.4, 1, (6, 1)) * waves).sum(0))


def _hum(rng):
  """Mains: 50 or 60 Hz and harmonics through the whole clip, sometimes hardly there."""
  at = np.arange(LENGTH) / RATE
  harmonics = 1 + np.arange(8)
  waves = np.sin(2 * np.pi * rng.choice([50, 60]) * harmonics[:, None] * at + rng.uniform(0, 6.3, (8, 1)))
  return (rng.uniform(0.1, 1, (8, 1)) * waves).sum(0) * rng.choice([0.05, 1])


KINDS = {
    'rise': lambda rng: _sweep(rng, True), 'fall': lambda rng: _sweep(rng, False),
    'beeps': _beeps, 'warble': _warble, 'knock': _knock, 'pluck': _pluck, 'bell': _bell, 'hum': _hum,
}


def make(seed, label, hardness=0.0):
  """float [LENGTH] in -1..1. `label` is an index of LABELS; the harder, the louder the background."""
  rng = np.random.default_rng(seed)
  clip = KINDS[LABELS[label]](rng)
  clip *= rng.uniform(0.3, 0.95) / max(abs(clip).max(), 1.0 if LABELS[label] == 'hum' else 1e-6)
  noise = np.convolve(rng.normal(size=LENGTH + 4), rng.dirichlet(np.ones(5)), 'valid')
  faint = 10 ** -rng.uniform(0.55 - 0.45 * hardness, 1.5)
  return np.clip(clip + noise / noise.std() * faint * 0.3 * abs(clip).max(), -1, 1)


def to_mu_law(samples):
  """uint8 codes of G.711."""
  pcm = np.rint(np.clip(samples, -1, 1) * 32635).astype(np.int32)
  magnitude = abs(pcm) + 132
  exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
  return (~((pcm < 0) << 7 | exponent << 4 | magnitude >> exponent + 3 & 15) & 255).astype(np.uint8)


def from_mu_law(codes):
  """What a reader makes of them."""
  bits = ~codes.astype(np.int32)
  magnitude = ((bits & 15) * 8 + 132 << (bits >> 4 & 7)) - 132
  return np.where(bits & 128, -magnitude, magnitude) / 32768


def make_set(seed, count, hardness=0.0):
  """`count` sounds, the labels in turn. Returns (uint8 codes [count, LENGTH], uint8 [count])."""
  labels = np.arange(count, dtype=np.uint8) % len(LABELS)
  return to_mu_law(np.stack([make((seed, i), int(labels[i]), hardness) for i in range(count)])), labels


def write_wav(path, codes):
  """One sound behind the other in a WAVE file: mono, mu-law."""
  data = codes.tobytes()
  parts = (b'fmt ' + struct.pack('<IHHIIHHH', 18, 7, 1, RATE, RATE, 1, 8, 0)
           + b'fact' + struct.pack('<II', 4, len(data)) + b'data' + struct.pack('<I', len(data)) + data)
  pathlib.Path(path).write_bytes(b'RIFF' + struct.pack('<I', 4 + len(parts)) + b'WAVE' + parts)


def main():
  told = arguments.of_set(__doc__.splitlines()[0], 'listen')
  codes, labels = make_set(told.seed, 4 * len(LABELS), told.hardness)
  write_wav(told.listen, codes[labels.argsort(kind='stable')])


if __name__ == '__main__':
  main()
