import { buildReport, reportHtml, type ReportParts } from 'octolite';

/** Puts a report together, which compresses both models. */
export async function reportPage(parts: ReportParts): Promise<string> {
  return reportHtml(await buildReport(parts));
}
