import type { ComponentChildren, JSX } from 'preact';
import type { Refusal } from '../lib/refusal.js';
import { words } from './words.js';

interface NoticeProps {
  readonly kind: 'warning' | 'error' | 'note';
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly onDismiss?: () => void;
}

const SIGNS = { warning: '!', error: '×', note: 'i' } as const;

/** A boxed message; its kind is told by sign and word, not by colour alone. */
export function Notice({ kind, title, children, onDismiss }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      <span class="notice-sign" aria-hidden="true">
        {SIGNS[kind]}
      </span>
      <div class="notice-body">
        <p class="notice-title">{title}</p>
        {children}
      </div>
      {onDismiss && (
        <button type="button" class="quiet" onClick={onDismiss}>
          {words.value.dismiss}
        </button>
      )}
    </div>
  );
}

/** Why something was refused: what, where, what next. */
export function RefusalNotice({
  refusal,
  onDismiss,
  onRetry,
}: {
  readonly refusal: Refusal;
  readonly onDismiss?: () => void;
  readonly onRetry?: () => void;
}): JSX.Element {
  return (
    <Notice kind="error" title={refusal.title} {...(onDismiss ? { onDismiss } : {})}>
      <dl class="refusal">
        <dt>{words.value.what}</dt>
        <dd>{refusal.what}</dd>
        {refusal.where && (
          <>
            <dt>{words.value.where}</dt>
            <dd class="name">{refusal.where}</dd>
          </>
        )}
        <dt>{words.value.next}</dt>
        <dd>{refusal.next}</dd>
      </dl>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {words.value.tryAgain}
        </button>
      )}
    </Notice>
  );
}
