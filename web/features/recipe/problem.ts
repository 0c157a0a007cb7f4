/** Why a recipe from elsewhere is refused; share_words.ts has the sentences. */
export type Problem =
  | { readonly kind: 'tooLong'; readonly length: number; readonly most: number }
  | { readonly kind: 'notJson'; readonly detail: string }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'version'; readonly given: string }
  | { readonly kind: 'unknown'; readonly path: string; readonly known: readonly string[] }
  | {
      readonly kind: 'value';
      readonly path: string;
      readonly given: string;
      readonly expected: string;
    }
  | { readonly kind: 'contradiction'; readonly path: string; readonly given: string }
  | { readonly kind: 'library'; readonly what: string; readonly hint: string };

export class RecipeProblem extends Error {
  constructor(readonly problem: Problem) {
    super(JSON.stringify(problem));
    this.name = 'RecipeProblem';
  }
}

/** A value as a sentence quotes it. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
