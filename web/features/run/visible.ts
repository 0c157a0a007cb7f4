/** Resolves when the tab can be seen; `onWait` is called when that is not now. */
async function visible(abort: AbortSignal, onWait: () => void): Promise<void> {
  if (!document.hidden) return;
  onWait();
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      if (document.hidden && !abort.aborted) return;
      document.removeEventListener('visibilitychange', settle);
      abort.removeEventListener('abort', settle);
      if (abort.aborted) reject(abort.reason as Error);
      else resolve();
    };
    document.addEventListener('visibilitychange', settle);
    abort.addEventListener('abort', settle);
  });
}

/**
 * Times something while the tab can be seen, as browsers slow down those in the background: waits
 * for it, and does it again when the tab was hidden meanwhile.
 */
export async function whileVisible<Result>(
  abort: AbortSignal,
  onWait: () => void,
  act: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    await visible(abort, onWait);
    let wasHidden = false;
    const onChange = (): void => {
      wasHidden ||= document.hidden;
    };
    document.addEventListener('visibilitychange', onChange);
    try {
      const result = await act();
      if (!wasHidden) return result;
    } finally {
      document.removeEventListener('visibilitychange', onChange);
    }
  }
}
