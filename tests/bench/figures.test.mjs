// The arithmetic and the text of the benchmark's tables; no times.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLines } from './kernels/lines.mjs';
import { makeInput } from './models/inputs.mjs';
import { permute } from './models/onnx/layout.mjs';
import { cosine, geometricMean, median, pairedRatio, percentile } from './models/statistics.mjs';
import { summarize } from './models/summary.mjs';
import { sectionLines, table } from './models/table.mjs';

const close = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}`);

test('percentiles are interpolated', () => {
  close(median([3, 1, 2]), 2);
  close(median([4, 1, 2, 3]), 2.5);
  close(percentile([10, 20, 30, 40, 50], 0.1), 14);
  close(percentile([7], 0.9), 7);
});

test('a geometric mean', () => {
  close(geometricMean([2, 8]), 4);
  assert.ok(Number.isNaN(geometricMean([])));
});

test('ratios are taken round by round', () => {
  // The machine was four times slower in the last two rounds.
  close(pairedRatio([1, 1, 4, 4], [3, 2, 8, 8]), 2);
  assert.throws(() => pairedRatio([1], [1, 2]), /rounds/);
});

test('cosine of outputs', () => {
  close(cosine([1, 2], [2, 4]), 1);
  close(cosine([1, 0], [0, 1]), 0);
  close(cosine([0, 0], [1e-9, 0]), 1);
  close(cosine(BigInt64Array.of(3n), [2]), 1);
});

test('inputs depend on type and shape alone', () => {
  assert.deepEqual(makeInput('int8', [2, 3]), makeInput('int8', [6]));
  assert.ok(makeInput('int32', [100]).every((value) => value >= 0 && value < 8));
  assert.throws(() => makeInput('string', [1]), /string/);
});

test('images are turned', () => {
  // A picture of 1 x 2 with 3 channels: NHWC to NCHW.
  const turned = permute(Int8Array.of(1, 2, 3, 4, 5, 6), [1, 1, 2, 3], [0, 3, 1, 2]);
  assert.deepEqual([...turned], [1, 4, 2, 5, 3, 6]);
});

const spec = (engine, variant, samples) => ({
  ...{ engine, variant, threads: 1, samples },
  ...{ loadMs: 1, compileMs: 2, firstMs: 3, heapBytes: 2 ** 20 },
});
const section = {
  host: 'Here',
  threads: 1,
  models: [
    {
      name: 'net',
      group: 'int8',
      multiplyAdds: 6e6,
      reports: [
        spec('octolite', 'relaxed', [1, 2, 3]),
        spec('octolite', 'simd128', [4, 4, 4]),
        spec('peer', 'fast', [2, 4, 6]),
        spec('peer', 'slow', [4, 4, 4]),
        { engine: 'other', variant: 'only', threads: 1, error: 'it does not' },
      ],
    },
    {
      name: 'tiny',
      group: 'int8',
      multiplyAdds: 10,
      reports: [spec('octolite', 'relaxed', [1, 1, 1]), spec('peer', 'fast', [8, 8, 8])],
    },
  ],
};
const rivals = { fast: 'relaxed', slow: 'simd128' };
const rivalOf = (engine, variant) => (engine === 'peer' ? rivals[variant] : undefined);

test('a summary compares each peer with its rival', () => {
  const { rows, means } = summarize(section, rivalOf);
  const [relaxed, , fast, slow, other] = rows[0].engines;
  close(relaxed.medianMs, 2);
  close(relaxed.gigaPerSecond, 3);
  assert.equal(relaxed.ratio, undefined);
  close(fast.ratio, 2);
  close(slow.ratio, 1);
  assert.equal(other.error, 'it does not');
  assert.deepEqual(
    means.map(({ group }) => group),
    ['int8', 'small', 'all'],
  );
  const meanOf = (group, label) =>
    means.find((entry) => entry.group === group).ratios.find((r) => r.label === label);
  close(meanOf('int8', 'peer fast').mean, 2);
  close(meanOf('small', 'peer fast').mean, 8);
  close(meanOf('all', 'peer fast').mean, 4);
  assert.equal(meanOf('all', 'other only').models, 0);
});

test('another network is not compared', () => {
  const ratioAt = (cosine) => {
    const reports = [spec('octolite', 'relaxed', [1]), { ...spec('peer', 'fast', [2]), cosine }];
    const models = [{ name: 'net', group: 'int8', multiplyAdds: 2e6, reports }];
    return summarize({ host: 'Here', threads: 1, models }, rivalOf).rows[0].engines[1].ratio;
  };
  assert.equal(ratioAt(0.95), 2);
  assert.equal(ratioAt(0.5), undefined);
});

test('networks are compared with themselves in float32', () => {
  const model = (name, ms) => ({
    ...{ name, group: 'any', multiplyAdds: 2e6 },
    reports: [spec('octolite', 'relaxed', [ms])],
  });
  const models = [model('net_int8_floatio', 2), model('net_float', 6), model('alone_int8', 1)];
  const { twins } = summarize({ host: 'Here', threads: 1, models }, rivalOf);
  assert.deepEqual(twins, [
    { name: 'net_int8_floatio', ratios: [{ label: 'octolite relaxed', ratio: 3 }] },
  ]);
});

test('its text has the figures, and what did not run', () => {
  const text = sectionLines(summarize(section, rivalOf)).join('\n');
  assert.match(text, /^net +6\.00 +2\.00 +1\.20\.\.2\.80 +3\.00 /m);
  assert.match(text, /^all +4\.00x \(2\) +1\.00x \(1\)$/m);
  assert.match(text, /net, other only: it does not/);
});

test('columns of a table are aligned', () => {
  assert.deepEqual(
    table([
      ['name', 'ms'],
      ['a', '100'],
    ]),
    ['name   ms', 'a     100'],
  );
});

test('the lines of the kernel benchmark', () => {
  const text = 'dot\tdot16\npeak\tadd\t2.5\ncase\tmatrix\tint8\t1x2x3 row\t10\t0.25\n';
  assert.deepEqual(parseLines(text), {
    dot: 'dot16',
    peaks: [{ name: 'add', gigaPerSecond: 2.5 }],
    cases: [{ group: 'matrix', type: 'int8', name: '1x2x3 row', gigaPerSecond: 10, share: 0.25 }],
  });
  assert.throws(() => parseLines('other\t1'), /other/);
});
