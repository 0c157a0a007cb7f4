import { WorkerClient } from './lib/worker_client.js';
import type { Jobs } from './helper_worker.js';

/**
 * Does what would keep the page from answering: one worker for all small jobs, which is started when
 * the page is idle and stays, so that none of them needs the network.
 */
export const helper = new WorkerClient<Jobs>({
  create: () => new Worker(new URL('./helper_worker.js', import.meta.url), { type: 'module' }),
  purpose: 'helps the page',
});
