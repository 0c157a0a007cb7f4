import { readLabels } from 'octolite';
import { announce } from '../../lib/announce.js';
import { plural } from '../../lib/format.js';
import { toRefusal } from '../../lib/refusal.js';
import { dataRefusal, files, labels, source } from './state.js';

/** Labels are told from samples by their name, as in train-labels-idx1-ubyte.gz or labels.csv. */
const LABELS_NAME = /label|idx1/i;

/** Takes samples and labels for the open model, in addition to what is there. */
export async function addDataFiles(added: readonly File[]): Promise<void> {
  dataRefusal.value = null;
  const samples = added.filter(({ name }) => !LABELS_NAME.test(name));
  const [labelFile] = added.filter(({ name }) => LABELS_NAME.test(name));
  try {
    if (samples.length > 0) files.value = [...files.value, ...samples];
    if (labelFile) {
      labels.value = { name: labelFile.name, classes: await readLabels(labelFile) };
    }
    source.value = 'files';
    announce(`${plural(files.value.length, 'data file')} to work with`);
  } catch (error) {
    dataRefusal.value = toRefusal(error, labelFile?.name);
  }
}
