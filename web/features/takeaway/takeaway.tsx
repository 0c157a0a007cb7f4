import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import { laterModule } from '../../components/later.js';
import { RefusalNotice } from '../../components/notice.js';
import { announce } from '../../lib/announce.js';
import { formatBytes } from '../../lib/format.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { PinButton } from '../compare/pin_button.js';
import { showSharing } from '../recipe/share.js';
import { gzipBytesOf, gzipSizeOf } from '../verdict/compressed.js';
import type { Verdict } from '../verdict/state.js';
import { DownloadLink } from './download_link.js';
import { ModelLink } from './model_link.js';
import { reportJson } from './report_json.js';
import { canSaveAs, saveAs } from './save.js';
import { words } from './words.js';

const loadReport = laterModule(() => import('./report.js'));

/** Why the last file could not be had; null when it could. */
const refusal = signal<Refusal | null>(null);
/** The report that is made, or was, and of what. */
const html = signal<{ readonly of: Verdict; readonly page: string | null } | null>(null);

function refuse(title: string, next: string, cause: unknown): void {
  const { what, where } = toRefusal(cause);
  refusal.value = { title, what, where, next };
}

async function save({ fileName, bytes }: Verdict): Promise<void> {
  refusal.value = null;
  try {
    if (await saveAs(fileName, bytes)) announce(words.value.saved(fileName));
  } catch (error) {
    refuse(words.value.notSaved, words.value.notSavedNext, error);
  }
}

async function makeHtml(result: Verdict): Promise<void> {
  const { noReport, noReportNext, stopped, reportHtml } = words.value;
  refusal.value = null;
  html.value = { of: result, page: null };
  try {
    const { htmlReport } = await loadReport();
    const page = await htmlReport(result);
    if (typeof page === 'string') {
      html.value = { of: result, page };
      announce(reportHtml);
      return;
    }
    html.value = null;
    refusal.value = page ?? { title: noReport, what: stopped, where: '', next: noReportNext };
  } catch (error) {
    html.value = null;
    refuse(noReport, noReportNext, error);
  }
}

function HtmlReport({ result }: { readonly result: Verdict }): JSX.Element {
  const made = html.value?.of === result ? html.value : null;
  const { makeHtml: label, measuring, reportHtml } = words.value;
  if (made?.page) {
    return (
      <DownloadLink
        content={made.page}
        type="text/html"
        name={result.fileName.replace(/\.tflite$/, '_report.html')}
        label={reportHtml}
      />
    );
  }
  return (
    <button type="button" disabled={made !== null} onClick={() => void makeHtml(result)}>
      {made ? measuring : label}
    </button>
  );
}

function JsonReport({ result }: { readonly result: Verdict }): JSX.Element {
  const before = gzipBytesOf(result.open.bytes);
  const after = gzipBytesOf(result.bytes);
  // Made once, when both are known: a file that is made anew is not there meanwhile.
  const isCompressing = [result.open.bytes, result.bytes].some(
    (bytes) => gzipSizeOf(bytes).value === 'compressing',
  );
  const make = useCallback(() => reportJson(result, { before, after }), [result, before, after]);
  return (
    <DownloadLink
      content={isCompressing ? null : make}
      type="application/json"
      name={result.fileName.replace(/\.tflite$/, '_report.json')}
      label={words.value.reportJson}
    />
  );
}

/** The files of a result, and a pin to keep it beside others. */
export function TakeAway({ result }: { readonly result: Verdict }): JSX.Element {
  return (
    <>
      <div class="row takeaway" role="group" aria-label={words.value.title}>
        <ModelLink
          result={result}
          label={words.value.model(formatBytes(result.bytes.byteLength))}
          primary
        />
        {canSaveAs && (
          <button type="button" onClick={() => void save(result)}>
            {words.value.saveAs}
          </button>
        )}
        <JsonReport result={result} />
        <HtmlReport result={result} />
        <button type="button" onClick={showSharing}>
          {words.value.recipe}
        </button>
        <PinButton result={result} />
      </div>
      {refusal.value && (
        <RefusalNotice refusal={refusal.value} onDismiss={() => (refusal.value = null)} />
      )}
    </>
  );
}
