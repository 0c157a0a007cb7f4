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
