/** The script of a worker of its own: puts a report together, which compresses both models. */
import { buildReport, isOctoliteError, reportHtml, type ReportParts } from 'octolite';

async function page(parts: ReportParts): Promise<{ html: string } | { error: string }> {
  try {
    return { html: reportHtml(await buildReport(parts)) };
  } catch (error) {
    if (isOctoliteError(error)) return { error: error.details.what ?? error.message };
    return { error: String(error) };
  }
}

addEventListener('message', ({ data }: MessageEvent<ReportParts>) => {
  void page(data).then((answer) => postMessage(answer));
});
