// The small models that come with the project beside the pictures' one: from the committed files to
// int8, as their READMEs say.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load, openDataset, readLabels, type Octolite } from 'octolite';
import { dataFiles } from 'octolite/node';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/files.js';

let octolite: Octolite;
beforeAll(async () => {
  octolite = await load();
});
afterAll(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

/** 0.97222 as the READMEs write it. */
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** 94296 as the READMEs write it. */
const grouped = (count: number): string => `${count}`.replace(/(?<=\d)(?=(\d{3})+$)/g, ' ');

for (const sample of [
  {
    folder: 'sample-sound',
    model: 'sounds.tflite',
    data: 'wav',
    classes: 8,
    most: 150e3,
    all: 480e3,
  },
  { folder: 'sample-table', model: 'pump.tflite', data: 'csv', classes: 6, most: 60e3, all: 90e3 },
]) {
  describe(`examples/${sample.folder}`, () => {
    const pathOf = (name: string): string => join(ROOT, 'examples', sample.folder, name);
    const bytes = readFileSync(pathOf(sample.model));
    const readme = readFileSync(pathOf('README.md'), 'utf8');
    /** The row of the table of results for a scheme. */
    const row = (scheme: string): string =>
      readme.split('\n').find((line) => line.startsWith(`| ${scheme} |`)) ?? '';

    test('is small', () => {
      const files = readdirSync(pathOf('.')).filter((name) => /\.(tflite|wav|csv)$/.test(name));
      const sizes = files.map((name) => statSync(pathOf(name)).size);
      expect(bytes.length).toBeLessThan(sample.most);
      expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(sample.all);
    });

    test('is as right in int8 as in float, and as its README says', async () => {
      using model = octolite.loadModel(bytes);
      const { inputs, outputs, quantizable } = octolite.inspect(model);
      expect(quantizable).toBe(true);
      expect(outputs[0]!.shape).toEqual([1, sample.classes]);
      const open = async (set: string) =>
        openDataset(await dataFiles([pathOf(`${set}.${sample.data}`)]), inputs);
      const [calibration, evaluation] = [await open('calibration'), await open('evaluation')];
      const [labelFile] = await dataFiles([pathOf('evaluation-labels.csv')]);
      const labels = await readLabels(labelFile!);
      expect(labels.length).toBe(evaluation.length);
      expect(new Set(labels).size).toBe(sample.classes);
      expect(readFileSync(pathOf('labels.txt'), 'utf8').trim().split('\n')).toHaveLength(
        sample.classes,
      );

      const made = await octolite.quantize(model, { recipe: 'static_wi8_ai8', calibration });
      using quantized = octolite.loadModel(made.bytes);
      const report = await octolite.evaluate(model, evaluation, labels, { against: quantized });
      expect(report.top1).toBeGreaterThanOrEqual(0.95);
      expect(Math.abs(report.against!.top1Drop)).toBeLessThanOrEqual(0.02);
      expect(report.against!.agreement).toBeGreaterThan(0.95);
      expect(made.bytes.length).toBeLessThan(bytes.length / 2);
      expect(row('float32')).toBe(
        `| float32 | ${percent(report.top1)} | ${grouped(bytes.length)} |`,
      );
      expect(row('`static_wi8_ai8`')).toBe(
        `| \`static_wi8_ai8\` | ${percent(report.against!.top1)} | ${grouped(made.bytes.length)} |`,
      );
    });
  });
}
