/** Folders whose files are samples of one class each, and which class that is. */
export type FolderClasses = Readonly<Record<string, number>>;

const byName = new Intl.Collator('en', { numeric: true }).compare;

/** The folders that files lie in, sorted; none where all lie in one, which tells no class. */
export function labelFolders(folders: readonly string[]): string[] {
  const different = [...new Set(folders)].filter((folder) => folder !== '').sort(byName);
  return different.length > 1 && folders.every((folder) => folder !== '') ? different : [];
}

/**
 * The class of each folder: its number where all are called by numbers, its place among the names
 * of the classes where all are found there, else its place in the sorted list.
 */
export function classesOfFolders(
  folders: readonly string[],
  names: readonly string[] | null,
): FolderClasses {
  const isNumbered = folders.every((folder) => /^\d+$/.test(folder));
  const lower = names?.map((name) => name.toLowerCase());
  const places = lower && folders.map((folder) => lower.indexOf(folder.toLowerCase()));
  const areNamed = places?.every((place) => place >= 0);
  return Object.fromEntries(
    folders.map((folder, index) => [
      folder,
      isNumbered ? Number(folder) : areNamed ? places![index]! : index,
    ]),
  );
}

/** A run of samples from one file. */
export interface LabelledPart {
  readonly count: number;
  /** Of each sample, where the file itself says. */
  readonly classes: Int32Array | null;
  readonly folder: string;
}

/**
 * The class of every sample, by what the files say or by their folders.
 * @param folderClasses Null when folders say nothing.
 * @returns Null unless all are known.
 */
export function classesOfParts(
  parts: readonly LabelledPart[],
  folderClasses: FolderClasses | null,
): number[] | null {
  const classes: number[] = [];
  for (const { count, classes: own, folder } of parts) {
    const shared = folderClasses?.[folder];
    if (own) for (const each of own) classes.push(each);
    else if (shared !== undefined) for (let i = 0; i < count; ++i) classes.push(shared);
    else return null;
  }
  return classes.length > 0 ? classes : null;
}

/** Names by class, of folders; gaps are called by their number. */
export function namesOfFolders(classes: FolderClasses): string[] {
  const names: string[] = [];
  for (const [folder, index] of Object.entries(classes)) names[index] = folder;
  return Array.from(names, (name, index) => name ?? String(index));
}
