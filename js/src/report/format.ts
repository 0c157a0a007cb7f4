/** 1540 -> "1.54 KB", in thousands. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(bytes < 1e4 ? 2 : 1)} KB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB`;
}

/** The first of the names that a scope is made of, which converters join with semicolons too. */
export function shortScope(scope: string): string {
  return scope.split(';', 1)[0]!;
}
