import { expect, test } from '@jest/globals';
import type { Inspection } from 'octolite';
import { DEFAULTS } from '../../../web/features/recipe/settings.js';
import { advice, phrases, summary } from '../../../web/features/verdict/headline.js';
import { partsOf } from '../../../web/features/verdict/measures.js';
import type { Verdict } from '../../../web/features/verdict/state.js';
import { language } from '../../../web/lib/language.js';

interface Made {
  readonly bytes?: readonly [before: number, after: number];
  readonly ms?: readonly [before: number, after: number];
  readonly sqnrDb?: number;
  readonly agreement?: number;
  readonly isRandom?: boolean;
  readonly settings?: Partial<typeof DEFAULTS>;
}

/** Of a verdict, what its words look at. */
function verdict(made: Made): Verdict {
  const { bytes = [4000, 1000], ms = [2, 1], sqnrDb = 30, isRandom = false } = made;
  const output = {
    name: 'scores',
    sqnrDb,
    ...(made.agreement !== undefined && { top1Agreement: made.agreement }),
  };
  return {
    report: { bytesBefore: bytes[0], bytesAfter: bytes[1] },
    measurement: {
      compare: { samples: 50, outputs: [output] },
      isRestored: false,
      accuracy: null,
      latency: { before: { medianMs: ms[0] }, after: { medianMs: ms[1] } },
    },
    data: { isRandom, calibrated: 100 },
    settings: { ...DEFAULTS, ...made.settings },
  } as unknown as Verdict;
}

test('the result in plain words', () => {
  expect(summary(verdict({ agreement: 0.98 }))).toBe(
    '4.0× smaller, 2.0× faster here, agrees on 49 of 50',
  );
  expect(phrases(verdict({ bytes: [1000, 1010], ms: [1, 1.02], sqnrDb: 300 }))).toEqual([
    'the same size',
    'as fast here',
    'the same outputs',
  ]);
  expect(phrases(verdict({ bytes: [1000, 2000], ms: [1, 3], sqnrDb: 20 }))).toEqual([
    '2.0× larger',
    '3.0× slower here',
    'outputs off by 10.0 % (20.0 dB)',
  ]);
  language.value = 'zh';
  expect(summary(verdict({ agreement: 0.98 }))).toBe(
    '体积压缩 4.0×，本机提速 2.0×，50 个样本中 49 个结果一致',
  );
  language.value = 'en';
});

test('advice where the result is poor, of what was not done yet', () => {
  expect(advice(verdict({ agreement: 0.99, sqnrDb: 5 }))).toEqual([]);
  expect(advice(verdict({ sqnrDb: 25 }))).toEqual([]);
  expect(advice(verdict({ sqnrDb: 5, isRandom: true }))[0]).toMatch(/data of your own/);
  const steps = advice(verdict({ sqnrDb: 5, settings: { granularity: 'TENSORWISE' } }));
  expect(steps).toContain('a scale per channel');
  expect(steps).toContain('activations of 16 bits');
  const wide = advice(verdict({ sqnrDb: 5, settings: { activationBits: 16, observer: 'mse' } }));
  expect(wide).not.toContain('a scale per channel');
  expect(wide).not.toContain('activations of 16 bits');
  expect(wide.join()).not.toMatch(/observer/);
});

test('the parts of a file add up to it, floats first', () => {
  const parts = partsOf({
    weightBytesByType: { int32: 8, int8: 100, float32: 40 },
    otherBytes: 30,
    metadataBytes: 0,
  } as unknown as Inspection);
  expect(parts.map(({ dtype, kind, bytes }) => [dtype ?? kind, bytes])).toEqual([
    ['float32', 40],
    ['int8', 100],
    ['int32', 8],
    ['graph', 30],
  ]);
});
