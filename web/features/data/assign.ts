import type { TensorDetails } from 'octolite';

/** "serving_default_audio:0" -> "audio", as names are compared with those of files. */
function plainName(name: string): string {
  const own = name.toLowerCase().replace(/^serving_default_|:\d+$/g, '');
  return own.replace(/[^a-z0-9]/g, '');
}

/**
 * Which input each of the files that hold one array is for: as it is called, else in order.
 * @param assigned What the user says, by file.
 */
export function assignInputs(
  names: readonly string[],
  inputs: readonly Pick<TensorDetails, 'name'>[],
  assigned: readonly (string | undefined)[],
): (string | undefined)[] {
  const plain = inputs.map((input) => plainName(input.name));
  const found = names.map((name, index) => {
    if (assigned[index] !== undefined) return assigned[index];
    const stem = plainName(name.replace(/\.[^.]+$/, ''));
    const exact = plain.indexOf(stem);
    const close = plain.findIndex((each) => each.includes(stem) || stem.includes(each));
    return inputs[exact >= 0 ? exact : close]?.name;
  });
  const free = inputs.filter(({ name }) => !found.includes(name));
  return found.map((name) => name ?? free.shift()?.name);
}
