import type { Model } from '../model.js';
import type { Octolite } from '../octolite.js';
import type { OctolitePool } from '../worker/pool.js';
import { buildReport, type ReportParts } from '../report/build.js';
import { reportHtml } from '../report/html.js';
import { modelExplorerData } from '../report/model_explorer.js';
import type { ModelReport } from '../report/types.js';
import { UsageError, type Context } from './command.js';
import { readFileBytes } from './files.js';
import { JSON_FILES, type Option } from './options.js';
import { OutputFile } from './output_file.js';

export const REPORT_OPTIONS = {
  report: {
    value: 'FILE',
    multiple: true,
    files: ['.html', '.json'],
    help: 'a report as one .html file that opens anywhere, or as .json; may be given several times',
  },
  'model-explorer': {
    value: 'FILE',
    files: JSON_FILES,
    help: 'SQNR of every tensor as node data of Model Explorer',
  },
} as const satisfies Record<string, Option>;

/** Runs that times are taken of. */
const TIMED_RUNS = 10;

type Render = (report: ModelReport) => string;

const RENDERERS: Readonly<Record<string, Render>> = {
  html: reportHtml,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
};

const NODE_DATA: Render = (report) => `${JSON.stringify(modelExplorerData(report), null, 2)}\n`;

/** The report files that a command was asked for; they appear whole or not at all. */
export class ReportFiles {
  readonly #files: readonly { readonly file: OutputFile; readonly render: Render }[];

  private constructor(files: readonly { file: OutputFile; render: Render }[]) {
    this.#files = files;
  }

  /** Opens their places. */
  static async reserve(context: Context, inputs: readonly string[]): Promise<ReportFiles> {
    const wanted = context.list('report').map((path) => {
      const render = RENDERERS[/\.([^.]*)$/.exec(path)?.[1] ?? ''];
      if (render) return { path, render };
      throw new UsageError(`--report takes a name that ends in .html or .json, not '${path}'`);
    });
    const nodeData = context.text('model-explorer');
    if (nodeData !== undefined) wanted.push({ path: nodeData, render: NODE_DATA });
    const files: { file: OutputFile; render: Render }[] = [];
    try {
      for (const { path, render } of wanted) {
        files.push({
          file: await OutputFile.reserve(path, { inputs, signal: context.signal }),
          render,
        });
      }
    } catch (error) {
      for (const { file } of files) await file.abandon();
      throw error;
    }
    return new ReportFiles(files);
  }

  get wanted(): boolean {
    return this.#files.length > 0;
  }

  async write(report: ModelReport): Promise<void> {
    for (const { file, render } of this.#files) {
      await file.commit(new TextEncoder().encode(render(report)));
    }
  }

  async abandon(): Promise<void> {
    for (const { file } of this.#files) await file.abandon();
  }
}

export interface ReportedModel {
  readonly path: string;
  readonly model: Model;
  /** Of the file, where it is at hand. */
  readonly bytes?: Uint8Array;
}

/** Times both models and puts together what is known of them. */
export async function makeReport(
  context: Context,
  octolite: Octolite | OctolitePool,
  before: ReportedModel,
  after: ReportedModel,
  rest: Omit<ReportParts, 'before' | 'after'>,
): Promise<ModelReport> {
  const side = async ({ path, model, bytes }: ReportedModel) => ({
    name: path.replace(/^.*[\\/]/, ''),
    bytes: bytes ?? (await readFileBytes(path)),
    inspection: await octolite.inspect(model),
    benchmark: await octolite.benchmark(model, {
      runs: TIMED_RUNS,
      profile: true,
      ...context.task(),
    }),
  });
  return buildReport({ before: await side(before), after: await side(after), ...rest });
}
