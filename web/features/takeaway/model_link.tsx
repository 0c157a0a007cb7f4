import type { JSX } from 'preact';
import type { Verdict } from '../verdict/state.js';
import { DownloadLink } from './download_link.js';

interface ModelLinkProps {
  readonly result: Verdict;
  readonly label: string;
  /** What the label says where it stands alone. */
  readonly ariaLabel?: string;
  readonly primary?: boolean;
}

/** A link that saves the quantized model of a result. */
export function ModelLink({ result, ...link }: ModelLinkProps): JSX.Element {
  const { bytes, fileName } = result;
  return <DownloadLink content={bytes} type="application/octet-stream" name={fileName} {...link} />;
}
