/** The names of files beside each other: those that are there already get a number. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const [, stem = name, extension = ''] = /^(.*?)(\.[^.]*)?$/.exec(name) ?? [];
    let unique = name;
    for (let count = 2; taken.has(unique); ++count) unique = `${stem} (${count})${extension}`;
    taken.add(unique);
    return unique;
  });
}
