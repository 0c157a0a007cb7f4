import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { blobOf, nextTask } from '../../lib/pieces.js';

type Content = string | Uint8Array | Blob | (() => string);

/** An address that is given up goes on for so long, as somebody may just have followed it. */
const KEPT_MS = 60_000;

interface DownloadLinkProps {
  /** A function makes it in a task of its own; null while it cannot. */
  readonly content: Content | null;
  readonly type: string;
  /** Of the file. */
  readonly name: string;
  readonly label: string;
  /** What the label says where it stands alone. */
  readonly ariaLabel?: string;
  readonly primary?: boolean;
}

async function fileOf(content: Content, type: string): Promise<Blob> {
  if (content instanceof Uint8Array) return blobOf(content, type);
  if (typeof content !== 'function') return new Blob([content], { type });
  await nextTask();
  return new Blob([content()], { type });
}

/**
 * A link that saves a file in memory, which has an address for as long as the link is there. Until
 * it has, the link leads nowhere.
 */
export function DownloadLink(props: DownloadLinkProps): JSX.Element {
  const { content, type, name, label, ariaLabel, primary } = props;
  const [made, setMade] = useState<{ readonly of: Content; readonly address: string }>();
  useEffect(() => {
    let address: string | undefined;
    let isWanted = true;
    if (content === null) return undefined;
    void fileOf(content, type).then((file) => {
      if (!isWanted) return;
      address = URL.createObjectURL(file);
      setMade({ of: content, address });
    });
    return () => {
      isWanted = false;
      const old = address;
      if (old !== undefined) setTimeout(() => URL.revokeObjectURL(old), KEPT_MS);
    };
  }, [content, type]);
  const target =
    made && made.of === content
      ? { href: made.address, download: name }
      : ({ role: 'link', tabIndex: 0, 'aria-disabled': true } as const);
  return (
    <a class={primary ? 'button primary' : 'button'} aria-label={ariaLabel} {...target}>
      {label}
    </a>
  );
}
