import { OctoliteError, readLabels, type DataFile } from 'octolite';
import { toRefusal } from '../../lib/refusal.js';
import { bundled, presume, source } from '../data/state.js';
import { run } from '../run/pipeline.js';
import { openModel } from './open.js';
import { SAMPLE_IDS, sampleOf, type SampleId } from './samples.js';
import { openRefusal, opening } from './state.js';

/** What was fetched, or is on its way, by its path. */
const fetched = new Map<string, Promise<Uint8Array>>();

async function download(path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(path, document.baseURI)).catch(() => undefined);
  if (!response?.ok) {
    const what = response ? `the server answers ${response.status}` : 'nothing answers';
    throw new OctoliteError('DOWNLOAD_FAILED', what, { file: path });
  }
  return new Uint8Array(await response.arrayBuffer());
}

function fetchBytes(path: string): Promise<Uint8Array> {
  const known = fetched.get(path);
  if (known) return known;
  const bytes = download(path);
  fetched.set(path, bytes);
  bytes.catch(() => fetched.delete(path));
  return bytes;
}

/** Fetches all samples, so that no request is needed when one is opened. */
export async function fetchSamples(): Promise<void> {
  await Promise.all(
    SAMPLE_IDS.map(sampleOf).flatMap(({ id, model, calibration, evaluation, labels, classNames }) =>
      [model, calibration, evaluation, labels, classNames].map((name) =>
        fetchBytes(`./sample/${id}/${name}`),
      ),
    ),
  );
}

async function fetchFile(folder: string, name: string): Promise<DataFile> {
  const bytes = await fetchBytes(`${folder}/${name}`);
  return { name, arrayBuffer: () => Promise.resolve(bytes) };
}

/** Opens a model that comes with the page, with its labelled data, and quantizes it. */
export async function openSample(id: SampleId): Promise<void> {
  const sample = sampleOf(id);
  const folder = `./sample/${id}`;
  opening.value = sample.model;
  try {
    const [bytes, calibration, evaluation, labels, names] = await Promise.all([
      fetchBytes(`${folder}/${sample.model}`),
      fetchFile(folder, sample.calibration),
      fetchFile(folder, sample.evaluation),
      fetchFile(folder, sample.labels),
      fetchBytes(`${folder}/${sample.classNames}`),
    ]);
    if (!(await openModel(sample.model, bytes, true))) return;
    bundled.value = {
      calibration,
      evaluation,
      labels: await readLabels(labels),
      classNames: new TextDecoder().decode(names).trim().split('\n'),
    };
    presume(sample.preprocessing);
    source.value = 'bundled';
    await run();
  } catch (error) {
    openRefusal.value = toRefusal(error, sample.model);
  } finally {
    opening.value = '';
  }
}
