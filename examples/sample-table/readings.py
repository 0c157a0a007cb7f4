"""Makes the readings of the table sample: what ten sensors of a pump say, healthy or with a fault.

The pump follows the affinity laws (head with the square of the speed), the pipe resists with the
square of the flow, and where the two curves meet is what the sensors read. All values are per unit:
fractions of what the pump is rated for, so that they are of one magnitude. Every row depends on its
seed alone.
"""

import numpy as np

COLUMNS = ('speed', 'flow', 'suction_pressure', 'discharge_pressure', 'head', 'current', 'power_factor',
           'vibration', 'ultrasound', 'bearing_temperature')
LABELS = ('healthy', 'cavitation', 'worn impeller', 'blocked outlet', 'leak', 'worn bearing')
# Standard deviation of the sensors' noise, per unit.
NOISE = np.array([0.004, 0.014, 0.014, 0.012, 0.012, 0.014, 0.01, 0.04, 0.04, 0.03])


def read(seed, label):
  """float [len(COLUMNS)] with a fault of random severity. `label` is an index of LABELS."""
  rng = np.random.default_rng(seed)
  fault = LABELS[label]
  severity = {name: 0.0 for name in LABELS}
  severity[fault] = rng.uniform(0.18, 1)

  speed = rng.uniform(0.7, 1.05)
  supply = rng.uniform(0.8, 1.1) - 0.45 * severity['cavitation']
  # The pump's curve: head = speed^2 (1.25 - 0.25 (flow / speed)^2), less where vanes are worn or vapour forms.
  strength = (1 - 0.3 * severity['worn impeller']) * (1 - 0.12 * severity['cavitation'])
  # The pipe's: head = lift + resistance flow^2.
  lift = rng.uniform(0.15, 0.3)
  resistance = rng.uniform(0.6, 1.0) * (1 + 4 * severity['blocked outlet'])
  # A leak lies between the pump and the meter of flow, and lets go what the pressure presses out.
  leak = 0.3 * severity['leak']
  low, high = 0.0, 2.5
  for _ in range(40):
    flow = (low + high) / 2
    made = strength * (1.25 * speed**2 - 0.25 * flow**2)
    through_leak = leak * np.sqrt(max(made, 0))
    needed = lift + resistance * max(flow - through_leak, 0) ** 2
    low, high = (flow, high) if made > needed else (low, flow)
  head = strength * (1.25 * speed**2 - 0.25 * flow**2)
  metered = max(flow - leak * np.sqrt(max(head, 0)), 0)

  efficiency = (0.82 - 0.35 * (flow / speed - 1) ** 2) * (1 - 0.15 * severity['worn impeller'])
  friction = 0.04 + 0.08 * severity['worn bearing']
  power = 0.82 * flow * head / efficiency + friction * speed
  power_factor = 0.5 + 0.36 * np.clip(power / 1.05, 0, 1) ** 0.6
  current = 0.86 * power / power_factor / speed ** 0.3

  off_design = (flow / speed - 1) ** 2
  vibration = (0.25 + 0.3 * off_design + 0.6 * severity['worn bearing'] + 0.35 * severity['cavitation']
               + 0.15 * severity['worn impeller']) * speed**2
  ultrasound = (0.2 + 0.7 * severity['cavitation'] + 0.3 * severity['worn bearing'] + 0.35 * severity['leak']) * speed
  warmth = 0.45 + 0.25 * power + 0.35 * severity['worn bearing'] * speed + rng.normal(0, 0.03)
  values = np.array([speed, metered, supply, supply + head, head, current, power_factor, vibration, ultrasound, warmth])
  return np.maximum(values + rng.normal(0, NOISE), 0)


def read_set(seed, count):
  """`count` rows, the labels in turn. Returns (float [count, len(COLUMNS)], int [count])."""
  labels = np.arange(count) % len(LABELS)
  return np.stack([read((seed, i), label) for i, label in enumerate(labels)]), labels


def write_csv(path, columns, rows, digits=3):
  lines = [','.join(columns), *(','.join(f'{value:.{digits}f}' for value in row) for row in rows)]
  path.write_text('\n'.join(lines) + '\n')
