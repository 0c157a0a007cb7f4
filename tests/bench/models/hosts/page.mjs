/** What a page runs (hosts/chromium.mjs). */
import { measureRounds, measureStart } from '../measure.mjs';

const host = {
  build: (name) => `/${name}/`,
  package: (path) => `/packages/${path}`,
  path: (path) => `/packages/${path}`,
  place: (path) => `/packages/${path}`,
  asWorker: (action) => action(),
};

export async function run(url, what, job) {
  const measure = what === 'start' ? measureStart : measureRounds;
  const response = await fetch(url);
  return measure(host, new Uint8Array(await response.arrayBuffer()), job);
}
