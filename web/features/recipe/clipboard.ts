/**
 * Copies a text.
 * @returns Whether the browser let us; else it is selected in `shown`, ready to be copied by hand.
 */
export async function copyText(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (shown instanceof HTMLTextAreaElement) {
      shown.focus();
      shown.select();
    } else if (shown) {
      shown.focus();
      getSelection()?.selectAllChildren(shown);
    }
    return false;
  }
}

/** What the clipboard holds, or null where the browser does not say. */
export async function pastedText(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}
