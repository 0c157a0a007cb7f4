import type { Inspection } from 'octolite';

/** What a text file about classes says: which class each sample is of, or what classes are called. */
export type ClassText =
  | { readonly kind: 'classes'; readonly classes: Int32Array }
  | { readonly kind: 'names'; readonly names: readonly string[] };

/** "0 tench", "1: goldfish": numbered lines, as some lists have them. */
const NUMBERED = /^(\d+)\s*[\s:,;]\s*(\S.*)$/;

/**
 * Reads a class a line. Lines of numbers alone are the classes of samples; everything else is names.
 * @returns Null when there is nothing in it.
 */
export function parseClassText(text: string): ClassText | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const trimmed = lines.map((line) => line.trim());
  if (trimmed.length === 0) return null;
  const isNumber = (line: string): boolean => /^\d+$/.test(line);
  // A word before numbers is the heading of a column.
  const column = trimmed.length > 1 && !isNumber(trimmed[0]!) ? trimmed.slice(1) : trimmed;
  if (column.every(isNumber)) {
    return { kind: 'classes', classes: Int32Array.from(column, Number) };
  }
  const numbered = trimmed.map((line) => NUMBERED.exec(line));
  const inOrder = numbered.every((match, index) => match && Number(match[1]) === index);
  return {
    kind: 'names',
    names: inOrder ? numbered.map((match) => match![2]!) : trimmed,
  };
}

/** Finds boxes and gives the number of the class of each, whatever classes there are. */
const GIVES_NUMBERS = /detection_?postprocess/i;

/** What each place of a picture has before its classes: a box, and how sure the model is of it. */
const BOX_FIELDS = [4, 5];

/**
 * How many classes the outputs of a model may tell apart, the likeliest first; null where they do
 * not say.
 */
export function classCounts({
  outputs,
  subgraphs,
}: Pick<Inspection, 'outputs' | 'subgraphs'>): ReadonlySet<number> | null {
  if (subgraphs[0]?.operators.some(({ name }) => GIVES_NUMBERS.test(name))) return null;
  const counts = outputs.flatMap(({ shape }) => {
    const sizes = shape.filter((size) => size > 1).reverse();
    const behindBoxes = sizes.flatMap((size) => BOX_FIELDS.map((fields) => size - fields));
    return sizes.length === 2 ? [...sizes, ...behindBoxes] : sizes;
  });
  return new Set(counts.filter((count) => count > 1));
}
