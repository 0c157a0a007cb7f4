import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface DownloadLinkProps {
  readonly content: string | Uint8Array | Blob;
  readonly type: string;
  /** Of the file. */
  readonly name: string;
  readonly label: string;
  /** What the label says where it stands alone. */
  readonly ariaLabel?: string;
  readonly primary?: boolean;
}

/** A link that saves a file in memory, which has an address for as long as the link is there. */
export function DownloadLink(props: DownloadLinkProps): JSX.Element | null {
  const { content, type, name, label, ariaLabel, primary } = props;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([content as BlobPart], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [content, type]);
  if (!address) return null;
  return (
    <a
      class={primary ? 'button primary' : 'button'}
      href={address}
      download={name}
      aria-label={ariaLabel}
    >
      {label}
    </a>
  );
}
