import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { nextTask } from '../lib/pieces.js';
import { windowOf, type RowWindow } from './window.js';

/** Those that are there before anybody knows how many are in view. */
const FIRST: RowWindow = { start: 0, end: 24 };

interface FollowedRows extends RowWindow {
  /** To be called when the box was scrolled. */
  readonly follow: () => void;
  /** Scrolls the box. */
  readonly scrollTo: (top: number) => void;
  /** In pixels. */
  readonly rowHeight: () => number;
}

interface RowWindowOptions {
  readonly count: number;
  /** Height of a row, in the root's font size; all have the same. */
  readonly rowRem: number;
  /** Told of the rows that stay before others go. */
  readonly onMove?: (next: RowWindow) => void;
}

/**
 * Which of many rows are elements: those in view of the box that scrolls them. The box's size and
 * place are as the browser told them last; asking for them would make it lay the page out at once.
 */
export function useRowWindow(
  box: RefObject<HTMLElement | null>,
  { count, rowRem, onMove }: RowWindowOptions,
): FollowedRows {
  const view = useSignal(FIRST);
  const seen = useRef({ top: 0, height: 0, rowHeight: 0 });
  const look = (): void => {
    const { top, height, rowHeight } = seen.current;
    if (rowHeight === 0) return;
    const next = windowOf(top, height, rowHeight, count);
    const { start, end } = view.peek();
    if (next.start === start && next.end === end) return;
    onMove?.(next);
    view.value = next;
  };
  const latestLook = useRef(look);
  latestLook.current = look;
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      seen.current.rowHeight = rowRem * rem;
      seen.current.height = entry?.contentRect.height ?? 0;
      latestLook.current();
    });
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(look, [count]);
  const isDue = useRef(false);
  const follow = (): void => {
    seen.current.top = box.current?.scrollTop ?? 0;
    if (isDue.current) return;
    isDue.current = true;
    // Not in the task that draws what was scrolled: there are rows beside those in view.
    void nextTask().then(() => {
      isDue.current = false;
      latestLook.current();
    });
  };
  const scrollTo = (top: number): void => {
    if (!box.current || top === seen.current.top) return;
    box.current.scrollTop = top;
    seen.current.top = box.current.scrollTop;
    look();
  };
  const { start, end } = view.value;
  return {
    start: Math.min(start, count),
    end: Math.min(end, count),
    follow,
    scrollTo,
    rowHeight: () => seen.current.rowHeight,
  };
}
