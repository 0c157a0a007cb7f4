import { OctoliteError, readLabels, type DataFile } from 'octolite';
import { toRefusal } from '../../lib/refusal.js';
import { bundled, preprocessing, source } from '../data/state.js';
import { run } from '../run/pipeline.js';
import { openModel } from './open.js';
import { openRefusal, opening } from './state.js';

async function fetchBytes(name: string): Promise<Uint8Array> {
  const response = await fetch(new URL(`./sample/${name}`, document.baseURI));
  if (!response.ok) {
    throw new OctoliteError('INVALID_ARGUMENT', `the server answers ${response.status}`, {
      file: `sample/${name}`,
      hint: 'the page was not copied whole',
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}

async function fetchFile(name: string): Promise<DataFile> {
  const bytes = await fetchBytes(name);
  return { name, arrayBuffer: () => Promise.resolve(bytes) };
}

/** Opens the model that comes with the page, with its labelled pictures, and quantizes it. */
export async function openSample(): Promise<void> {
  opening.value = 'shapes.tflite';
  try {
    const [bytes, calibration, evaluation, labels] = await Promise.all([
      fetchBytes('shapes.tflite'),
      fetchFile('calibration-images-idx4-ubyte.gz'),
      fetchFile('evaluation-images-idx4-ubyte.gz'),
      fetchFile('evaluation-labels-idx1-ubyte.gz'),
    ]);
    if (!(await openModel('shapes.tflite', bytes, true))) return;
    bundled.value = { calibration, evaluation, labels: await readLabels(labels) };
    preprocessing.value = { ...preprocessing.value, range: 'zero_one' };
    source.value = 'bundled';
    await run();
  } catch (error) {
    openRefusal.value = toRefusal(error, 'shapes.tflite');
  } finally {
    opening.value = '';
  }
}
