import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface AfterwardsProps {
  readonly children: ComponentChildren;
}

/**
 * Draws its children in a task of their own, so that the first drawing of many parts does not hold
 * the page up. For what stands last: the rest of the page must not move when they come.
 */
export function Afterwards({ children }: AfterwardsProps): JSX.Element {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true));
    return () => clearTimeout(timer);
  }, []);
  return <>{isDue && children}</>;
}
