/** The script of the helper. */
import { isOctoliteError, OctoliteError } from 'octolite';
import { layOut } from './features/layers/graph/layout.js';
import { reportPage } from './features/takeaway/report_page.js';
import { gzipSize } from './features/verdict/gzip.js';
import { answerRequests } from './lib/worker_answers.js';
import { recordOf } from './lib/worker_protocol.js';

const jobs = { gzipSize, layOut, reportPage };

/** What the helper can be asked for: the names of functions, with what they take and give. */
export type Jobs = {
  [Name in keyof typeof jobs]: {
    readonly args: Parameters<(typeof jobs)[Name]>[0];
    readonly result: Awaited<ReturnType<(typeof jobs)[Name]>>;
  };
};

answerRequests<Jobs, ReturnType<typeof recordOf>>(jobs, (error) =>
  recordOf(isOctoliteError(error) ? error : new OctoliteError('INTERNAL', String(error))),
);
