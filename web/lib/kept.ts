/** Choices of the visitor's that the browser keeps for the next visit: language, theme. */

/** What was kept under a name; null when nothing was, or the browser keeps nothing for a page. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`octolite-${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`octolite-${name}`, value);
  } catch {
    // It holds for this visit.
  }
}
